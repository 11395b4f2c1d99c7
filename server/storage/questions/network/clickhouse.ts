/** Networks: interface events from CloudTrail, network errors in logs, and requests in the access logs of APIs. */
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { EdgeRequest } from '../../../analytics/network/edge.ts';
import { coldStartsIn, nameOf } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import { isOwnLine } from '../../clickhouse/insert/own-line.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chartWidth } from '../../clickhouse/query-context.ts';
import { STATUS } from '../../enums.ts';
import type { FleetNetwork, FunctionFilter, FunctionNetwork, InterfaceEvents, TimeRange } from '../../ports.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostRequests: number };

const TIMEOUT = STATUSES.indexOf('timeout');
const MOST_SUBNETS = 200;
const MOST_TIMED_OUT = 1000;
const ROWS = invocationRows('function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}');

export async function functionNetwork(context: QueryContext, query: Query): Promise<FunctionNetwork> {
  const [events, edge, timedOutMs] = await Promise.all([
    eventsOf(context, query, query),
    edgeOf(context, query),
    timedOut(context, query),
  ]);
  return { events, edge: edge.requests, edgeTruncated: edge.truncated, timedOutMs };
}

/** Durations of cold starts that timed out. */
async function timedOut(context: QueryContext, query: Query): Promise<readonly number[]> {
  const { coldStarts } = await coldStartsIn(context, [query.functionId], query);
  const failed = new Set(coldStarts.filter((one) => one.failed).map(nameOf));
  if (failed.size === 0) return [];
  const rows = await context.client.all<{ endMs: number; requestId: string; environmentId: number; us: number }>(
    `SELECT end_ms AS endMs, request_id AS requestId, environment_id AS environmentId, duration_us AS us FROM ${ROWS}
     WHERE judged_status = ${TIMEOUT} AND cold IS NOT NULL ORDER BY end_ms, request_id`,
    { functionId: query.functionId, fromMs: Math.floor(query.fromMs), toMs: Math.ceil(query.toMs) },
  );
  return rows
    .filter((row) => failed.has(nameOf(row)))
    .slice(0, MOST_TIMED_OUT)
    .map((row) => row.us / 1000);
}

/** Returns one row per event, even if it was stored several times. `where` refers to columns of the table. */
function eventsWhere(where: string): string {
  return `(SELECT * FROM network_event WHERE ${where} LIMIT 1 BY at_ms, id)`;
}

function ofSelected({ selected }: Pick<FunctionFilter, 'selected'>): string {
  return selected === undefined ? '' : 'AND function_id IN {selected:Array(UInt64)}';
}

const CREATED = "countIf(name = 'CreateNetworkInterface' AND error_code IS NULL) AS created";
const FAILED = 'countIf(error_code IS NOT NULL) AS failed';

export async function fleetNetwork(
  context: QueryContext,
  query: TimeRange & Pick<FunctionFilter, 'selected'>,
): Promise<FleetNetwork> {
  const widthMs = chartWidth(context, query);
  const { selected } = query;
  const bound = { fromMs: Math.floor(query.fromMs), toMs: Math.ceil(query.toMs), selected };
  const within = `FROM ${eventsWhere(`at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} ${ofSelected(query)}`)}`;
  const [events, series, bySubnet] = await Promise.all([
    eventsOf(context, query, { selected }),
    context.client.all<FleetNetwork['series'][number]>(
      `SELECT intDiv(at_ms, ${widthMs}) * ${widthMs} AS fromMs, ${CREATED},
         countIf(name = 'DeleteNetworkInterface' AND error_code IS NULL) AS deleted, ${FAILED} ${within}
       GROUP BY fromMs ORDER BY fromMs`,
      bound,
    ),
    context.client.all<FleetNetwork['bySubnet'][number]>(
      `SELECT subnet_id AS subnetId, ${CREATED}, ${FAILED}, max(at_ms) AS lastMs ${within} WHERE subnet_id IS NOT NULL
       GROUP BY subnet_id ORDER BY failed DESC, created DESC, subnet_id LIMIT ${MOST_SUBNETS}`,
      bound,
    ),
  ]);
  return { events, series, widthMs, bySubnet };
}

