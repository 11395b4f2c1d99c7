/** Pre-init times of traced cold starts: of one function, and of similar functions outside a VPC. */
import { functionsIn } from '../../clickhouse/functions.ts';
import { nanoseconds } from '../../clickhouse/nanoseconds.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { factsOfFunctions } from '../inventory/clickhouse.ts';
import type { TimeRange } from '../shared-types.ts';
import type { PreInitValues, SegmentRow } from './result.ts';
import { preInitsOf } from './result.ts';
import type { PreInitSamples } from './types.ts';

/** Pre-init of traced cold starts: of one function, and of functions like it outside of a VPC. */
export async function preInits(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number; readonly mostSegments: number },
): Promise<PreInitSamples> {
  const cohort = await cohortOf(context, query.functionId);
  const [own, others] = await Promise.all([
    samplesOf(context, [query.functionId], query),
    cohort.length === 0 ? { values: [], unmatched: 0, truncated: false } : samplesOf(context, cohort, query),
  ]);
  return {
    own: own.values,
    cohort: others.values,
    cohortFunctions: cohort.length,
    unmatched: own.unmatched,
    truncated: own.truncated || others.truncated,
  };
}

/** Functions known to be outside of a VPC, in the same region, with the same runtime, package type and memory size. */
async function cohortOf(context: QueryContext, functionId: number): Promise<readonly number[]> {
  const [all, facts] = await Promise.all([
    functionsIn(context, { fromMs: 0, toMs: Date.UTC(2200, 0, 1) }),
    factsOfFunctions(context, null),
  ]);
  const own = all.find((one) => one.functionId === functionId);
  if (own === undefined) return [];
  // Memory size in the newest inventory entry, otherwise that of the newest REPORT.
  const sizeOf = (one: typeof own): number | null => facts.get(one.functionId)?.at(-1)?.facts.memoryMb ?? one.memoryMb;
  return all
    .filter(
      (one) =>
        one.functionId !== functionId &&
        one.vpc === false &&
        one.region === own.region &&
        one.runtime === own.runtime &&
        one.packageType === own.packageType &&
        sizeOf(one) === sizeOf(own),
    )
    .map((one) => one.functionId);
}

async function samplesOf(
  context: QueryContext,
  functionIds: readonly number[],
  query: TimeRange & { readonly mostSegments: number },
): Promise<PreInitValues & { readonly truncated: boolean }> {
  const rows = await context.client.all<SegmentRow>(
    `SELECT function_id AS functionId, trace_id AS traceId, id, parent_id AS parentId, name, origin,
       toString(start_ns) AS startNs, toString(end_ns) AS endNs, detail
     FROM trace_segment FINAL WHERE function_id IN {functionIds:Array(UInt64)} AND start_ns >= {fromNs:Int64}
       AND start_ns < {toNs:Int64} AND origin IN ('AWS::Lambda', 'AWS::Lambda::Function')
     ORDER BY start_ns DESC, id LIMIT {limit:UInt32}`,
    {
      functionIds,
      fromNs: nanoseconds(query.fromMs),
      toNs: nanoseconds(query.toMs),
      limit: query.mostSegments + 1,
    },
  );
  return { ...preInitsOf(rows.slice(0, query.mostSegments)), truncated: rows.length > query.mostSegments };
}
