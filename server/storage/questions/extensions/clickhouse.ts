/** Cost of extensions: init time, and the time between the runtime's response and the end of the invocation. */

import type { AttributedColdStart } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { microseconds } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { STATUS } from '../../enums.ts';
import type { ColdStartCauses, TimeRange } from '../../ports.ts';
import { medianUs } from '../../rollup/aggregation.ts';

/** Newest warm invocations that are read. */
const MOST_RUNS = 2000;
/** Tolerance between the clocks of two lines of one invocation. */
const CLOCK_MS = 5;

interface Group {
  readonly inits: number[];
  readonly after: number[];
}

interface RuntimeTime {
  readonly environmentId: number;
  /** From the runtime's response to the end, µs. */
  readonly us: number;
}

/**
 * By the set of extensions of the environment. The time after the runtime is Duration less that of `platform.runtimeDone`,
 * which JSON logs print.
 */
export async function byExtensions(
  context: QueryContext,
  functionId: number,
  coldStarts: readonly AttributedColdStart[],
  runs: readonly RuntimeTime[],
): Promise<ColdStartCauses['byExtensions']> {
  const inits = coldStarts.filter((one) => one.kind === 'on-demand' && one.initMs !== null);
  const names = await namesOf(
    context,
    functionId,
    [...inits, ...runs].map((one) => one.environmentId),
  );
  const groups = new Map<string, Group>();
  const groupOf = (environmentId: number): Group => {
    const key = names.get(environmentId) ?? '';
    const group = groups.get(key) ?? { inits: [], after: [] };
    groups.set(key, group);
    return group;
  };
  for (const one of inits) groupOf(one.environmentId).inits.push(microseconds(one.initMs ?? 0));
  for (const { environmentId, us } of runs) groupOf(environmentId).after.push(Math.max(0, us));
  return [...groups].map(([key, { inits: initsUs, after }]) => ({
    extensions: key === '' ? [] : key.split('\n'),
    n: initsUs.length,
    initMedianMs: medianUs(initsUs),
    afterRuntimeMs: { n: after.length, median: medianUs(after) },
  }));
}

/** Time after the runtime's response in the newest warm invocations; empty if no line contains it. */
export async function runtimeTimes(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number },
): Promise<readonly RuntimeTime[]> {
  return (await hasRuntimeDone(context, query.functionId)) ? runsOf(context, query) : [];
}

/** Only JSON logs contain it; without it, a scan of the invocations would be wasted. */
async function hasRuntimeDone(context: QueryContext, functionId: number): Promise<boolean> {
  const found = await context.client.one<object>(
    'SELECT 1 AS found FROM runtime_fact WHERE function_id = {functionId:UInt64} LIMIT 1',
    { functionId },
  );
  return found !== undefined;
}

function runsOf(
  context: QueryContext,
  { functionId, fromMs, toMs }: TimeRange & { readonly functionId: number },
): Promise<readonly RuntimeTime[]> {
  return context.client.all<RuntimeTime>(
    `SELECT runs.environment_id AS environmentId, toInt64(runs.duration_us) - toInt64(done.runtime_us) AS us FROM (
       SELECT environment_id, request_id, end_ms, duration_us
       FROM ${invocationRows('function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}')}
       WHERE judged_status = ${STATUS.success} AND cold IS NULL AND environment_id > 0 ORDER BY end_ms DESC, request_id, environment_id LIMIT ${MOST_RUNS}
     ) AS runs JOIN (
       SELECT stream_id AS environment_id, request_id, at_ms, max(f.runtime_us) AS runtime_us FROM runtime_fact AS f
       WHERE function_id = {functionId:UInt64} GROUP BY stream_id, request_id, at_ms
     ) AS done ON done.environment_id = runs.environment_id AND done.request_id = runs.request_id
     WHERE done.at_ms BETWEEN runs.end_ms - intDiv(runs.duration_us, 1000) - ${CLOCK_MS} AND runs.end_ms + ${CLOCK_MS}`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
  );
}

/** Names of each environment's extensions, sorted, one per line. */
async function namesOf(
  context: QueryContext,
  functionId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await context.client.all<{ id: number; names: readonly string[] }>(
    `SELECT environment_id AS id, extensions AS names FROM environment FINAL
     WHERE function_id = {functionId:UInt64} AND environment_id IN {ids:Array(UInt64)} AND notEmpty(extensions)`,
    { functionId, ids: [...new Set(ids)] },
  );
  return new Map(rows.map((row) => [row.id, row.names.join('\n')]));
}
