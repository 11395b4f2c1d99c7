/** Time that traced invocations spent in calls to other services. */
import { sql } from 'kysely';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import type { RemoteTime } from '../../../analytics/memory/self-time.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import { remoteMsOf } from './result.ts';

/** Most traces read per memory size, spread evenly over the invocations. */
const MOST_TRACES = 100;

export interface TracedRow {
  readonly traceId: Uint8Array | string;
  readonly requestId: Uint8Array | string;
  readonly endMs: number;
}

/** Segments of the Lambda service and of the function in one trace. */
const SEGMENTS = telemetryStatement((db, param: Param<{ traceId: Uint8Array | string; functionId: number }>) =>
  db
    .selectFrom('trace_segment')
    .select(['id', 'parent_id as parentId', 'name', 'origin', 'request_id as requestId', 'detail'])
    // Nanoseconds exceed 2^53.
    .select([sql<string>`CAST(start_ns AS TEXT)`.as('startNs'), sql<string | null>`CAST(end_ns AS TEXT)`.as('endNs')])
    .where('trace_id', '=', param('traceId'))
    .where('function_id', '=', param('functionId'))
    .where('origin', 'in', ['AWS::Lambda', 'AWS::Lambda::Function'])
    .orderBy('start_ns')
    .orderBy('id'),
);

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
    const ms = row === undefined ? null : spentBy(telemetry, functionId, row);
    if (ms === null) continue;
    n += 1;
    total += ms;
  }
  return n === 0 ? null : { meanMs: total / n, n };
}

function spentBy(
  telemetry: Databases['telemetry'],
  functionId: number,
  { traceId, requestId, endMs }: TracedRow,
): number | null {
  const segments = SEGMENTS.all(telemetry, { traceId, functionId }).flatMap(({ detail, requestId: id, ...row }) => {
    const parsed = parseStored(segmentDetail, detail, `trace_segment ${row.id}`);
    return parsed === null ? [] : [{ ...row, requestId: id === null ? null : requestIdText(id), ...parsed }];
  });
  return remoteMsOf(segments, requestIdText(requestId), endMs);
}
