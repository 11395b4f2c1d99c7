/** Time that traced invocations spent in calls to other services. */
import type { RemoteTime } from '../../../analytics/memory/self-time.ts';
import { remoteMs } from '../../../analytics/memory/self-time.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import { timed } from '../traces/result.ts';

/** Most traces read per memory size, spread evenly over the invocations. */
const MOST_TRACES = 100;

export interface TracedRow {
  readonly traceId: Uint8Array | string;
  readonly requestId: Uint8Array | string;
}

interface Key {
  traceId: Uint8Array | string;
  functionId: number;
  requestId: Uint8Array | string;
}

/** JSON of the finished function segment of a traced invocation. */
const SEGMENT = telemetryStatement((db, param: Param<Key>) =>
  db
    .selectFrom('trace_segment')
    .select('detail')
    .where('trace_id', '=', param('traceId'))
    .where('function_id', '=', param('functionId'))
    .where('request_id', '=', param('requestId'))
    .where('origin', '=', 'AWS::Lambda::Function')
    .where('end_ns', 'is not', null)
    .limit(1),
).asValues();

/** Mean over the invocations whose segment is stored, ms; null when there is none. */
export function remoteTime(
  { telemetry }: Databases,
  functionId: number,
  rows: readonly TracedRow[],
): RemoteTime | null {
  const step = Math.max(1, rows.length / MOST_TRACES);
  let [n, total] = [0, 0];
  for (let at = 0; at < rows.length; at += step) {
    const row = rows[Math.floor(at)];
    const detail = row === undefined ? undefined : SEGMENT.get(telemetry, { ...row, functionId });
    if (detail === undefined) continue;
    const parsed = parseStored(segmentDetail, detail, `trace_segment of function ${functionId}`);
    if (parsed === null) continue;
    n += 1;
    total += remoteMs(parsed.subsegments.map(timed));
  }
  return n === 0 ? null : { meanMs: total / n, n };
}
