/** Failures of one function: counts from rollups, details from the newest failed invocations. */

import type { Kysely, NotNull } from 'kysely';
import { sql } from 'kysely';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { groupUnused } from '../../../analytics/cost/unused-inits.ts';
import type { TriedRequest } from '../../../analytics/failures/retries.ts';
import { ENVIRONMENT_FLAG, STATUS } from '../../enums.ts';
import type { FailureEvidence, FunctionFilter, TimeRange } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';
import { align } from '../../rollup/range.ts';
import { countsOf, countsOfBuckets } from '../../rollup/results.ts';
import { architecturesOf } from '../../sqlite/architectures.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { attemptsOfRows } from '../../sqlite/request-index.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { functionsById } from '../../sqlite/series.ts';
import { coldStartCauses } from '../causes/sqlite.ts';
import { chartWidth } from '../fleet/sqlite.ts';
import { invocationsByKey } from '../invocations/sqlite.ts';
import { INDEXED_FUNCTION } from '../invocations/sqlite-filter.ts';
import { summed } from '../timeseries/sqlite.ts';
import type { FailedRow, RepeatedRow } from './result.ts';
import {
  areDistinct,
  errorTypesOf,
  ID_END_BYTES,
  MOST_REQUESTS,
  NEWEST_INVOCATIONS,
  newestOfRequests,
  sizeRange,
  timeoutsOf,
  triedRequest,
  triedRows,
} from './result.ts';

type Query = TimeRange &
  FunctionFilter & { readonly functionId: number; readonly nowMs: number; readonly mostFailed: number };

const EXAMPLES = 20;
/** An environment without invocations counts as unused after this time: until then an invocation can still come. */
const UNUSED_AFTER_MS = 2 * HOUR_MS;

export async function failures(db: Databases, query: Query): Promise<FailureEvidence> {
  const range = align(query, finestWidth(db, query));
  const chartMs = chartWidth(db, query);
  const parts = await rollupParts(db, [...functionsById(db, [query]).values()], query, range, chartMs);
  const totals = await summed(db, parts, chartMs);
  const { total, usage } = totals;
  const { rows, truncated } = failedRows(db, query);
  const [p999 = null] = total.duration.quantiles([0.999]);
  return {
    range: { ...range, widthMs: chartMs },
    counts: countsOf(total),
    usage,
    durationMs: { ...quantiles(total.duration), p999 },
    buckets: countsOfBuckets(totals),
    errorTypes: errorTypesOf(rows),
    timedOutMs: timeoutsOf(rows),
    requests: requestsOf(db, query, rows),
    truncated: truncated || new Set(rows.map((row) => requestIdText(row.requestId))).size > MOST_REQUESTS,
    ...environmentFailures(db, query),
    causes: coldStartCauses(db, { ...query, ...range }, parts),
    examples: await invocationsByKey(db, { keys: rows.slice(0, EXAMPLES) }),
  };
}

interface FailedRange {
  functionId: number;
  fromMs: number;
  toMs: number;
  limit: number;
}

