/** Failures of one function: counts from rollups, details from the newest failed invocations. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { SizeHour, UnusedInit } from '../../../analytics/cost/unused-inits.ts';
import { groupUnused } from '../../../analytics/cost/unused-inits.ts';
import type { TriedRequest } from '../../../analytics/failures/retries.ts';
import { architecturesOf } from '../../clickhouse/architectures.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import { isOwnLine } from '../../clickhouse/insert/own-line.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chartWidth, finestWidth } from '../../clickhouse/query-context.ts';
import { STATUS } from '../../enums.ts';
import type { FailureEvidence, FunctionFilter, TimeRange } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';
import { align } from '../../rollup/range.ts';
import { countsOf, countsOfBuckets } from '../../rollup/results.ts';
import { coldStartCauses } from '../causes/clickhouse.ts';
import { invocationsByKey } from '../invocations/clickhouse.ts';
import { summed } from '../timeseries/clickhouse.ts';
import type { FailedRow, RepeatedRow } from './result.ts';
import {
  errorTypesOf,
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
/** Lambda retries an event for at most six hours. */
const RETRIES_MS = 24 * HOUR_MS;

export async function failures(context: QueryContext, query: Query): Promise<FailureEvidence> {
  const range = align(query, finestWidth(context, query));
  const chartMs = chartWidth(context, query);
  const { rows, truncated } = await failedRows(context, query);
  const [totals, requests, inits, unused, suspected, derived, examples] = await Promise.all([
    summed(context, query, range, chartMs),
    requestsOf(context, query, rows),
    initFailures(context, query),
    unusedInits(context, query),
    suspectedOutOfMemory(context, query),
    coldStartCauses(context, { ...query, ...range }),
    invocationsByKey(context, { keys: rows.slice(0, EXAMPLES) }),
  ]);
  const { total, usage } = totals;
  const [p999 = null] = total.duration.quantiles([0.999]);
  return {
    range: { ...range, widthMs: chartMs },
    counts: countsOf(total),
    usage,
    durationMs: { ...quantiles(total.duration), p999 },
    buckets: countsOfBuckets(totals),
    errorTypes: errorTypesOf(rows),
    timedOutMs: timeoutsOf(rows),
    requests,
    truncated: truncated || new Set(rows.map((row) => requestIdText(row.requestId))).size > MOST_REQUESTS,
    initFailures: inits,
    unusedInits: unused,
    suspectedOutOfMemory: suspected,
    causes: derived,
    examples,
  };
}

/** The newest failed invocations. */
async function failedRows(
  context: QueryContext,
  { functionId, fromMs, toMs, mostFailed }: Query,
): Promise<{ readonly rows: readonly FailedRow[]; readonly truncated: boolean }> {
  // Only hours in which the rollup counts failures are read.
  const hours = await context.client.all<{ bucket: number }>(
    `SELECT DISTINCT bucket FROM rollup_1h FINAL WHERE function_id = {functionId:UInt64} AND bucket >= {fromMs:Int64}
       AND bucket < {toMs:Int64} AND timeouts + errors + ooms + exits > 0`,
    { functionId, fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS, toMs: Math.ceil(toMs) },
  );
  if (hours.length === 0) return { rows: [], truncated: false };
  const rows = await context.client.all<FailedRow>(
    `SELECT function_id AS functionId, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId,
       judged_status AS status, duration_us AS durationUs, judged_error_type AS errorType
     FROM ${invocationRows(`function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}
       AND intDiv(end_ms, ${HOUR_MS}) * ${HOUR_MS} IN {hours:Array(Int64)}`)}
     WHERE status <> ${STATUS.success} ORDER BY end_ms DESC, request_id, environment_id LIMIT {limit:UInt32}`,
    {
      functionId,
      hours: hours.map((row) => row.bucket),
      fromMs: Math.floor(fromMs),
      toMs: Math.ceil(toMs),
      limit: mostFailed + 1,
    },
  );
  return { rows: rows.slice(0, mostFailed), truncated: rows.length > mostFailed };
}

/** All attempts of each request that failed or ran several times. */
async function requestsOf(
  context: QueryContext,
  { functionId, fromMs, toMs }: Query,
  rows: readonly FailedRow[],
): Promise<readonly TriedRequest[]> {
  // Facts of one invocation are one row only after merging: count distinct ends.
  const repeated = await context.client.all<RepeatedRow>(
    `SELECT {functionId:UInt64} AS functionId, request_id AS requestId, max(end_ms) AS endMs FROM (
       SELECT DISTINCT end_ms, request_id, stream_id FROM invocation_fact
       WHERE function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}
       ORDER BY end_ms DESC LIMIT ${NEWEST_INVOCATIONS}
     ) GROUP BY request_id HAVING count() > 1 ORDER BY endMs DESC, requestId LIMIT ${MOST_REQUESTS}`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
  );
  const tried = triedRows(newestOfRequests(rows), repeated);
  if (tried.length === 0) return [];
  const ends = tried.map((row) => row.endMs);
  const attempts = await context.client.all<{ requestId: string; endMs: number; status: number }>(
    `SELECT request_id AS requestId, end_ms AS endMs, judged_status AS status
     FROM ${invocationRows(`function_id = {functionId:UInt64} AND request_id IN {ids:Array(String)}
       AND end_ms BETWEEN {fromMs:Int64} AND {toMs:Int64}`)} ORDER BY end_ms`,
    {
      functionId,
      ids: tried.map((row) => requestIdText(row.requestId)),
      fromMs: Math.min(...ends) - RETRIES_MS,
      toMs: Math.max(...ends) + RETRIES_MS,
    },
  );
  const byId = new Map<string, { endMs: number; status: number }[]>();
  for (const { requestId, ...attempt } of attempts) {
    const mine = byId.get(requestId) ?? [];
    byId.set(requestId, mine);
    mine.push(attempt);
  }
  return tried.map((row) => triedRequest(row, byId.get(requestIdText(row.requestId)) ?? []));
}

