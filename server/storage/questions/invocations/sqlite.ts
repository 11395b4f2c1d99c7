/** Raw invocations: newest first, in pages. */

import type { SelectQueryBuilder } from 'kysely';
import { requestIdBytes, requestIdText, traceBytes, traceText } from '../../../../ingest/batch/request-id.ts';
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { Heap } from '../../../analytics/statistics/heap.ts';
import { STATUS } from '../../enums.ts';
import type { FunctionIdentity, InvocationKey, InvocationQuery, Page, StoredInvocation } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import { architecturesOf } from '../../sqlite/architectures.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param, Tuple } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { attemptNumbers, attemptsOf, INVOCATION_BY_KEY } from '../../sqlite/request-index.ts';
import type { InvocationRow, TelemetryTables } from '../../sqlite/schema.ts';
import { architecture, functionsIn, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import { isTime } from '../../stored-rows.ts';
import { causeOfRow, idleWindows, START_SLOT } from '../causes/sqlite.ts';
import type { InvocationCursor } from './cursor.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { attemptsPage, failureFields, NO_FAILURE } from './result.ts';
import { COLUMNS, rowOf } from './rows.ts';

/** A page in descending order of (end, function, environment, request id). */
export async function invocations(db: Databases, query: InvocationQuery): Promise<Page<StoredInvocation>> {
  if (query.requestId !== undefined) return attemptsPage(await byRequestId(db, query.requestId), query);
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await newestRows(db, query, after, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return { items: await present(db, page), nextCursor: more ? writeCursor(cursorOf(last)) : null };
}

/** The newest invocations that match, without paging. */
export async function latestInvocations(db: Databases, query: InvocationQuery): Promise<readonly StoredInvocation[]> {
  return present(db, await newestRows(db, query, null, query.limit));
}

/** Rows of one function, newest first, of which the first is the next. */
interface Source {
  readonly rows: IterableIterator<Tuple<InvocationRow, typeof COLUMNS>>;
  next: InvocationRow;
}

/** Functions whose rows are merged at once: each holds a cursor of SQLite of some 10 kB. */
const OPEN_FUNCTIONS = 1000;

/** Merges the rows of all functions, those seen last first, until the others have no row that is new enough. */
async function newestRows(
  db: Databases,
  query: InvocationQuery,
  after: InvocationCursor | null,
  limit: number,
): Promise<readonly InvocationRow[]> {
  if (limit === 0) return [];
  const upTo = after === null ? query.toMs - 1 : Math.min(query.toMs - 1, after.endMs);
  const owners = await functionsIn(db, { ...query, toMs: upTo + 1 });
  const byLastSeen = owners.length <= OPEN_FUNCTIONS ? owners : owners.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs);
  let newest: readonly InvocationRow[] = [];
  for (let at = 0; at < byLastSeen.length; at += OPEN_FUNCTIONS) {
    const oldest = newest.length < limit ? undefined : newest.at(-1);
    const fromMs = Math.max(query.fromMs, oldest?.end_ms ?? query.fromMs);
    const group = byLastSeen.slice(at, at + OPEN_FUNCTIONS).filter(({ lastSeenMs }) => lastSeenMs >= fromMs);
    if (group.length === 0) break;
    const found = await newestOf(db, group, { query: { ...query, fromMs }, after, upTo, limit });
    newest = at === 0 ? found : [...newest, ...found].toSorted(newestFirst).slice(0, limit);
  }
  return newest;
}

interface RowSelection {
  readonly query: InvocationQuery;
  readonly after: InvocationCursor | null;
  /** Greatest end, epoch ms. */
  readonly upTo: number;
  readonly limit: number;
}

/**
 * Scans the clustered keys of the functions at once and merges their rows: a page reads its rows, and one more of each
 * function.
 */
async function newestOf(
  db: Databases,
  owners: readonly FunctionIdentity[],
  { query, after, upTo, limit }: RowSelection,
): Promise<readonly InvocationRow[]> {
  const ids = owners.map(({ functionId }) => functionId);
  const series = narrows(query) ? await seriesIn(db, ids, query) : null;
  const shared = series === null ? rowsOf(query, after, upTo, null) : null;
  const opened = owners.map((owner) => {
    const statement = shared ?? rowsOf(query, after, upTo, seriesOverTime(db, owner, series ?? new Map(), query));
    return statement.open(db.telemetry, { functionId: owner.functionId });
  });
  const newest: InvocationRow[] = [];
  const sources = new Heap<Source>((a, b) => newestFirst(a.next, b.next) < 0);
  try {
    for (const rows of opened) {
      const next = nextOf(rows);
      if (next !== null) sources.push({ rows, next });
    }
    for (let source = sources.pop(); source !== undefined; source = sources.pop()) {
      newest.push(source.next);
      if (newest.length === limit) break;
      const next = nextOf(source.rows);
      if (next === null) continue;
      source.next = next;
      sources.push(source);
    }
  } finally {
    for (const rows of opened) rows.return?.();
  }
  return newest;
}

function nextOf(rows: IterableIterator<Tuple<InvocationRow, typeof COLUMNS>>): InvocationRow | null {
  const next = rows.next();
  return next.done === true ? null : rowOf(next.value);
}

/** The rows of one function after a cursor, newest first; of `spans`, unless it is null. */
function rowsOf(
  query: InvocationQuery,
  after: InvocationCursor | null,
  upTo: number,
  spans: ReturnType<typeof seriesOverTime> | null,
) {
  return telemetryStatement((db, param: Param<{ functionId: number }>) => {
    let select = db
      .selectFrom('invocation')
      .select(COLUMNS)
      .where('invocation.function_id', '=', param('functionId'))
      .where('invocation.end_ms', '>=', query.fromMs)
      .where('invocation.end_ms', '<=', upTo)
      .orderBy('invocation.end_ms', 'desc')
      .orderBy('invocation.environment_id', 'desc')
      .orderBy('invocation.request_id', 'desc');
    if (after !== null) {
      const functionId = param('functionId');
      select = select.where((eb) =>
        eb.or([
          eb('end_ms', '<', after.endMs),
          eb(functionId, '<', after.functionId),
          eb.and([eb(functionId, '=', after.functionId), eb('environment_id', '<', after.environmentId)]),
          eb.and([
            eb(functionId, '=', after.functionId),
            eb('environment_id', '=', after.environmentId),
            eb('request_id', '<', requestIdBytes(after.requestId)),
          ]),
        ]),
      );
    }
    if (spans !== null) select = select.where((eb) => eb.or(spans.map((span) => matches(eb, span))));
    return narrowed(select, query);
  }).asTuples(...COLUMNS);
}

function newestFirst(a: InvocationRow, b: InvocationRow): number {
  return (
    b.end_ms - a.end_ms ||
    b.function_id - a.function_id ||
    b.environment_id - a.environment_id ||
    compareIds(b.request_id, a.request_id)
  );
}

/** Compares like SQLite, which sorts text before blobs. */
function compareIds(a: InvocationRow['request_id'], b: InvocationRow['request_id']): number {
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function narrowed<O>(
  select: SelectQueryBuilder<TelemetryTables, 'invocation', O>,
  query: InvocationQuery,
): SelectQueryBuilder<TelemetryTables, 'invocation', O> {
  let narrowed = select;
  if (query.cold !== undefined) narrowed = narrowed.where('cold', query.cold ? 'is not' : 'is', null);
  if (query.status !== undefined) narrowed = narrowed.where('status', '=', STATUSES.indexOf(query.status));
  if (query.minDurationMs !== undefined)
    narrowed = narrowed.where('duration_us', '>=', Math.round(query.minDurationMs * 1000));
  if (query.traceId !== undefined) {
    const bytes = traceBytes(query.traceId);
    narrowed = narrowed.where('trace_id', '=', bytes === null ? query.traceId : Buffer.from(bytes));
  }
  const { tenant } = query;
  if (tenant !== undefined) {
    narrowed = narrowed.where('tenant_id', '=', (eb) =>
      eb.selectFrom('label').select('label.id').where('text', '=', tenant),
    );
  }
  if (query.cause !== undefined) {
    const cause = CAUSES.indexOf(query.cause);
    narrowed = narrowed
      .where('cold', 'is not', null)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('cold_start')
            .select('cold_start.cause')
            .whereRef('cold_start.function_id', '=', 'invocation.function_id')
            .where('cold_start.slot_ms', '=', START_SLOT)
            .whereRef('cold_start.end_ms', '=', 'invocation.end_ms')
            .whereRef('cold_start.request_id', '=', 'invocation.request_id')
            .whereRef('cold_start.environment_id', '=', 'invocation.environment_id')
            .where('cold_start.cause', '=', cause),
        ),
      );
  }
  return narrowed;
}

