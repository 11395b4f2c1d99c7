/** The segments and spans of one trace, and who calls whom in many. */
import { sql } from 'kysely';
import { requestIdText, traceBytes, traceText } from '../../../../ingest/batch/request-id.ts';
import type { ServiceMap } from '../../../analytics/network/phases.ts';
import { serviceMap as mapOf } from '../../../analytics/network/phases.ts';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { functionsIn } from '../../sqlite/series.ts';
import { segmentView } from './result.ts';
import type { StoredSegment } from './types.ts';

const MAX_SEGMENTS = 2000;

export async function trace(db: Databases, query: { readonly traceId: string }): Promise<readonly StoredSegment[]> {
  const bytes = traceBytes(query.traceId);
  const key = bytes === null ? query.traceId : Buffer.from(bytes);
  const { rows } = await sql<{
    id: string;
    parentId: string | null;
    functionId: number | null;
    name: string;
    origin: string | null;
    startNs: string;
    endNs: string | null;
    requestId: Uint8Array | string | null;
    httpStatus: number | null;
    outcome: string | null;
    detail: string;
  }>`
    SELECT id, parent_id AS parentId, function_id AS functionId, name, origin, CAST(start_ns AS TEXT) AS startNs,
      CAST(end_ns AS TEXT) AS endNs, request_id AS requestId, http_status AS httpStatus, outcome, detail
    FROM trace_segment WHERE trace_id = ${key} ORDER BY start_ns LIMIT ${MAX_SEGMENTS}`.execute(db.telemetry);
  return rows.map(({ detail, requestId, ...row }) => ({
    ...row,
    requestId: requestId === null ? null : requestIdText(requestId),
    ...(JSON.parse(detail) as Pick<StoredSegment, 'resourceArn' | 'annotations' | 'subsegments'>),
  }));
}

type MapQuery = TimeRange & FunctionFilter & { readonly mostTraces: number };

/** The newest traces of each function in its turn, so that a busy one does not hide the others. */
export async function serviceMap(
  db: Databases,
  query: MapQuery,
): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }> {
  const functions = await functionsIn(db, query);
  const share = Math.max(1, Math.floor(query.mostTraces / Math.max(1, functions.length)));
  const newest = db.raw.prepare<[number, bigint, bigint, number], { traceId: Uint8Array | string }>(
    `SELECT trace_id AS traceId FROM trace_segment WHERE function_id = ? AND start_ns >= ? AND start_ns < ?
     GROUP BY trace_id ORDER BY max(start_ns) DESC LIMIT ?`,
  );
  const ids = new Map<string, string>();
  let truncated = false;
  for (const { functionId } of functions) {
    if (ids.size >= query.mostTraces) truncated = true;
    const rows = newest.all(functionId, nanoseconds(query.fromMs), nanoseconds(query.toMs), share + 1);
    truncated ||= rows.length > share;
    for (const { traceId } of rows.slice(0, share)) {
      const text = typeof traceId === 'string' ? traceId : traceText(traceId);
      if (ids.size < query.mostTraces) ids.set(text, text);
    }
  }
  const segments: StoredSegment[] = [];
  for (const traceId of ids.keys()) segments.push(...(await trace(db, { traceId })));
  return { map: mapOf(segments.map(segmentView)), traces: ids.size, truncated };
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 1_000_000n;
}
