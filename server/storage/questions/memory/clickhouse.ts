/** Evidence for each memory size of a function: counts from rollups, durations from a sample of invocations. */
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { STATUS } from '../../enums.ts';
import type { MemoryEvidence, TimeRange } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import type { TracedRow } from '../remote-time/clickhouse.ts';
import { remoteTime } from '../remote-time/clickhouse.ts';
import type { LongRunningEnvironment, Routes, SampleRow, SizeCounts, SizeHour } from './result.ts';
import {
  countSizes,
  evidenceOf,
  GATEWAY_ROWS,
  gatewayRange,
  NO_ROUTES,
  PROBED,
  pointsOf,
  probesOf,
  RESPONSE_SLACK_MS,
  routesOf,
  Sample,
  samplePlan,
} from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number };

export async function memory(context: QueryContext, query: Query): Promise<MemoryEvidence> {
  const { functionId } = query;
  const range = align(query, HOUR_MS);
  const rows = await context.client.all<SizeHour>(
    `SELECT bucket, cell.memory_mb AS memoryMb, nullIf(cell.version, '') AS version, n,
       timeouts + errors + ooms + exits AS failures, timeouts + ooms AS sizeFailures, failed_billed_ms AS failedBilledMs, max_memory_mb AS maxMemoryMb
     FROM rollup_1h AS cell FINAL WHERE function_id = {functionId:UInt64} AND bucket >= {fromMs:Int64} AND bucket < {toMs:Int64}
       AND cell.memory_mb >= 0 AND n > 0 ORDER BY bucket, memoryMb, version`,
    { functionId, fromMs: range.fromMs, toMs: range.toMs },
  );
  const found = await Promise.all(
    [...countSizes(rows)].map(async ([memoryMb, counts]) => {
      const { sample, sampled, traced } = await sampleOf(context, functionId, memoryMb, counts);
      const { maxUsedMb } = counts;
      const evidence = evidenceOf(memoryMb, counts, sample, await remoteTime(context, functionId, traced));
      const followed = sampled ? await probed(context, functionId, memoryMb, range) : sample.followed;
      return { evidence, maxUsedMb, followed, sampled };
    }),
  );
  return { range, sizes: found, outOfMemoryAtMb: await outOfMemory(context, query) };
}

/** Warm invocations that succeeded or timed out and are not the first of their environment, in whole hours. */
async function sampleOf(
  context: QueryContext,
  functionId: number,
  memoryMb: number,
  counts: SizeCounts,
): Promise<{ readonly sample: Sample; readonly sampled: boolean; readonly traced: readonly TracedRow[] }> {
  const { sampled, hours, limit } = samplePlan(counts);
  const rows = await context.client.all<
    Omit<SampleRow, 'timedOut' | 'responseBytes'> & {
      status: number;
      billedMs: number;
      firstEndMs: number | null;
    } & TracedRow
  >(
    `SELECT runs.environment_id AS environmentId, runs.end_ms AS endMs, runs.duration_us AS durationUs,
       runs.billed_ms AS billedMs, runs.used AS maxMemoryMb, nullIf(runs.version, '') AS version, runs.trace_id AS traceId, runs.request_id AS requestId,
       runs.status AS status, runs.tenant AS tenant, e.first_end_ms AS firstEndMs
     FROM (
       SELECT environment_id, end_ms, duration_us, billed_ms, max_memory_mb AS used, trace_id, request_id, series_version AS version, judged_status AS status, tenant,
         intDiv(end_ms, ${HOUR_MS}) AS hour
       FROM ${invocationRows(`function_id = {functionId:UInt64} AND intDiv(end_ms, ${HOUR_MS}) * ${HOUR_MS} IN {hours:Array(Int64)}
         AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}`)}
       WHERE memory_mb = {memoryMb:UInt32} AND judged_status IN (${STATUS.success}, ${STATUS.timeout}) AND cold IS NULL
       ORDER BY end_ms, request_id, environment_id LIMIT {limit:UInt32} BY hour
     ) AS runs LEFT JOIN (
       SELECT environment_id, first_end_ms FROM environment FINAL WHERE function_id = {functionId:UInt64}
     ) AS e ON e.environment_id = runs.environment_id
     ORDER BY runs.end_ms, runs.request_id, runs.environment_id`,
    {
      functionId,
      memoryMb,
      hours,
      limit,
      fromMs: Math.min(...hours),
      toMs: Math.max(...hours) + HOUR_MS,
    },
  );
  const responses = await responsesIn(context, functionId, hours);
  const routes = await routesIn(context, hours, rows);
  const sample = new Sample();
  sample.routesAreLimited = routes.isLimited;
  const traced: TracedRow[] = [];
  for (const row of rows) {
    if (row.billedMs === null || row.firstEndMs === row.endMs) continue;
    const responseBytes = responses.get(`${row.requestId}`) ?? null;
    const route = routes.byRequest.get(`${row.requestId}`) ?? null;
    sample.add({ ...row, timedOut: row.status === STATUS.timeout, responseBytes, route });
    if (row.traceId !== null && row.status === STATUS.success) traced.push(row);
  }
  return { sample, sampled, traced };
}

