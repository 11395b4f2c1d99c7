/** Time that traced invocations spent in calls to other services. */
import type { RemoteTime } from '../../../analytics/memory/self-time.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { segments } from '../../clickhouse/trace-segments.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import type { CallSegment } from './result.ts';
import { remoteMsOf } from './result.ts';

/** Most traces read per memory size, spread evenly over the invocations. */
const MOST_TRACES = 100;

export interface TracedRow {
  readonly traceId: string | null;
  readonly requestId: string;
  readonly endMs: number;
}

type CallRow = Omit<CallSegment, 'subsegments'> & { readonly traceId: string; readonly detail: string };

/** Mean over the invocations whose segment is stored, ms; null when there is none. */
export async function remoteTime(
  context: QueryContext,
  functionId: number,
  rows: readonly TracedRow[],
): Promise<RemoteTime | null> {
  if (rows.length === 0) return null;
  const step = Math.max(1, rows.length / MOST_TRACES);
  const chosen: TracedRow[] = [];
  for (let at = 0; at < rows.length; at += step) {
    const row = rows[Math.floor(at)];
    if (row !== undefined) chosen.push(row);
  }
  const found = await context.client.all<CallRow>(
    `SELECT trace_id AS traceId, id, parent_id AS parentId, name, origin, request_id AS requestId,
       toString(start_ns) AS startNs, toString(end_ns) AS endNs, detail
     FROM ${segments(`trace_key IN {keys:Array(UInt64)} AND trace_id IN {ids:Array(String)} AND function_id = {functionId:UInt64}
       AND origin IN ('AWS::Lambda', 'AWS::Lambda::Function')`)} ORDER BY start_ns, id`,
    {
      functionId,
      keys: chosen.map((row) => hashOf(row.traceId ?? '')),
      ids: chosen.map((row) => row.traceId),
    },
  );
  const traces = new Map<string, CallSegment[]>();
  for (const { traceId, detail, ...row } of found) {
    const parsed = parseStored(segmentDetail, detail, `trace_segment ${row.id}`);
    if (parsed === null) continue;
    const mine = traces.get(traceId) ?? [];
    traces.set(traceId, mine);
    mine.push({ ...row, ...parsed });
  }
  const spent = chosen
    .map(({ traceId, requestId, endMs }) => remoteMsOf(traces.get(traceId ?? '') ?? [], requestId, endMs))
    .filter((ms) => ms !== null);
  return spent.length === 0 ? null : { meanMs: spent.reduce((sum, ms) => sum + ms, 0) / spent.length, n: spent.length };
}
