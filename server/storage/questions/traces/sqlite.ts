/** Segments and spans of one trace, and the service map of many. */
import { sql } from 'kysely';
import { requestIdBytes, requestIdText, traceBytes, traceText } from '../../../../ingest/batch/request-id.ts';
import type { ServiceMap } from '../../../analytics/network/phases.ts';
import { serviceMap as mapOf } from '../../../analytics/network/phases.ts';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { functionsIn } from '../../sqlite/series.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import { segmentView } from './result.ts';
import type { StoredSegment } from './types.ts';

const MAX_SEGMENTS = 2000;

const TRACE = telemetryStatement((db, param: Param<{ traceId: Uint8Array | string }>) =>
  db
    .selectFrom('trace_segment')
    .select(['id', 'parent_id as parentId', 'function_id as functionId', 'name', 'origin'])
    // Nanoseconds exceed 2^53.
    .select([sql<string>`CAST(start_ns AS TEXT)`.as('startNs'), sql<string | null>`CAST(end_ns AS TEXT)`.as('endNs')])
    .select(['request_id as requestId', 'http_status as httpStatus', 'outcome', 'detail'])
    .where('trace_id', '=', param('traceId'))
    .orderBy('start_ns')
    .limit(MAX_SEGMENTS),
);

/** Segments and spans of one trace, in order of their start. */
export async function trace(db: Databases, query: { readonly traceId: string }): Promise<readonly StoredSegment[]> {
  const bytes = traceBytes(query.traceId);
  const rows = TRACE.all(db.telemetry, { traceId: bytes ?? query.traceId });
  return rows.flatMap(({ detail, requestId, ...row }) => {
    const parsed = parseStored(segmentDetail, detail, `trace_segment ${row.id}`);
    if (parsed === null) return [];
    return { ...row, requestId: requestId === null ? null : requestIdText(requestId), ...parsed };
  });
}

interface OfRequestQuery {
  functionId: number;
  fromNs: bigint;
  toNs: bigint;
  requestId: Uint8Array | string;
}

const OF_REQUEST = telemetryStatement((db, param: Param<OfRequestQuery>) =>
  db
    .selectFrom('trace_segment')
    .select('trace_id')
    .where('function_id', '=', param('functionId'))
    .where('start_ns', '>=', sql<number>`${param('fromNs')}`)
    .where('start_ns', '<', sql<number>`${param('toNs')}`)
    .where('request_id', '=', param('requestId'))
    .orderBy('start_ns')
    .orderBy('id')
    .limit(1),
).asValues();

/** The index of a function's segments by time bounds what is read. */
export async function traceOfRequest(
  db: Databases,
  { functionId, requestId, fromMs, toMs }: TimeRange & { readonly functionId: number; readonly requestId: string },
): Promise<string | null> {
  const times = { fromNs: nanoseconds(fromMs), toNs: nanoseconds(toMs) };
  const [found] = OF_REQUEST.all(db.telemetry, { functionId, ...times, requestId: requestIdBytes(requestId) });
  return found === undefined ? null : typeof found === 'string' ? found : traceText(found);
}

interface NewestQuery {
  functionId: number;
  fromNs: bigint;
  toNs: bigint;
  limit: number;
}

const NEWEST = telemetryStatement((db, param: Param<NewestQuery>) =>
  db
    .selectFrom('trace_segment')
    .select('trace_id')
    .where('function_id', '=', param('functionId'))
    .where('start_ns', '>=', sql<number>`${param('fromNs')}`)
    .where('start_ns', '<', sql<number>`${param('toNs')}`)
    .groupBy('trace_id')
    .orderBy(({ fn }) => fn.max('start_ns'), 'desc')
    .limit(param('limit')),
).asValues();

type MapQuery = TimeRange & FunctionFilter & { readonly mostTraces: number };

/** Service map of the newest traces. Every function gets an equal share, so that a busy one does not hide the others. */
export async function serviceMap(
  db: Databases,
  query: MapQuery,
): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }> {
  const functions = await functionsIn(db, query);
  const share = Math.max(1, Math.floor(query.mostTraces / Math.max(1, functions.length)));
  const range = { fromNs: nanoseconds(query.fromMs), toNs: nanoseconds(query.toMs), limit: share + 1 };
  const ids = new Set<string>();
  let truncated = false;
  for (const { functionId } of functions) {
    if (ids.size >= query.mostTraces) truncated = true;
    const newest = NEWEST.all(db.telemetry, { functionId, ...range });
    truncated ||= newest.length > share;
    for (const traceId of newest.slice(0, share)) {
      if (ids.size < query.mostTraces) ids.add(typeof traceId === 'string' ? traceId : traceText(traceId));
    }
  }
  const segments: StoredSegment[] = [];
  for (const traceId of ids) segments.push(...(await trace(db, { traceId })));
  return { map: mapOf(segments.map(segmentView)), traces: ids.size, truncated };
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 1_000_000n;
}