/** Returns the sizes of responses in some hours by request id. */
async function responsesIn(
  context: QueryContext,
  functionId: number,
  hours: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const slack = RESPONSE_SLACK_MS;
  const rows = await context.client.all<{ requestId: string; size: number }>(
    `SELECT r.request_id AS requestId, max(r.bytes) AS size FROM response AS r
     WHERE function_id = {functionId:UInt64} AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} AND r.bytes IS NOT NULL
       AND arrayExists(hour -> at_ms >= hour - ${slack} AND at_ms < hour + ${HOUR_MS + slack}, {hours:Array(Int64)})
     GROUP BY requestId`,
    { functionId, hours, fromMs: Math.min(...hours) - slack, toMs: Math.max(...hours) + HOUR_MS + slack },
  );
  return new Map(rows.map(({ requestId, size }) => [requestId, size]));
}

/** Returns the routes of requests around some runs. */
async function routesIn(
  context: QueryContext,
  hours: readonly number[],
  runs: readonly { readonly endMs: number; readonly durationUs: number }[],
): Promise<Routes> {
  const ranges = hours.flatMap((hour) => {
    const within = runs.filter(({ endMs }) => endMs >= hour && endMs < hour + HOUR_MS);
    return within.length === 0 ? [] : [gatewayRange(within)];
  });
  if (ranges.length === 0) return NO_ROUTES;
  const rows = await context.client.all<{ requestId: string; path: string; part: string }>(
    `SELECT g.lambda_request_id AS requestId, g.route AS path, concat(toString(log_group_id), '/', toString(intDiv(at_ms, ${HOUR_MS}))) AS part
     FROM gateway_request AS g FINAL
     WHERE at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} AND g.lambda_request_id IS NOT NULL AND g.route IS NOT NULL
       AND arrayExists((low, high) -> at_ms >= low AND at_ms < high, {lows:Array(Int64)}, {highs:Array(Int64)})
     ORDER BY at_ms, log_group_id, request_id LIMIT ${GATEWAY_ROWS + 1} BY log_group_id, intDiv(at_ms, ${HOUR_MS})`,
    {
      fromMs: Math.min(...ranges.map((range) => range.fromMs)),
      toMs: Math.max(...ranges.map((range) => range.toMs)),
      lows: ranges.map((range) => range.fromMs),
      highs: ranges.map((range) => range.toMs),
    },
  );
  return routesOf(rows.map(({ requestId, path, part }) => ({ part, requestId, route: path })));
}

/** Memory use over the lifetimes of the busiest environments, at a few times each; for sizes of which only some hours are read. */
async function probed(
  context: QueryContext,
  functionId: number,
  memoryMb: number,
  range: TimeRange,
): Promise<readonly (readonly Point[])[]> {
  const longest = await context.client.all<LongRunningEnvironment & { readonly id: number }>(
    `SELECT environment_id AS id, first_end_ms AS firstMs, last_end_ms AS lastMs, invocations FROM environment FINAL
     WHERE function_id = {functionId:UInt64} AND environment_id > 0 AND last_seen_ms >= {fromMs:Int64} AND first_end_ms >= {fromMs:Int64}
       AND memory_mb = {memoryMb:UInt32} AND last_end_ms > first_end_ms
     ORDER BY invocations DESC, log_stream LIMIT ${PROBED}`,
    { functionId, memoryMb, fromMs: range.fromMs },
  );
  return Promise.all(
    longest.map(async (environment) => {
      const found = await context.client.all<{ endMs: number; usedMb: number }>(
        `SELECT min(end_ms) AS endMs, argMin(used, end_ms) AS usedMb FROM (
           SELECT end_ms, max(f.max_memory_mb) AS used FROM invocation_fact AS f WHERE function_id = {functionId:UInt64}
             AND stream_id = {id:UInt64} AND end_ms >= {firstMs:Int64} AND end_ms <= {lastMs:Int64}
           GROUP BY end_ms, request_id HAVING used IS NOT NULL
         ) AS runs ARRAY JOIN {probes:Array(Int64)} AS probe WHERE end_ms >= probe GROUP BY probe ORDER BY probe`,
        {
          functionId,
          id: environment.id,
          firstMs: environment.firstMs,
          lastMs: environment.lastMs,
          probes: probesOf(environment),
        },
      );
      return pointsOf(environment, found);
    }),
  );
}

async function outOfMemory(
  context: QueryContext,
  { functionId, outOfMemorySinceMs }: Query,
): Promise<readonly number[]> {
  const rows = await context.client.all<{ memoryMb: number }>(
    `SELECT DISTINCT cell.memory_mb AS memoryMb FROM rollup_1d AS cell FINAL
     WHERE function_id = {functionId:UInt64} AND bucket >= {fromMs:Int64} AND ooms > 0 AND memoryMb >= 0 ORDER BY memoryMb`,
    { functionId, fromMs: Math.floor(outOfMemorySinceMs / DAY_MS) * DAY_MS },
  );
  return rows.map((row) => row.memoryMb);
}
