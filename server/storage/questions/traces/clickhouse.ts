/** Segments of one trace, and the service map of many. */
import type { ServiceMap } from '../../../analytics/network/phases.ts';
import { serviceMap as mapOf } from '../../../analytics/network/phases.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import { nanoseconds } from '../../clickhouse/nanoseconds.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { segments } from '../../clickhouse/trace-segments.ts';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import { segmentView } from './result.ts';
import type { StoredSegment } from './types.ts';

const MAX_SEGMENTS = 2000;

export async function trace(
  context: QueryContext,
  query: { readonly traceId: string },
): Promise<readonly StoredSegment[]> {
  return (await segmentsOf(context, [query.traceId])).get(query.traceId) ?? [];
}

type Row = Omit<
  StoredSegment,
  'functionId' | 'resourceArn' | 'annotations' | 'subsegments' | 'limitExceeded' | 'notRead'
> & {
  readonly traceId: string;
  readonly functionId: number;
  readonly detail: string;
};

async function segmentsOf(
  context: QueryContext,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredSegment[]>> {
  const rows = await context.client.all<Row>(
    `SELECT trace_id AS traceId, id, parent_id AS parentId, function_id AS functionId, name, origin,
       toString(start_ns) AS startNs, toString(end_ns) AS endNs, request_id AS requestId, http_status AS httpStatus, outcome,
       detail
     FROM ${segments('trace_key IN {keys:Array(UInt64)} AND trace_id IN {ids:Array(String)}')}
     ORDER BY start_ns, id LIMIT ${MAX_SEGMENTS} BY trace_id`,
    { keys: traceIds.map((id) => hashOf(id)), ids: traceIds },
  );
  const found = new Map<string, StoredSegment[]>();
  for (const { traceId, detail, functionId, ...row } of rows) {
    const parsed = parseStored(segmentDetail, detail, `trace_segment ${row.id}`);
    if (parsed === null) continue;
    const mine = found.get(traceId) ?? [];
    found.set(traceId, mine);
    mine.push({ ...row, functionId: functionId === 0 ? null : functionId, ...parsed });
  }
  return found;
}

export async function traceOfRequest(
  context: QueryContext,
  { functionId, requestId, fromMs, toMs }: TimeRange & { readonly functionId: number; readonly requestId: string },
): Promise<string | null> {
  const [found] = await context.client.all<{ traceId: string }>(
    `SELECT trace_id AS traceId FROM ${segments(
      'function_id = {functionId:UInt64} AND start_ns >= {fromNs:Int64} AND start_ns < {toNs:Int64} AND request_id = {requestId:String}',
    )} ORDER BY start_ns, id LIMIT 1`,
    { functionId, requestId, fromNs: nanoseconds(fromMs), toNs: nanoseconds(toMs) },
  );
  return found?.traceId ?? null;
}

type MapQuery = TimeRange & FunctionFilter & { readonly mostTraces: number };

/** Service map of the newest traces. Every function gets an equal share, so that a busy one does not hide the others. */
export async function serviceMap(
  context: QueryContext,
  query: MapQuery,
): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }> {
  const functions = await functionsIn(context, query);
  const share = Math.max(1, Math.floor(query.mostTraces / Math.max(1, functions.length)));
  const rows = await context.client.all<{ functionId: number; traceId: string }>(
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
  const segments = await segmentsOf(context, [...ids]);
  const inOrder = [...ids].flatMap((id) => segments.get(id) ?? []);
  return { map: mapOf(inOrder.map(segmentView)), traces: ids.size, truncated };
}
