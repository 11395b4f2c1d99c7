/** What traced invocations spent in calls to others. */
import type { RemoteTime } from '../../../analytics/memory/self-time.ts';
import { remoteMs } from '../../../analytics/memory/self-time.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { timed } from '../traces/result.ts';
import type { StoredSegment } from '../traces/types.ts';

/** Traces read of a size, at most, spread over those there are. */
const MOST_TRACES = 100;

export interface TracedRow {
  readonly traceId: Uint8Array | string;
  readonly requestId: Uint8Array | string;
}

/** The mean over the given invocations whose segment is stored; null where none is. */
export function remoteTime(db: Databases, functionId: number, rows: readonly TracedRow[]): RemoteTime | null {
  const find = db.raw
    .prepare<[Uint8Array | string, number, Uint8Array | string], string>(
      `SELECT detail FROM trace_segment WHERE trace_id = ? AND function_id = ? AND request_id = ?
       AND origin = 'AWS::Lambda::Function' AND end_ns IS NOT NULL LIMIT 1`,
    )
    .pluck();
  const step = Math.max(1, rows.length / MOST_TRACES);
  let [n, total] = [0, 0];
  for (let at = 0; at < rows.length; at += step) {
    const row = rows[Math.floor(at)];
    const detail = row === undefined ? undefined : find.get(row.traceId, functionId, row.requestId);
    if (detail === undefined) continue;
    const { subsegments } = JSON.parse(detail) as Pick<StoredSegment, 'subsegments'>;
    n += 1;
    total += remoteMs(subsegments.map(timed));
  }
  return n === 0 ? null : { meanMs: total / n, n };
}