/** Returns interface events, failed calls and network errors found in logs, of one function or of all. */
async function eventsOf(
  context: QueryContext,
  range: TimeRange,
  { functionId, selected }: Pick<FunctionFilter, 'functionId' | 'selected'>,
): Promise<InterfaceEvents> {
  const own = functionId === undefined ? ofSelected({ selected }) : 'AND function_id = {functionId:UInt64}';
  const within = `at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} ${own}`;
  const events = eventsWhere(within);
  const bound = { fromMs: Math.floor(range.fromMs), toMs: Math.ceil(range.toMs), functionId, selected };
  const [byName, failures, inLogs] = await Promise.all([
    context.client.all<InterfaceEvents['byName'][number]>(
      `SELECT name, count() AS n, ${FAILED} FROM ${events} GROUP BY name ORDER BY n DESC, name`,
      bound,
    ),
    context.client.all<InterfaceEvents['failures'][number]>(
      `SELECT error_code AS errorCode, count() AS n FROM ${events} WHERE error_code IS NOT NULL
       GROUP BY error_code ORDER BY n DESC, error_code LIMIT 50`,
      bound,
    ),
    context.client.all<InterfaceEvents['inLogs'][number]>(
      `SELECT error AS errorType, count() AS n FROM (
         SELECT max(f.error_type) AS error FROM fault_fact AS f WHERE ${within} AND kind = 'network'
           AND ${isOwnLine('fault_fact', `${within} AND kind = 'network'`, "ifNull(error_type, '')")}
         GROUP BY function_id, stream_id, at_ms, request_id
       ) WHERE error IS NOT NULL GROUP BY error ORDER BY n DESC, error LIMIT 50`,
      bound,
    ),
  ]);
  return { byName, failures, inLogs };
}

/** The newest requests of an API, joined with the function's invocations by request id. */
async function edgeOf(
  context: QueryContext,
  query: Query,
): Promise<{ readonly requests: readonly EdgeRequest[]; readonly truncated: boolean }> {
  const bound = {
    functionId: query.functionId,
    fromMs: Math.floor(query.fromMs),
    toMs: Math.ceil(query.toMs),
    limit: query.mostRequests,
  };
  const seen = await context.client.all<{ lambdaId: string; route: string | null; latencyUs: number }>(
    `SELECT lambda_request_id AS lambdaId, route, integration_latency_us AS latencyUs FROM gateway_request FINAL
     WHERE at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64} AND lambda_request_id IS NOT NULL
       AND integration_latency_us IS NOT NULL ORDER BY log_group_id, at_ms, request_id LIMIT {limit:UInt32} + 1`,
    bound,
  );
  if (seen.length === 0) return { requests: [], truncated: false };
  const runs = await context.client.all<{ id: string; durationUs: number; waitedUs: number | null }>(
    `SELECT request_id AS id, duration_us AS durationUs,
       if(ifNull(user_felt = 1, 0), ifNull(init_us, 0) + ifNull(restore_us, 0), NULL) AS waitedUs
     FROM ${ROWS} WHERE judged_status = ${STATUS.success} ORDER BY end_ms DESC, request_id, environment_id LIMIT {limit:UInt32}`,
    bound,
  );
  const byId = new Map(runs.map((row) => [row.id, row]));
  const requests = seen.flatMap(({ lambdaId, route, latencyUs }) => {
    const run = byId.get(lambdaId);
    if (run === undefined) return [];
    const waitedMs = run.waitedUs === null ? null : run.waitedUs / 1000;
    return [{ route, integrationLatencyMs: latencyUs / 1000, durationMs: run.durationUs / 1000, waitedMs }];
  });
  return { requests, truncated: seen.length > query.mostRequests || runs.length === query.mostRequests };
}
