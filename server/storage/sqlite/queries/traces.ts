/** The segments and spans of one trace. */
import { sql } from 'kysely';
import { readUuid, traceBytes } from '../../../../ingest/request-id.ts';
import type { StoredSegment } from '../../feed-views.ts';
import type { Databases } from './databases.ts';

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
    requestId: requestId === null || typeof requestId === 'string' ? requestId : readUuid(requestId),
    ...(JSON.parse(detail) as Pick<StoredSegment, 'resourceArn' | 'annotations' | 'subsegments'>),
  }));
}
