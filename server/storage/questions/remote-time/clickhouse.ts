/** What traced invocations spent in calls to others. */
import type { RemoteTime } from '../../../analytics/memory/self-time.ts';
import { remoteMs } from '../../../analytics/memory/self-time.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { timed } from '../traces/result.ts';
import type { StoredSegment } from '../traces/types.ts';

/** Traces read of a size, at most, spread over those there are. */
const MOST_TRACES = 100;

export interface TracedRow {
  readonly traceId: string | null;
  readonly requestId: string;
}

/** The mean over the given invocations whose segment is stored; null where none is. */
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
  const found = await context.client.all<{ traceId: string; requestId: string; detail: string }>(
    `SELECT trace_id AS traceId, request_id AS requestId, detail FROM trace_segment FINAL
     WHERE trace_key IN {keys:Array(UInt64)} AND trace_id IN {ids:Array(String)} AND function_id = {functionId:UInt64}
       AND origin = 'AWS::Lambda::Function' AND end_ns IS NOT NULL AND request_id IS NOT NULL`,
    {
      functionId,
      keys: chosen.map((row) => hashOf(row.traceId ?? '')),
      ids: chosen.map((row) => row.traceId),
    },
  );
  const details = new Map(found.map((row) => [`${row.traceId}/${row.requestId}`, row.detail]));
  const spent = chosen.flatMap(({ traceId, requestId }) => {
    const detail = details.get(`${traceId}/${requestId}`);
    if (detail === undefined) return [];
    const { subsegments } = JSON.parse(detail) as Pick<StoredSegment, 'subsegments'>;
    return [remoteMs(subsegments.map(timed))];
  });
  return spent.length === 0 ? null : { meanMs: spent.reduce((sum, ms) => sum + ms, 0) / spent.length, n: spent.length };
}
