/** Networks: CloudTrail's account of interfaces, refusals in logs, and requests as an API in front of a function saw them. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/sink.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { EdgeRequest } from '../../../analytics/network/edge.ts';
import type { FleetNetwork, FunctionNetwork, InterfaceEvents, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { chartWidth } from '../fleet/sqlite.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostRequests: number };

const TIMEOUT = STATUSES.indexOf('timeout');
const MOST_SUBNETS = 200;

export async function functionNetwork(db: Databases, query: Query): Promise<FunctionNetwork> {
  const edge = edgeOf(db, query);
  const timedOut = db.raw
    .prepare<[number, number, number, number, number], { ms: number }>(
      `SELECT invocation.duration_us / 1000.0 AS ms FROM cold_start JOIN invocation USING (function_id, end_ms, request_id, environment_id)
       WHERE function_id = ? AND slot_ms >= ? AND end_ms >= ? AND end_ms < ? AND failed = 1 AND status = ? LIMIT 1000`,
    )
    .all(query.functionId, query.fromMs - LONGEST_RUN_MS - HOUR_MS, query.fromMs, query.toMs, TIMEOUT);
  return {
    events: eventsOf(db, query, query.functionId),
    edge: edge.requests,
    edgeTruncated: edge.truncated,
    timedOutMs: timedOut.map((row) => row.ms),
  };
}

export async function fleetNetwork(db: Databases, query: TimeRange): Promise<FleetNetwork> {
  const widthMs = chartWidth(db, query);
  const series = db.raw
    .prepare<[number, number, number, number], FleetNetwork['series'][number]>(
      `SELECT CAST(at_ms / ? AS INTEGER) * ? AS fromMs, sum(name = 'CreateNetworkInterface' AND error_code IS NULL) AS created,
         sum(name = 'DeleteNetworkInterface' AND error_code IS NULL) AS deleted, sum(error_code IS NOT NULL) AS failed
       FROM network_event WHERE at_ms >= ? AND at_ms < ? GROUP BY 1 ORDER BY 1`,
    )
    .all(widthMs, widthMs, query.fromMs, query.toMs);
  const bySubnet = db.raw
    .prepare<[number, number], FleetNetwork['bySubnet'][number]>(
      `SELECT subnet_id AS subnetId, sum(name = 'CreateNetworkInterface' AND error_code IS NULL) AS created,
         sum(error_code IS NOT NULL) AS failed, max(at_ms) AS lastMs
       FROM network_event WHERE at_ms >= ? AND at_ms < ? AND subnet_id IS NOT NULL
       GROUP BY 1 ORDER BY failed DESC, created DESC LIMIT ${MOST_SUBNETS}`,
    )
    .all(query.fromMs, query.toMs);
  return { events: eventsOf(db, query, null), series, widthMs, bySubnet };
}

/** Of one function, or of all. */
function eventsOf(db: Databases, { fromMs, toMs }: TimeRange, functionId: number | null): InterfaceEvents {
  const events = `FROM network_event WHERE at_ms >= @fromMs AND at_ms < @toMs ${functionId === null ? '' : 'AND function_id = @functionId'}`;
  const bounds = { fromMs, toMs, functionId };
  const all = <T>(text: string): readonly T[] => db.raw.prepare(text).all(bounds) as T[];
  return {
    byName: all(
      `SELECT name, count(*) AS n, sum(error_code IS NOT NULL) AS failed ${events} GROUP BY name ORDER BY n DESC`,
    ),
    failures: all(
      `SELECT error_code AS errorCode, count(*) AS n ${events} AND error_code IS NOT NULL GROUP BY 1 ORDER BY n DESC LIMIT 50`,
    ),
    inLogs:
      functionId === null
        ? all(
            `SELECT error_type AS errorType, count(*) AS n FROM fault WHERE kind = 'network' AND at_ms >= @fromMs AND at_ms < @toMs
             AND error_type IS NOT NULL GROUP BY 1 ORDER BY n DESC LIMIT 50`,
          )
        : all(
            `SELECT error_type AS errorType, count(*) AS n
             FROM environment CROSS JOIN fault ON fault.environment_id = environment.id
             WHERE environment.function_id = @functionId AND last_seen_ms >= @fromMs AND kind = 'network' AND at_ms >= @fromMs
               AND at_ms < @toMs AND error_type IS NOT NULL GROUP BY 1 ORDER BY n DESC LIMIT 50`,
          ),
  };
}

/** The newest requests of an API, joined with the function's invocations by request id. */
function edgeOf(
  db: Databases,
  query: Query,
): { readonly requests: readonly EdgeRequest[]; readonly truncated: boolean } {
  const gateway = db.raw.prepare<
    [number, number, number],
    { lambdaId: Uint8Array | string; route: string | null; latencyUs: number }
  >(
    `SELECT lambda_request_id AS lambdaId, route, integration_latency_us AS latencyUs FROM gateway_request
     WHERE at_ms >= ? AND at_ms < ? AND lambda_request_id IS NOT NULL AND integration_latency_us IS NOT NULL LIMIT ?`,
  );
  const seen = gateway.all(query.fromMs, query.toMs, query.mostRequests + 1);
  if (seen.length === 0) return { requests: [], truncated: false };
  const invocations = db.raw
    .prepare<
      [number, number, number, number],
      { id: Uint8Array | string; durationUs: number; waitedUs: number | null }
    >(
      `SELECT request_id AS id, duration_us AS durationUs,
         CASE WHEN user_felt = 1 THEN ifnull(init_us, 0) + ifnull(restore_us, 0) END AS waitedUs
       FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms < ? AND status = 0 ORDER BY end_ms DESC LIMIT ?`,
    )
    .all(query.functionId, query.fromMs, query.toMs, query.mostRequests);
  const byId = new Map(invocations.map((row) => [requestIdText(row.id), row]));
  const requests = seen.flatMap(({ lambdaId, route, latencyUs }) => {
    const run = byId.get(requestIdText(lambdaId));
    if (run === undefined) return [];
    const waitedMs = run.waitedUs === null ? null : run.waitedUs / 1000;
    return [{ route, integrationLatencyMs: latencyUs / 1000, durationMs: run.durationUs / 1000, waitedMs }];
  });
  return { requests, truncated: seen.length > query.mostRequests || invocations.length === query.mostRequests };
}
