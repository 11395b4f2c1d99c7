/** Networks: interface events from CloudTrail, network errors in logs, and requests in the access logs of APIs. */

import type { Kysely, NotNull, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { EdgeRequest } from '../../../analytics/network/edge.ts';
import { ENVIRONMENT_FLAG, STATUS } from '../../enums.ts';
import type { FleetNetwork, FunctionFilter, FunctionNetwork, InterfaceEvents, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byShape, jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { chartWidth } from '../fleet/sqlite.ts';

type Query = TimeRange & { readonly functionId: number; readonly mostRequests: number };

const MOST_SUBNETS = 200;

interface FunctionRange {
  functionId: number;
  fromMs: number;
  toMs: number;
}

/** Durations, ms, of cold starts that failed with a timeout. */
const TIMED_OUT = telemetryStatement((db, param: Param<FunctionRange & { fromHourMs: number }>) =>
  db
    .selectFrom('cold_start')
    .innerJoin('invocation', (join) =>
      join
        .onRef('invocation.function_id', '=', 'cold_start.function_id')
        .onRef('invocation.end_ms', '=', 'cold_start.end_ms')
        .onRef('invocation.request_id', '=', 'cold_start.request_id')
        .onRef('invocation.environment_id', '=', 'cold_start.environment_id'),
    )
    .select(sql<number>`invocation.duration_us / 1000.0`.as('ms'))
    .where('cold_start.function_id', '=', param('functionId'))
    .where('slot_ms', '>=', param('fromHourMs'))
    .where('cold_start.end_ms', '>=', param('fromMs'))
    .where('cold_start.end_ms', '<', param('toMs'))
    .where('failed', '=', 1)
    .where('status', '=', STATUS.timeout)
    .limit(1000),
).asValues();

/** Network interfaces, refused calls and API requests of one function. */
export async function functionNetwork(db: Databases, query: Query): Promise<FunctionNetwork> {
  const edge = edgeOf(db, query);
  return {
    events: eventsOf(db, query),
    edge: edge.requests,
    edgeTruncated: edge.truncated,
    timedOutMs: TIMED_OUT.all(db.telemetry, { ...query, fromHourMs: query.fromMs - LONGEST_RUN_MS - HOUR_MS }),
  };
}

const FAILED = sql<number>`sum(error_code IS NOT NULL)`;

function succeeded(name: string) {
  return sql<number>`sum(network_event.name = ${sql.lit(name)} AND error_code IS NULL)`;
}

interface EventRange {
  fromMs: number;
  toMs: number;
  functionId?: number | undefined;
  /** JSON array. */
  selected?: string | undefined;
}

type Scope = 'all functions' | 'one function' | 'selected functions';

function scopeOf({ functionId, selected }: EventRange): Scope {
  if (functionId !== undefined) return 'one function';
  return selected === undefined ? 'all functions' : 'selected functions';
}

function networkEvents(db: Kysely<TelemetryTables>, param: Param<EventRange>, scope: Scope) {
  const select = db
    .selectFrom('network_event')
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'));
  if (scope === 'one function') return select.where('function_id', '=', param('functionId'));
  return scope === 'all functions' ? select : select.where('function_id', 'in', jsonList(param('selected')));
}

/** Events over time, in buckets of a width. Numbers are bound as REAL, hence the cast. */
const EVENTS_OVER_TIME = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<EventRange & { widthMs: number }>) =>
    networkEvents(db, param, scope)
      .select([
        sql<number>`CAST(at_ms / ${param('widthMs')} AS INTEGER) * ${param('widthMs')}`.as('fromMs'),
        succeeded('CreateNetworkInterface').as('created'),
        succeeded('DeleteNetworkInterface').as('deleted'),
        FAILED.as('failed'),
      ])
      .groupBy('fromMs')
      .orderBy('fromMs'),
  ),
);

const EVENTS_BY_SUBNET = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<EventRange>) =>
    networkEvents(db, param, scope)
      .select(({ fn }) => [
        'subnet_id as subnetId',
        succeeded('CreateNetworkInterface').as('created'),
        FAILED.as('failed'),
        fn.max('at_ms').as('lastMs'),
      ])
      .where('subnet_id', 'is not', null)
      .$narrowType<{ subnetId: NotNull }>()
      .groupBy('subnet_id')
      .orderBy('failed', 'desc')
      .orderBy('created', 'desc')
      .limit(MOST_SUBNETS),
  ),
);

/** Events of network interfaces of all functions, or of the selected ones, over time and by subnet. */
export async function fleetNetwork(
  db: Databases,
  { fromMs, toMs, selected }: TimeRange & Pick<FunctionFilter, 'selected'>,
): Promise<FleetNetwork> {
  const widthMs = chartWidth(db, { fromMs, toMs });
  const range: EventRange = { fromMs, toMs, ...(selected === undefined ? {} : { selected: JSON.stringify(selected) }) };
  const scope = scopeOf(range);
  return {
    events: eventsOf(db, range),
    series: EVENTS_OVER_TIME(scope).all(db.telemetry, { ...range, widthMs }),
    widthMs,
    bySubnet: EVENTS_BY_SUBNET(scope).all(db.telemetry, range),
  };
}

