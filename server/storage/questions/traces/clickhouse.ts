/** The segments and spans of one trace, who calls whom in many, and which are still missing. */
import type { ServiceMap } from '../../../analytics/network/phases.ts';
import { serviceMap as mapOf } from '../../../analytics/network/phases.ts';
import { functionsIn, identitiesOf } from '../../clickhouse/functions.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { Source } from '../../clickhouse/query-context.ts';
import type { FunctionFilter, PreInitSamples, TimeRange } from '../../ports.ts';
import { factsOfFunctions } from '../inventory/clickhouse.ts';
import type { SegmentRow } from '../pre-inits/result.ts';
import { preInitsOf } from '../pre-inits/result.ts';
import { segmentView } from './result.ts';
import type { StoredSegment, TraceToFetch } from './types.ts';

const MAX_SEGMENTS = 2000;

export async function trace(source: Source, query: { readonly traceId: string }): Promise<readonly StoredSegment[]> {
  return (await segmentsOf(source, [query.traceId])).get(query.traceId) ?? [];
}

type Row = Omit<StoredSegment, 'functionId' | 'resourceArn' | 'annotations' | 'subsegments'> & {
  readonly traceId: string;
  readonly functionId: number;
  readonly detail: string;
};

async function segmentsOf(
  source: Source,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredSegment[]>> {
  const rows = await source.ask.all<Row>(
    `SELECT trace_id AS traceId, id, parent_id AS parentId, function_id AS functionId, name, origin,
       toString(start_ns) AS startNs, toString(end_ns) AS endNs, request_id AS requestId, http_status AS httpStatus, outcome,
       detail
     FROM trace_segment FINAL WHERE trace_key IN {keys:Array(UInt64)} AND trace_id IN {ids:Array(String)}
     ORDER BY start_ns, id LIMIT ${MAX_SEGMENTS} BY trace_id`,
    { keys: traceIds.map((id) => hashOf(id)), ids: traceIds },
  );
  const found = new Map<string, StoredSegment[]>();
  for (const { traceId, detail, functionId, ...row } of rows) {
    const mine = found.get(traceId) ?? [];
    found.set(traceId, mine);
    mine.push({
      ...row,
      functionId: functionId === 0 ? null : functionId,
      ...(JSON.parse(detail) as Pick<StoredSegment, 'resourceArn' | 'annotations' | 'subsegments'>),
    });
  }
  return found;
}

type MapQuery = TimeRange & FunctionFilter & { readonly mostTraces: number };

/** The newest traces of each function in its turn, so that a busy one does not hide the others. */
export async function serviceMap(
  source: Source,
  query: MapQuery,
): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }> {
  const functions = await functionsIn(source, query);
  const share = Math.max(1, Math.floor(query.mostTraces / Math.max(1, functions.length)));
  const rows = await source.ask.all<{ functionId: number; traceId: string }>(
    `SELECT function_id AS functionId, trace_id AS traceId, max(start_ns) AS newest FROM trace_segment FINAL
     WHERE function_id IN {ids:Array(UInt64)} AND start_ns >= {fromNs:Int64} AND start_ns < {toNs:Int64}
     GROUP BY function_id, trace_id ORDER BY newest DESC, trace_id LIMIT {share:UInt32} BY function_id`,
    {
      ids: functions.map((one) => one.functionId),
      fromNs: nanoseconds(query.fromMs),
      toNs: nanoseconds(query.toMs),
      share: share + 1,
    },
  );
  const ids = new Set<string>();
  let truncated = false;
  for (const { functionId } of functions) {
    if (ids.size >= query.mostTraces) truncated = true;
    const mine = rows.filter((row) => row.functionId === functionId);
    truncated ||= mine.length > share;
    for (const { traceId } of mine.slice(0, share)) if (ids.size < query.mostTraces) ids.add(traceId);
  }
  const segments = await segmentsOf(source, [...ids]);
  const inOrder = [...ids].flatMap((id) => segments.get(id) ?? []);
  return { map: mapOf(inOrder.map(segmentView)), traces: ids.size, truncated };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.floor(ms)) * 1_000_000n);
}

/** Sampled invocations whose trace is not here: cold ones first, then the newest. */
export async function tracesWanted(
  source: Source,
  query: { readonly fromMs: number; readonly askedBeforeMs: number; readonly maxTries: number; readonly limit: number },
): Promise<readonly TraceToFetch[]> {
  const rows = await source.ask.all<{ traceId: string; functionId: number; cold: number }>(
    `SELECT trace_id AS traceId, any(function_id) AS functionId, max(runs.cold IS NOT NULL) AS cold
     FROM ${invocationRows('end_ms >= {fromMs:Int64}')} AS runs
     WHERE trace_id IS NOT NULL AND sampled = 1
       AND trace_id NOT IN (SELECT trace_id FROM trace_segment)
       AND trace_id NOT IN (
         SELECT trace_id FROM trace_attempt GROUP BY trace_id
         HAVING sum(trace_attempt.tries) >= {maxTries:UInt32} OR max(trace_attempt.last_ms) >= {askedBeforeMs:Int64})
     GROUP BY trace_id ORDER BY cold DESC, max(end_ms) DESC, trace_id LIMIT {limit:UInt32}`,
    {
      fromMs: Math.floor(query.fromMs),
      askedBeforeMs: Math.floor(query.askedBeforeMs),
      maxTries: query.maxTries,
      limit: query.limit,
    },
  );
  const owners = await identitiesOf(source, [...new Set(rows.map((row) => row.functionId))]);
  return rows.map(({ traceId, functionId, cold }) => ({
    traceId,
    account: owners.get(functionId)?.account ?? '',
    region: owners.get(functionId)?.region ?? '',
    cold: cold === 1,
  }));
}

/** Pre-init of traced cold starts: of one function, and of functions like it outside of a VPC. */
export async function preInits(
  source: Source,
  query: TimeRange & { readonly functionId: number; readonly mostSegments: number },
): Promise<PreInitSamples> {
  const cohort = await cohortOf(source, query.functionId);
  const [own, others] = await Promise.all([
    samplesOf(source, [query.functionId], query),
    cohort.length === 0 ? { values: [], truncated: false } : samplesOf(source, cohort, query),
  ]);
  return {
    own: own.values,
    cohort: others.values,
    cohortFunctions: cohort.length,
    truncated: own.truncated || others.truncated,
  };
}

/** Functions known to be outside of a VPC, in the same region, with the same runtime, package type and memory size. */
async function cohortOf(source: Source, functionId: number): Promise<readonly number[]> {
  const [all, facts] = await Promise.all([
    functionsIn(source, { fromMs: 0, toMs: Date.UTC(2200, 0, 1) }),
    factsOfFunctions(source, null),
  ]);
  const own = all.find((one) => one.functionId === functionId);
  if (own === undefined) return [];
  // The size in the newest facts of the inventory; what REPORT says where there are none.
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
  source: Source,
  functionIds: readonly number[],
  query: TimeRange & { readonly mostSegments: number },
): Promise<{ readonly values: readonly number[]; readonly truncated: boolean }> {
  const rows = await source.ask.all<SegmentRow>(
    `SELECT function_id AS functionId, trace_id AS traceId, request_id AS requestId, name, origin,
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
  return { values: preInitsOf(rows.slice(0, query.mostSegments)), truncated: rows.length > query.mostSegments };
}
