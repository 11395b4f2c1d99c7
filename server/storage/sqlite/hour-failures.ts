/** Reads the failures around one hour of a function, with their lines. */
import { sql } from 'kysely';
import { requestIdText } from '../../../ingest/batch/request-id.ts';
import { LONGEST_RUN_MS } from '../../../ingest/records/attempt.ts';
import type { FaultKind } from '../../../ingest/records/fault-line.ts';
import { STATUSES } from '../../../ingest/records/invocation-columns.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { FAULT_AFTER_END_MS } from '../../analytics/cold-starts/fault-match.ts';
import type { FailedAttempt, FailureRows, HourErrors, ToldFailure } from '../../analytics/errors/hour.ts';
import { countErrors, toldFailures } from '../../analytics/errors/hour.ts';
import { ENVIRONMENT_FLAG, STATUS } from '../enums.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { telemetryStatement } from './read-connection.ts';

/** Failed attempts of an hour that are read. */
const MOST_FAILURES = 100_000;

interface Bounds {
  functionId: number;
  fromMs: number;
  toMs: number;
}

const COUNTED = telemetryStatement((db, param: Param<{ functionId: number; hourMs: number }>) =>
  db
    .selectFrom('rollup_1h')
    .select(sql<number>`ifnull(sum(timeouts + errors + ooms + exits), 0)`.as('n'))
    .where('function_id', '=', param('functionId'))
    .where('bucket', '=', param('hourMs')),
).asValues();

const ATTEMPTS = telemetryStatement((db, param: Param<Bounds & { limit: number }>) =>
  db
    .selectFrom('invocation')
    .leftJoin('label', 'label.id', 'error_type_id')
    .leftJoin('series', 'series.id', 'series_id')
    .select(['end_ms as endMs', 'request_id as requestId', 'environment_id as environmentId', 'run_ms as runMs'])
    .select(['duration_us as durationUs', 'status', 'text as errorType', 'series.version'])
    .where('invocation.function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('status', '<>', STATUS.success)
    .orderBy('end_ms')
    .orderBy('invocation.request_id')
    .orderBy('environment_id')
    .limit(param('limit')),
);

const UNSETTLED = telemetryStatement((db, param: Param<Bounds>) =>
  db
    .selectFrom('invocation')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('status', '<>', STATUS.success),
).asValues();

const FAULTS = telemetryStatement((db, param: Param<Bounds>) =>
  db
    .selectFrom('environment')
    .innerJoin('fault', 'fault.environment_id', 'environment.id')
    .select(['environment.id as environmentId', 'environment.version', 'initialization_type as type', 'at_ms as atMs'])
    .select(['fault.kind', 'request_id as requestId', 'error_type as errorType', 'message', 'stack'])
    .where('function_id', '=', param('functionId'))
    .where('last_seen_ms', '>=', param('fromMs'))
    .where('first_seen_ms', '<', param('toMs'))
    .where(sql`odd & ${sql.lit(ENVIRONMENT_FLAG.hasFaultLines)}`, '<>', sql.lit(0))
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs')),
);

const FAILED_INITS = telemetryStatement((db, param: Param<Bounds>) =>
  db
    .selectFrom('environment')
    .innerJoin('init_event', 'init_event.environment_id', 'environment.id')
    .select(['environment.id as environmentId', 'environment.version', 'environment.initialization_type as type'])
    .select(['at_ms as atMs', 'error_type as errorType'])
    .where('function_id', '=', param('functionId'))
    .where('last_seen_ms', '>=', param('fromMs'))
    .where('first_seen_ms', '<', param('toMs'))
    .where(sql`odd & ${sql.lit(ENVIRONMENT_FLAG.hasFailures)}`, '<>', sql.lit(0))
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'))
    .where('kind', '=', 'init-report')
    .where('status', '=', 'error')
    .where(sql`ifnull(phase, 'init')`, '<>', 'invoke'),
);

interface Hour {
  readonly functionId: number;
  readonly hourMs: number;
  /** Attempts that ended later are left out, epoch ms. */
  readonly settledMs: number;
}

/** Failures that ended in the hour, by group. */
export function hourErrors(telemetry: Databases['telemetry'], hour: Hour): HourErrors {
  return countErrors(hourFailures(telemetry, hour));
}

/** Failed attempts of the hour that ended after `settledMs`. */
export function unsettledFailures(telemetry: Databases['telemetry'], { functionId, hourMs, settledMs }: Hour): number {
  if ((COUNTED.get(telemetry, { functionId, hourMs }) ?? 0) === 0) return 0;
  const range = { functionId, fromMs: Math.max(hourMs, settledMs + 1), toMs: hourMs + HOUR_MS };
  return UNSETTLED.get(telemetry, range) ?? 0;
}

/** Failures that ended in the hour, with what their lines say. */
export function hourFailures(telemetry: Databases['telemetry'], hour: Hour): readonly ToldFailure[] {
  const { hourMs } = hour;
  const rows = rowsOf(telemetry, hour);
  return rows === null ? [] : toldFailures({ fromMs: hourMs, toMs: hourMs + HOUR_MS }, rows);
}

/** Null if nothing failed. */
function rowsOf(telemetry: Databases['telemetry'], { functionId, hourMs, settledMs }: Hour): FailureRows | null {
  const endMs = hourMs + HOUR_MS;
  const faults = FAULTS.all(telemetry, {
    functionId,
    fromMs: hourMs - LONGEST_RUN_MS,
    toMs: endMs + FAULT_AFTER_END_MS,
  });
  const inits = FAILED_INITS.all(telemetry, { functionId, fromMs: hourMs, toMs: endMs });
  const inHour = COUNTED.get(telemetry, { functionId, hourMs }) ?? 0;
  if (inHour === 0 && faults.length === 0 && inits.length === 0) return null;
  // A line without a request id may be of an attempt that ends after the hour.
  const mayClaim = faults.some((fault) => fault.requestId === '');
  const toMs = Math.min(mayClaim ? endMs + LONGEST_RUN_MS : endMs, settledMs + 1);
  return {
    attempts: ATTEMPTS.all(telemetry, { functionId, fromMs: hourMs, toMs, limit: MOST_FAILURES }).map(attemptOf),
    faults: faults.map(({ version: _, type: __, kind, ...fault }) => ({
      ...fault,
      kind: kind as FaultKind,
      isNamed: fault.requestId !== '',
    })),
    inits: inits.map(({ environmentId, atMs, errorType }) => ({ environmentId, atMs, errorType })),
    environments: new Map(
      [...faults, ...inits].map(({ environmentId, version, type }) => [
        environmentId,
        { version, overlaps: type === 'lambda-managed-instances' },
      ]),
    ),
  };
}

function attemptOf({ runMs, requestId, status, ...row }: ReturnType<(typeof ATTEMPTS)['all']>[number]): FailedAttempt {
  const stated = STATUSES[status];
  return {
    ...row,
    requestId: requestIdText(requestId),
    startMs: runMs === null ? null : row.endMs - runMs,
    status: stated === undefined || stated === 'success' ? 'error' : stated,
  };
}