const EVENTS_BY_NAME = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<EventRange>) =>
    networkEvents(db, param, scope)
      .select(({ fn }) => ['name', fn.countAll<number>().as('n'), FAILED.as('failed')])
      .groupBy('name')
      .orderBy('n', 'desc'),
  ),
);

const FAILED_CALLS = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<EventRange>) =>
    networkEvents(db, param, scope)
      .select(({ fn }) => ['error_code as errorCode', fn.countAll<number>().as('n')])
      .where('error_code', 'is not', null)
      .$narrowType<{ errorCode: NotNull }>()
      .groupBy('error_code')
      .orderBy('n', 'desc')
      .limit(50),
  ),
);

/** Environments with fault lines, as the index of them states it: others are not read. */
const HAS_FAULTS = sql<boolean>`(environment.odd & ${sql.lit(ENVIRONMENT_FLAG.hasFaultLines)} <> 0 OR environment.id < 0)`;

/** Network errors in the logs, by error type. */
const NETWORK_FAULTS = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<EventRange>) => {
    const faults: SelectQueryBuilder<TelemetryTables, 'fault', unknown> =
      scope === 'all functions'
        ? db.selectFrom('fault')
        : db
            .selectFrom('environment')
            .crossJoin('fault')
            .whereRef('fault.environment_id', '=', 'environment.id')
            .where(HAS_FAULTS)
            .where((eb) =>
              scope === 'one function'
                ? eb('environment.function_id', '=', param('functionId'))
                : eb('environment.function_id', 'in', jsonList(param('selected'))),
            )
            .where('last_seen_ms', '>=', param('fromMs'));
    return faults
      .select(({ fn }) => ['error_type as errorType', fn.countAll<number>().as('n')])
      .where('kind', '=', 'network')
      .where('at_ms', '>=', param('fromMs'))
      .where('at_ms', '<', param('toMs'))
      .where('error_type', 'is not', null)
      .$narrowType<{ errorType: NotNull }>()
      .groupBy('error_type')
      .orderBy('n', 'desc')
      .limit(50);
  }),
);

/** Returns interface events, failed calls and network errors found in logs, of one function or of all. */
function eventsOf({ telemetry }: Databases, range: EventRange): InterfaceEvents {
  const scope = scopeOf(range);
  return {
    byName: EVENTS_BY_NAME(scope).all(telemetry, range),
    failures: FAILED_CALLS(scope).all(telemetry, range),
    inLogs: NETWORK_FAULTS(scope).all(telemetry, range),
  };
}

const GATEWAY_REQUESTS = telemetryStatement((db, param: Param<{ fromMs: number; toMs: number; limit: number }>) =>
  db
    .selectFrom('gateway_request')
    .select(['lambda_request_id as lambdaId', 'route', 'integration_latency_us as latencyUs'])
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'))
    .where('lambda_request_id', 'is not', null)
    .where('integration_latency_us', 'is not', null)
    .$narrowType<{ lambdaId: NotNull; latencyUs: NotNull }>()
    .limit(param('limit')),
);

const SUCCESSFUL_RUNS = telemetryStatement((db, param: Param<FunctionRange & { limit: number }>) =>
  db
    .selectFrom('invocation')
    .select([
      'request_id as id',
      'duration_us as durationUs',
      sql<number | null>`CASE WHEN user_felt = 1 THEN ifnull(init_us, 0) + ifnull(restore_us, 0) END`.as('waitedUs'),
    ])
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('status', '=', STATUS.success)
    .orderBy('end_ms', 'desc')
    .limit(param('limit')),
);

/** Requests in the access logs of APIs, joined with the function's newest invocations by request id. */
function edgeOf(
  { telemetry }: Databases,
  { functionId, fromMs, toMs, mostRequests }: Query,
): { readonly requests: readonly EdgeRequest[]; readonly truncated: boolean } {
  const seen = GATEWAY_REQUESTS.all(telemetry, { fromMs, toMs, limit: mostRequests + 1 });
  if (seen.length === 0) return { requests: [], truncated: false };
  const invocations = SUCCESSFUL_RUNS.all(telemetry, { functionId, fromMs, toMs, limit: mostRequests });
  const byId = new Map(invocations.map((row) => [requestIdText(row.id), row]));
  const requests = seen.flatMap(({ lambdaId, route, latencyUs }) => {
    const run = byId.get(requestIdText(lambdaId));
    if (run === undefined) return [];
    const waitedMs = run.waitedUs === null ? null : run.waitedUs / 1000;
    return [{ route, integrationLatencyMs: latencyUs / 1000, durationMs: run.durationUs / 1000, waitedMs }];
  });
  return { requests, truncated: seen.length > mostRequests || invocations.length === mostRequests };
}