/** All attempts of a request id, oldest first. */
export async function byRequestId(db: Databases, requestId: string): Promise<readonly StoredInvocation[]> {
  return present(db, attemptsOf(db, requestIdBytes(requestId)));
}

/** Invocations by primary key, in the order of the keys; keys without a row are skipped. */
export async function invocationsByKey(
  db: Databases,
  query: { readonly keys: readonly InvocationKey[] },
): Promise<readonly StoredInvocation[]> {
  const rows = query.keys.flatMap((key) => INVOCATION_BY_KEY.get(db.telemetry, key) ?? []);
  return present(db, rows);
}

/** Adds what the other tables say about the rows, in their order. */
async function present(db: Databases, rows: readonly InvocationRow[]): Promise<readonly StoredInvocation[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.environment_id))];
  const environments = await db.telemetry
    .selectFrom('environment')
    .innerJoin('log_group', 'log_group.id', 'environment.log_group_id')
    .innerJoin('function', 'function.id', 'environment.function_id')
    .select(['environment.id', 'log_stream as logStream', 'log_group.name as logGroup', 'attributes'])
    .select(['function.name as functionName', 'function.account', 'function.region'])
    .where('environment.id', 'in', ids)
    .execute();
  const environmentById = new Map(environments.map((entry) => [entry.id, entry]));
  const seriesIds = [...new Set(rows.map((row) => row.series_id))];
  const series = await db.telemetry
    .selectFrom('series')
    .innerJoin('function', 'function.id', 'series.function_id')
    .select(['series.id', 'series.function_id as functionId', 'series.version', 'series.memory_mb'])
    .select(architecture.as('architecture'))
    .where('series.id', 'in', seriesIds)
    .execute();
  const seriesById = new Map(series.map((entry) => [entry.id, entry]));
  const architectures = architecturesOf(db, [...new Set(rows.map((row) => row.function_id))]);
  const labelIds = rows.flatMap((row) => [row.error_type_id, row.tenant_id]).filter((id) => id !== null);
  const labels =
    labelIds.length === 0
      ? []
      : await db.telemetry.selectFrom('label').selectAll().where('id', 'in', labelIds).execute();
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

function cursorOf({
  end_ms: endMs,
  function_id: functionId,
  environment_id: environmentId,
  request_id: id,
}: InvocationRow): InvocationCursor {
  return { endMs, functionId, environmentId, requestId: requestIdText(id) };
}