async function initFailures(
  context: QueryContext,
  { functionId, fromMs, toMs }: Query,
): Promise<FailureEvidence['initFailures']> {
  const where =
    "function_id = {functionId:UInt64} AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} AND kind = 'init-report'";
  return context.client.all(
    `SELECT init_status AS status, init_error AS errorType, count() AS n FROM (
       SELECT stream_id, at_ms, max(f.status) AS init_status, max(f.error_type) AS init_error FROM init_fact AS f
       WHERE ${where} AND ${isOwnLine('init_fact', where, 'ifNull(duration_us, 0)')}
       GROUP BY stream_id, at_ms
     ) WHERE ifNull(init_status, 'success') <> 'success' GROUP BY status, errorType ORDER BY n DESC LIMIT 50`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
  );
}

/** Environments that were initialised and ran no invocation, with the size and architecture of their time. */
async function unusedInits(context: QueryContext, query: Query): Promise<FailureEvidence['unusedInits']> {
  const { functionId, fromMs, toMs, nowMs } = query;
  const inits = await context.client.all<UnusedInit>(
    `SELECT unused.at_ms AS atMs, unused.own_version AS version, unused.size_mb AS memoryMb, inits.longest / 1000 AS initMs FROM (
       SELECT environment_id, init_start_ms AS at_ms, nullIf(version, '') AS own_version, memory_mb AS size_mb
       FROM environment FINAL WHERE function_id = {functionId:UInt64} AND init_start_ms >= {fromMs:Int64}
         AND init_start_ms < {toMs:Int64} AND last_seen_ms < {beforeMs:Int64} AND invocations = 0 AND empty(pending_starts)
     ) AS unused LEFT JOIN (
       SELECT stream_id AS environment_id, max(f.duration_us) AS longest FROM init_fact AS f
       WHERE function_id = {functionId:UInt64} GROUP BY stream_id
     ) AS inits USING (environment_id)`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs), beforeMs: Math.floor(nowMs - UNUSED_AFTER_MS) },
  );
  if (inits.length === 0) return [];
  const [hours, owners, architectures] = await Promise.all([
    context.client.all<SizeHour>(
      `SELECT bucket, nullIf(cell.version, '') AS version, cell.memory_mb AS memoryMb, n FROM rollup_1h AS cell FINAL
       WHERE function_id = {functionId:UInt64} AND bucket >= {fromMs:Int64} AND bucket < {toMs:Int64}
         AND cell.memory_mb >= 0 AND n > 0 ORDER BY bucket`,
      { functionId, ...sizeRange(query) },
    ),
    identitiesOf(context, [functionId]),
    architecturesOf(context, functionId),
  ]);
  const owner = owners.get(functionId) ?? null;
  return groupUnused(inits, hours, (version, atMs) => (owner === null ? null : architectures.of(owner, version, atMs)));
}

/** Before 2024 the only sign of out of memory was a Max Memory Used equal to the size in the environment's last REPORT. */
async function suspectedOutOfMemory(
  context: QueryContext,
  { functionId, fromMs, toMs, nowMs }: Query,
): Promise<number> {
  const row = await context.client.one<{ n: number }>(
    `SELECT count() AS n FROM (
       SELECT environment_id, last_end_ms, memory_mb AS size_mb FROM environment FINAL
       WHERE function_id = {functionId:UInt64} AND environment_id > 0 AND last_seen_ms >= {fromMs:Int64} AND last_seen_ms < {beforeMs:Int64}
         AND last_end_ms < {toMs:Int64} AND max_memory_mb >= memory_mb
     ) AS ended JOIN ${invocationRows(`function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} - ${RETRIES_MS} AND end_ms < {toMs:Int64}`)} AS runs
       ON runs.environment_id = ended.environment_id AND runs.end_ms = ended.last_end_ms
     WHERE runs.max_memory_mb >= ended.size_mb AND runs.judged_status = ${STATUS.success}`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs), beforeMs: Math.floor(nowMs - UNUSED_AFTER_MS) },
  );
  return row?.n ?? 0;
}