const FAILED_ROWS = telemetryStatement((db, param: Param<FailedRange>) =>
  db
    .selectFrom('invocation')
    .leftJoin('label', 'label.id', 'error_type_id')
    .select(['function_id as functionId', 'end_ms as endMs', 'request_id as requestId'])
    .select(['environment_id as environmentId', 'status', 'duration_us as durationUs', 'label.text as errorType'])
    .where(INDEXED_FUNCTION, '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('status', '<>', STATUS.success)
    .orderBy('end_ms', 'desc')
    .limit(param('limit')),
);

/** The newest failed invocations. */
function failedRows(
  { telemetry }: Databases,
  { functionId, fromMs, toMs, mostFailed }: Query,
): { readonly rows: readonly FailedRow[]; readonly truncated: boolean } {
  const rows = FAILED_ROWS.all(telemetry, { functionId, fromMs, toMs, limit: mostFailed + 1 });
  return { rows: rows.slice(0, mostFailed), truncated: rows.length > mostFailed };
}

type NewestRange = Omit<FailedRange, 'limit'>;

function newestInvocations(db: Kysely<TelemetryTables>, param: Param<NewestRange>) {
  return db
    .selectFrom('invocation')
    .select(['end_ms', 'request_id'])
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .orderBy('end_ms', 'desc')
    .limit(NEWEST_INVOCATIONS)
    .as('newest');
}

/** The last bytes of their request ids, one after the other, and the length of the shortest id. */
const ID_ENDS = telemetryStatement((db, param: Param<NewestRange>) =>
  db
    .selectFrom(newestInvocations(db, param))
    .select(
      sql<Uint8Array | null>`CAST(group_concat(substr(CAST(request_id AS BLOB), ${sql.lit(-ID_END_BYTES)}), '') AS BLOB)`.as(
        'ends',
      ),
    )
    .select(sql<number | null>`min(length(request_id))`.as('shortest')),
);

const REPEATED = telemetryStatement((db, param: Param<NewestRange>) =>
  db
    .selectFrom(newestInvocations(db, param))
    .select('request_id as requestId')
    .select(({ fn }) => fn.max('end_ms').as('endMs'))
    .groupBy('request_id')
    .having(({ fn }) => fn.countAll(), '>', 1)
    .orderBy('endMs', 'desc')
    .orderBy('requestId')
    .limit(MOST_REQUESTS),
);

/** All attempts of each request that failed or ran several times. */
function requestsOf(
  db: Databases,
  { functionId, fromMs, toMs }: Query,
  rows: readonly FailedRow[],
): readonly TriedRequest[] {
  const repeated = repeatedRows(db, { functionId, fromMs, toMs });
  const tried = triedRows(newestOfRequests(rows), repeated);
  const attempts = attemptsOfRows(db, tried);
  return tried.map((row, at) => triedRequest(row, attempts[at] ?? []));
}

/** Newest requests with several attempts. To group all invocations by request costs more than all else here, and few have any. */
function repeatedRows({ telemetry }: Databases, range: NewestRange): readonly RepeatedRow[] {
  const { ends, shortest } = ID_ENDS.get(telemetry, range) ?? { ends: null, shortest: null };
  if (ends === null || (shortest !== null && shortest >= ID_END_BYTES && areDistinct(ends))) return [];
  return REPEATED.all(telemetry, range).map((row) => ({ functionId: range.functionId, ...row }));
}

interface EnvironmentRange {
  functionId: number;
  fromMs: number;
  toMs: number;
  /** Environments that were seen since then may still run invocations. */
  unusedBeforeMs: number;
}

/** Environments of a function that were seen since the range began. */
function environmentsSince(db: Kysely<TelemetryTables>, param: Param<EnvironmentRange>) {
  return db
    .selectFrom('environment')
    .where('environment.function_id', '=', param('functionId'))
    .where('last_seen_ms', '>=', param('fromMs'));
}

const INIT_STATUS = sql<string>`ifnull(init_event.status, 'error')`;

const INIT_FAILURES = telemetryStatement((db, param: Param<EnvironmentRange>) =>
  environmentsSince(db, param)
    .crossJoin('init_event')
    .select(({ fn }) => [INIT_STATUS.as('status'), 'error_type as errorType', fn.countAll<number>().as('n')])
    .whereRef('init_event.environment_id', '=', 'environment.id')
    // Environments of lines without a log stream have no flags.
    .where((eb) =>
      eb.or([eb(sql`odd & ${sql.lit(ENVIRONMENT_FLAG.hasFailures)}`, '<>', 0), eb('environment.id', '<', 0)]),
    )
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'))
    .where('kind', '=', 'init-report')
    .where(sql<string>`ifnull(init_event.status, 'success')`, '<>', 'success')
    .groupBy([INIT_STATUS, 'error_type'])
    .orderBy('n', 'desc')
    .limit(50),
);

/** Environments that were initialised and ran no invocation. */
const UNUSED_INITS = telemetryStatement((db, param: Param<EnvironmentRange>) =>
  environmentsSince(db, param)
    .select(['init_start_ms as atMs', 'version', 'memory_mb as memoryMb'])
    .select(
      sql<number | null>`(SELECT max(duration_us) FROM init_event WHERE environment_id = environment.id) / 1000.0`.as(
        'initMs',
      ),
    )
    .where('init_start_ms', '>=', param('fromMs'))
    .where('init_start_ms', '<', param('toMs'))
    .where('last_seen_ms', '<', param('unusedBeforeMs'))
    .where('invocations', '=', 0)
    .where('pending_starts', '=', 0)
    .$narrowType<{ atMs: NotNull }>(),
);

const SIZE_HOURS = telemetryStatement((db, param: Param<{ functionId: number; fromMs: number; toMs: number }>) =>
  db
    .selectFrom('rollup_1h')
    .innerJoin('series', 'series.id', 'series_id')
    .select(['bucket', 'series.version', 'series.memory_mb as memoryMb', 'n'])
    .where('rollup_1h.function_id', '=', param('functionId'))
    .where('bucket', '>=', param('fromMs'))
    .where('bucket', '<', param('toMs'))
    .where('n', '>', 0)
    .where('series.memory_mb', 'is not', null)
    .$narrowType<{ memoryMb: NotNull }>()
    .orderBy('bucket'),
);

function unusedInits(db: Databases, { functionId, ...range }: EnvironmentRange): FailureEvidence['unusedInits'] {
  const inits = UNUSED_INITS.all(db.telemetry, { functionId, ...range });
  if (inits.length === 0) return [];
  const hours = SIZE_HOURS.all(db.telemetry, { functionId, ...sizeRange(range) });
  const owner = functionsById(db, [{ functionId }]).get(functionId) ?? null;
  const architectures = architecturesOf(db, [functionId]);
  return groupUnused(inits, hours, (version, atMs) => (owner === null ? null : architectures.of(owner, version, atMs)));
}

/**
 * Environments whose last invocation used all of its memory and reported success: until 2024 Lambda reported nothing else
 * when memory ran out.
 */
const SUSPECTED_OUT_OF_MEMORY = telemetryStatement((db, param: Param<EnvironmentRange>) =>
  environmentsSince(db, param)
    .innerJoin('invocation', (join) =>
      join
        .onRef('invocation.function_id', '=', 'environment.function_id')
        .onRef('end_ms', '=', 'last_end_ms')
        .onRef('environment_id', '=', 'environment.id'),
    )
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('environment.id', '>', 0)
    // No invocation used more than this: the few that did not reach it are not looked for.
    .whereRef('environment.max_memory_mb', '>=', 'environment.memory_mb')
    .where('last_seen_ms', '<', param('unusedBeforeMs'))
    .where('last_end_ms', '<', param('toMs'))
    .whereRef('invocation.max_memory_mb', '>=', 'environment.memory_mb')
    .where('status', '=', STATUS.success),
);

/** Failures that only the environments of a function show. */
function environmentFailures(
  db: Databases,
  { functionId, fromMs, toMs, nowMs }: Query,
): Pick<FailureEvidence, 'initFailures' | 'unusedInits' | 'suspectedOutOfMemory'> {
  const { telemetry } = db;
  const range: EnvironmentRange = { functionId, fromMs, toMs, unusedBeforeMs: nowMs - UNUSED_AFTER_MS };
  return {
    initFailures: INIT_FAILURES.all(telemetry, range),
    unusedInits: unusedInits(db, range),
    suspectedOutOfMemory: SUSPECTED_OUT_OF_MEMORY.get(telemetry, range)?.n ?? 0,
  };
}
