/** Adds to rows of invocations on SQLite what other tables say about them. */
import { requestIdText, traceText } from '../../../../ingest/batch/request-id.ts';
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { STATUS } from '../../enums.ts';
import type { StoredInvocation } from '../../ports.ts';
import { architecturesOf } from '../../sqlite/architectures.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { attemptNumbers } from '../../sqlite/request-index.ts';
import type { InvocationRow } from '../../sqlite/schema.ts';
import { architecture } from '../../sqlite/series.ts';
import { isTime } from '../../stored-rows.ts';
import { causeOfRow, idleWindows } from '../causes/sqlite.ts';
import { failureFields, NO_FAILURE } from './result.ts';

const ENVIRONMENTS = telemetryStatement((db, param: Param<{ ids: string }>) =>
  db
    .selectFrom('environment')
    .innerJoin('log_group', 'log_group.id', 'environment.log_group_id')
    .innerJoin('function', 'function.id', 'environment.function_id')
    .select(['environment.id', 'log_stream as logStream', 'log_group.name as logGroup', 'attributes'])
    .select(['function.name as functionName', 'function.account', 'function.region'])
    .where('environment.id', 'in', jsonList(param('ids'))),
);

const SERIES = telemetryStatement((db, param: Param<{ ids: string }>) =>
  db
    .selectFrom('series')
    .innerJoin('function', 'function.id', 'series.function_id')
    .select(['series.id', 'series.function_id as functionId', 'series.version', 'series.memory_mb'])
    .select(architecture.as('architecture'))
    .where('series.id', 'in', jsonList(param('ids'))),
);

const LABELS = telemetryStatement((db, param: Param<{ ids: string }>) =>
  db
    .selectFrom('label')
    .selectAll()
    .where('id', 'in', jsonList(param('ids'))),
);

/** A JSON array with each id once. */
function distinct(ids: readonly number[]): string {
  return JSON.stringify([...new Set(ids)]);
}

/** Adds what the other tables say about the rows, in their order. */
export function presentRows(db: Databases, rows: readonly InvocationRow[]): readonly StoredInvocation[] {
  if (rows.length === 0) return [];
  const environments = ENVIRONMENTS.all(db.telemetry, { ids: distinct(rows.map((row) => row.environment_id)) });
  const environmentById = new Map(environments.map((entry) => [entry.id, entry]));
  const series = SERIES.all(db.telemetry, { ids: distinct(rows.map((row) => row.series_id)) });
  const seriesById = new Map(series.map((entry) => [entry.id, entry]));
  const architectures = architecturesOf(db, [...new Set(rows.map((row) => row.function_id))]);
  const labelIds = rows.flatMap((row) => [row.error_type_id, row.tenant_id]).filter((id) => id !== null);
  const labels = labelIds.length === 0 ? [] : LABELS.all(db.telemetry, { ids: distinct(labelIds) });
  const labelById = new Map(labels.map((entry) => [entry.id, entry.text]));
  const attempts = attemptNumbers(db, rows);
  const windows = idleWindows(db);
  return rows.map((row, at) => {
    const environment = environmentById.get(row.environment_id);
    const slice = seriesById.get(row.series_id);
    const failure = failureOf(db, row);
    return {
      requestId: requestIdText(row.request_id),
      attempt: attempts[at] ?? 1,
      functionId: row.function_id,
      functionName: environment?.functionName ?? '',
      account: environment?.account ?? '',
      region: environment?.region ?? '',
      version: slice?.version ?? null,
      logGroup: environment?.logGroup ?? '',
      logStream: row.environment_id > 0 ? (environment?.logStream ?? '') : null,
      environmentId: row.environment_id,
      startMs: startOf(row),
      endMs: row.end_ms,
      durationMs: row.duration_us / 1000,
      billedDurationMs: row.billed_ms,
      memorySizeMb: slice?.memory_mb ?? null,
      architecture: slice === undefined ? null : architectures.of(slice, slice.version, row.end_ms),
      maxMemoryUsedMb: row.max_memory_mb,
      initDurationMs: row.init_us === null ? null : row.init_us / 1000,
      restoreDurationMs: row.restore_us === null ? null : row.restore_us / 1000,
      hiddenInitDurationMs: row.hidden_init_us === null ? null : row.hidden_init_us / 1000,
      billedRestoreDurationMs: row.billed_restore_ms,
      status: statusName(row.status),
      errorType: row.error_type_id === null ? null : (labelById.get(row.error_type_id) ?? null),
      errorMessage: failure.errorMessage,
      errorStack: failure.errorStack,
      coldStart: coldStartOf(db, row, windows),
      traceId: row.trace_id === null || typeof row.trace_id === 'string' ? row.trace_id : traceText(row.trace_id),
      segmentId: row.segment_id,
      sampled: row.sampled === null ? null : row.sampled === 1,
      tenantId: row.tenant_id === null ? null : (labelById.get(row.tenant_id) ?? null),
      attributes: environment?.attributes ?? null,
    };
  });
}

/** Null if it is not known, as with a damaged duration that leads beyond the calendar. */
function startOf({ run_ms, end_ms }: { readonly run_ms: number | null; readonly end_ms: number }): number | null {
  const startMs = run_ms === null ? null : end_ms - run_ms;
  return isTime(startMs) ? startMs : null;
}

/** Lines without a log stream have the function's id, negated: they are distinguished by request id alone. */
const FAULTS = telemetryStatement((db, param: Param<{ environmentId: number; unknownId: number; requestId: string }>) =>
  db
    .selectFrom('fault')
    .select(['at_ms as atMs', 'kind', 'request_id as requestId', 'error_type as errorType', 'message', 'stack'])
    .where((eb) =>
      eb.or([
        eb.and([eb('environment_id', '=', param('environmentId')), eb('request_id', '=', param('requestId'))]),
        eb.and([
          eb('environment_id', '=', param('environmentId')),
          eb('environment_id', '>', 0),
          eb('request_id', '=', ''),
        ]),
        eb.and([eb('environment_id', '=', param('unknownId')), eb('request_id', '=', param('requestId'))]),
      ]),
    )
    .orderBy('at_ms')
    .orderBy('kind'),
);

/** Message and stack of a failed invocation. */
function failureOf(
  { telemetry }: Databases,
  {
    environment_id: environmentId,
    function_id: functionId,
    request_id: id,
    status,
    run_ms,
    end_ms: endMs,
    duration_us: durationUs,
  }: InvocationRow,
): Pick<StoredInvocation, 'errorMessage' | 'errorStack'> {
  if (status === STATUS.success) return NO_FAILURE;
  const faults = FAULTS.all(telemetry, { environmentId, unknownId: -functionId, requestId: requestIdText(id) });
  const attempt = { startMs: run_ms === null ? null : endMs - run_ms, endMs, durationUs };
  return failureFields(attempt, statusName(status), faults);
}

/** Name of a stored status; `error` for a code that this version does not know. */
export function statusName(code: number): InvocationStatus {
  return STATUSES[code] ?? 'error';
}

function coldStartOf(
  db: Databases,
  row: InvocationRow,
  windows: ReturnType<typeof idleWindows>,
): StoredInvocation['coldStart'] {
  const kind = row.cold === null ? undefined : COLD_START_KINDS[row.cold];
  return kind === undefined ? null : { kind, userFelt: userFeltOf(row), ...causeOfRow(db, row, windows) };
}

/** Null if the log stream is unknown. */
function userFeltOf({ environment_id, user_felt }: InvocationRow): boolean | null {
  return environment_id > 0 ? user_felt === 1 : null;
}
