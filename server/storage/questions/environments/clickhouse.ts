/** Execution environments over time, and the exact concurrency of their invocations. */
import { concurrency } from '../../../analytics/metrics/concurrency.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chartWidth } from '../../clickhouse/query-context.ts';
import type { EnvironmentFacts, EnvironmentTimeline, TimeRange } from '../../ports.ts';
import type { TimelineRow } from './result.ts';
import { TimelineBuilder } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly limit: number; readonly maxRuns: number };

const IN_RANGE =
  'function_id = {functionId:UInt64} AND environment_id > 0 AND last_seen_ms >= {fromMs:Int64} AND first_seen_ms < {toMs:Int64}';
const ROWS = invocationRows('function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}');

export async function environments(context: QueryContext, query: Query): Promise<EnvironmentTimeline> {
  const { functionId, limit, maxRuns } = query;
  const bound = { functionId, fromMs: Math.floor(query.fromMs), toMs: Math.ceil(query.toMs) };
  const [counted, newest, rows] = await Promise.all([
    context.client.one<{ total: number }>(`SELECT count() AS total FROM environment FINAL WHERE ${IN_RANGE}`, bound),
    context.client.all<{ id: number }>(
      `SELECT environment_id AS id FROM environment FINAL WHERE ${IN_RANGE} ORDER BY last_seen_ms DESC, log_stream LIMIT {limit:UInt32}`,
      { ...bound, limit },
    ),
    context.client.all<TimelineRow>(
      `SELECT environment_id, end_ms, run_ms, duration_us, judged_status AS status, cold, user_felt, init_us, restore_us
       FROM ${ROWS} WHERE environment_id > 0 ORDER BY end_ms DESC, request_id, environment_id LIMIT {limit:UInt32}`,
      { ...bound, limit: maxRuns + 1 },
    ),
  ]);
  const facts = await environmentFacts(
    context,
    [functionId],
    newest.map((row) => row.id),
  );
  const timeline = new TimelineBuilder(facts, query);
  for (const row of rows) timeline.add(row);
  return timeline.result(counted?.total ?? 0, chartWidth(context, query));
}

/** Attributes and totals of environments, by id. */
export async function environmentFacts(
  context: QueryContext,
  functionIds: readonly number[],
  ids: readonly number[],
): Promise<ReadonlyMap<number, EnvironmentFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await context.client.all<
    Omit<EnvironmentFacts, 'initMs' | 'endedInFailure'> & { initUs: number | null; lastStatus: number | null }
  >(
    `SELECT environment_id AS environmentId, log_group AS logGroup, log_stream AS logStream, version, memory_mb AS memoryMb,
       runtime_version AS runtimeVersion, initialization_type AS initializationType, init_start_ms AS initStartMs,
       init_us AS initUs, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs, invocations, failures,
       max_memory_mb AS maxMemoryUsedMb, last_status AS lastStatus
     FROM environment FINAL WHERE function_id IN {functionIds:Array(UInt64)} AND environment_id IN {ids:Array(UInt64)}`,
    { functionIds, ids },
  );
  return new Map(
    rows.map(({ initUs, lastStatus, ...row }) => [
      row.environmentId,
      { ...row, initMs: initUs === null ? null : initUs / 1000, endedInFailure: (lastStatus ?? 0) !== 0 },
    ]),
  );
}

/** Exact peak concurrency of functions, each named by its name or by `account:region:name`. */
export async function peakConcurrency(
  context: QueryContext,
  query: TimeRange & { readonly names: readonly string[] },
): Promise<readonly { readonly name: string; readonly peak: number; readonly runs: number }[]> {
  const found = await context.client.all<{ functionId: number; name: string; id: string }>(
    `SELECT DISTINCT function_id AS functionId, name, concat(account, ':', region, ':', name) AS id FROM lambda_function
     WHERE name IN {names:Array(String)} OR concat(account, ':', region, ':', name) IN {names:Array(String)}`,
    { names: query.names },
  );
  const peaks = query.names.flatMap((wanted) =>
    found
      .filter((one) => one.name === wanted || one.id === wanted)
      .map(async ({ functionId, name }) => {
        const intervals = await context.client.all<{ startMs: number; endMs: number }>(
          `SELECT end_ms - ifNull(run_ms, intDiv(duration_us, 1000)) AS startMs, end_ms AS endMs FROM ${ROWS} WHERE environment_id > 0`,
          { functionId, fromMs: Math.floor(query.fromMs), toMs: Math.ceil(query.toMs) },
        );
        const { peak } = concurrency(intervals, query.fromMs, query.toMs, query.toMs - query.fromMs);
        return { name, peak, runs: intervals.length };
      }),
  );
  return Promise.all(peaks);
}
