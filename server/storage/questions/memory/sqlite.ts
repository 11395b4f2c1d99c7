/** Evidence for each memory size of a function: counts from rollups, durations from a sample of invocations. */

import type { NotNull } from 'kysely';
import { sql } from 'kysely';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import { STATUS } from '../../enums.ts';
import type { MemoryEvidence, TimeRange } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { seriesIn } from '../../sqlite/series.ts';
import type { TracedRow } from '../remote-time/sqlite.ts';
import { remoteTime } from '../remote-time/sqlite.ts';
import type { Routes, SizeCounts } from './result.ts';
import {
  countSizes,
  evidenceOf,
  GATEWAY_ROWS,
  gatewayRange,
  NO_ROUTES,
  PROBED,
  pointsOf,
  probesOf,
  RESPONSE_SLACK_MS,
  routesOf,
  Sample,
  samplePlan,
} from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number };

const NO_RESPONSES: ReadonlyMap<string, number> = new Map();

type IsFirst = (environmentId: number, endMs: number) => boolean;

const HOURS = telemetryStatement((db, param: Param<TimeRange & { readonly functionId: number }>) =>
  db
    .selectFrom('rollup_1h')
    .select(['bucket', 'series_id', 'n', 'timeouts', 'errors', 'ooms', 'exits', 'failed_billed_ms', 'max_memory_mb'])
    .where('function_id', '=', param('functionId'))
    .where('bucket', '>=', param('fromMs'))
    .where('bucket', '<', param('toMs')),
);

export async function memory(db: Databases, query: Query): Promise<MemoryEvidence> {
  const range = align(query, HOUR_MS);
  const series = await seriesIn(db, [query.functionId], {});
  const rows = HOURS.all(db.telemetry, { functionId: query.functionId, fromMs: range.fromMs, toMs: range.toMs });
  const sizes = countSizes(
    rows.flatMap(({ bucket, n, timeouts, errors, ooms, exits, failed_billed_ms: failedBilledMs, ...row }) => {
      const of = series.get(row.series_id);
      if (of === undefined || of.memoryMb === null) return [];
      const sizeFailures = timeouts + ooms;
      const failures = sizeFailures + errors + exits;
      const counts = { bucket, n, failures, sizeFailures, failedBilledMs, maxMemoryMb: row.max_memory_mb };
      return [{ ...counts, memoryMb: of.memoryMb, version: of.version }];
    }),
  );
  const isFirst = firstRuns(db);
  const found = [...sizes].map(([memoryMb, counts]) => {
    const ids = [...series].filter(([, one]) => one.memoryMb === memoryMb).map(([id]) => id);
    const versionOf = (id: number): string | null => series.get(id)?.version ?? null;
    const { sample, sampled, traced } = sampleOf(db, query.functionId, counts, ids, versionOf, isFirst);
    const { maxUsedMb } = counts;
    const evidence = evidenceOf(memoryMb, counts, sample, remoteTime(db, query.functionId, traced));
    const followed = sampled ? probed(db, query.functionId, memoryMb, range) : sample.followed;
    return { evidence, maxUsedMb, followed, sampled };
  });
  return { range, sizes: found, outOfMemoryAtMb: outOfMemory(db, query, series) };
}

interface HourQuery {
  functionId: number;
  fromMs: number;
  toMs: number;
  /** JSON array of series ids. */
  seriesIds: string;
  /** 1 where responses or routes are found by request id; without them, reading the ids would cost most of the time. */
  withIds: 0 | 1;
  limit: number;
}

const WARM_COLUMNS = [
  'environment_id',
  'end_ms',
  'duration_us',
  'billed_ms',
  'max_memory_mb',
  'trace_id',
  'series_id',
  'status',
  'tenant_id',
  'wanted_id',
] as const;

/** Warm invocations of some series that succeeded or timed out, by end. */
const WARM_RUNS = telemetryStatement((db, param: Param<HourQuery>) =>
  db
    .selectFrom('invocation')
    .select([
      'environment_id',
      'end_ms',
      'duration_us',
      'billed_ms',
      'max_memory_mb',
      'trace_id',
      'series_id',
      'status',
      'tenant_id',
      sql<Uint8Array | string | null>`CASE WHEN trace_id IS NOT NULL OR ${param('withIds')} = 1 THEN request_id END`.as(
        'wanted_id',
      ),
    ])
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('series_id', 'in', jsonList(param('seriesIds')))
    .where('status', 'in', [STATUS.success, STATUS.timeout])
    .where('cold', 'is', null)
    .orderBy('end_ms')
    .limit(param('limit')),
).asTuples(...WARM_COLUMNS);

const HAS_RESPONSES = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db.selectFrom('response').select('bytes').where('function_id', '=', param('functionId')).limit(1),
);

const RESPONSES = telemetryStatement((db, param: Param<{ functionId: number; fromMs: number; toMs: number }>) =>
  db
    .selectFrom('response')
    .select(['request_id', 'bytes'])
    .where('function_id', '=', param('functionId'))
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'))
    .where('bytes', 'is not', null)
    .$narrowType<{ bytes: NotNull }>(),
);

/** Returns the sizes of responses in an hour by request id. */
function responsesIn(db: Databases, functionId: number, hourMs: number): ReadonlyMap<string, number> {
  const range = { fromMs: hourMs - RESPONSE_SLACK_MS, toMs: hourMs + HOUR_MS + RESPONSE_SLACK_MS };
  const rows = RESPONSES.all(db.telemetry, { functionId, ...range });
  return new Map(rows.map((row) => [requestIdText(row.request_id), row.bytes]));
}

/** Log groups with access logs. */
const GATEWAY_GROUPS = telemetryStatement((db) =>
  db
    .selectFrom('log_group')
    .select('id')
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('gateway_request').select('log_group_id').whereRef('log_group_id', '=', 'log_group.id')),
    ),
).asValues();

interface RouteQuery extends TimeRange {
  logGroupId: number;
  limit: number;
}

const ROUTES = telemetryStatement((db, param: Param<RouteQuery>) =>
  db
    .selectFrom('gateway_request')
    .select(['lambda_request_id', 'route'])
    .where('log_group_id', '=', param('logGroupId'))
    .where('at_ms', '>=', param('fromMs'))
    .where('at_ms', '<', param('toMs'))
    .where('lambda_request_id', 'is not', null)
    .where('route', 'is not', null)
    .$narrowType<{ lambda_request_id: NotNull; route: NotNull }>()
    .orderBy('at_ms')
    .orderBy('request_id')
    .limit(param('limit')),
);

/** Returns the routes of requests around some runs. */
function routesIn(
  { telemetry }: Databases,
  logGroupIds: readonly number[],
  runs: readonly (readonly [environmentId: number, endMs: number, durationUs: number, ...unknown[]])[],
): Routes {
  const range = gatewayRange(runs.map(([, endMs, durationUs]) => ({ endMs, durationUs })));
  return routesOf(
    logGroupIds.flatMap((logGroupId) =>
      ROUTES.all(telemetry, { logGroupId, ...range, limit: GATEWAY_ROWS + 1 }).map(({ lambda_request_id, route }) => ({
        part: String(logGroupId),
        requestId: requestIdText(lambda_request_id),
        route,
      })),
    ),
  );
}

/** Samples such invocations that are not the first of their environment, from whole hours. */
function sampleOf(
  db: Databases,
  functionId: number,
  counts: SizeCounts,
  seriesIds: readonly number[],
  versionOf: (seriesId: number) => string | null,
  isFirst: IsFirst,
): { readonly sample: Sample; readonly sampled: boolean; readonly traced: readonly TracedRow[] } {
  const { sampled, hours, limit } = samplePlan(counts);
  const sample = new Sample();
  const traced: TracedRow[] = [];
  const gateways = GATEWAY_GROUPS.all(db.telemetry);
  const withIds = gateways.length > 0 || HAS_RESPONSES.get(db.telemetry, { functionId }) !== undefined ? 1 : 0;
  const wanted = { functionId, seriesIds: JSON.stringify(seriesIds), withIds, limit } as const;
  for (const bucket of hours) {
    const rows = WARM_RUNS.all(db.telemetry, { ...wanted, fromMs: bucket, toMs: bucket + HOUR_MS });
    const responses = rows.length === 0 || withIds === 0 ? NO_RESPONSES : responsesIn(db, functionId, bucket);
    const routes = rows.length === 0 || gateways.length === 0 ? NO_ROUTES : routesIn(db, gateways, rows);
    sample.routesAreLimited ||= routes.isLimited;
    for (const row of rows) {
      const [environmentId, endMs, durationUs, billedMs, maxMemoryMb, traceId, seriesId, status, tenantId, id] = row;
      if (billedMs === null || isFirst(environmentId, endMs)) continue;
      sample.add({
        environmentId,
        version: versionOf(seriesId),
        endMs,
        durationUs,
        billedMs,
        timedOut: status === STATUS.timeout,
        tenant: tenantId === null ? null : (TENANT.get(db.telemetry, { id: tenantId }) ?? null),
        maxMemoryMb,
        responseBytes: id === null || responses.size === 0 ? null : (responses.get(requestIdText(id)) ?? null),
        route: id === null || routes.byRequest.size === 0 ? null : (routes.byRequest.get(requestIdText(id)) ?? null),
      });
      if (traceId !== null && id !== null && status === STATUS.success) traced.push({ traceId, requestId: id, endMs });
    }
  }
  return { sample, sampled, traced };
}

interface LongestQuery {
  functionId: number;
  memoryMb: number;
  fromMs: number;
}

/** Environments that ran the most invocations. */
const LONGEST = telemetryStatement((db, param: Param<LongestQuery>) =>
  db
    .selectFrom('environment')
    .select(['id', 'first_end_ms as firstMs', 'last_end_ms as lastMs', 'invocations'])
    .where('function_id', '=', param('functionId'))
    .where('id', '>', 0)
    .where('last_seen_ms', '>=', param('fromMs'))
    .where('first_end_ms', '>=', param('fromMs'))
    .where('memory_mb', '=', param('memoryMb'))
    .whereRef('last_end_ms', '>', 'first_end_ms')
    .$narrowType<{ firstMs: NotNull; lastMs: NotNull }>()
    .orderBy('invocations', 'desc')
    .limit(PROBED),
);

interface ProbeQuery {
  functionId: number;
  environmentId: number;
  /** JSON array. */
  timesMs: string;
  lastMs: number;
}

/** The first invocation of an environment that ends at or after each time: its end and its memory use, in one text. */
const PROBES = telemetryStatement((db, param: Param<ProbeQuery>) => {
  const first = db
    .selectFrom('invocation')
    .select(sql<string>`end_ms || ',' || max_memory_mb`.as('found'))
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', sql<number>`wanted.value`)
    .where('end_ms', '<=', param('lastMs'))
    .where('environment_id', '=', param('environmentId'))
    .where('max_memory_mb', 'is not', null)
    .orderBy('end_ms')
    .limit(1);
  const inOrder = sql`SELECT ${first} AS found FROM json_each(${param('timesMs')}) AS wanted ORDER BY wanted.key`;
  return db.selectNoFrom(sql<string | null>`(SELECT group_concat(found, ';') FROM (${inOrder}))`.as('found'));
}).asValues();

/** Memory use over the lifetimes of the busiest environments, at a few times each; for sizes of which only some hours are read. */
function probed(
  { telemetry }: Databases,
  functionId: number,
  memoryMb: number,
  range: TimeRange,
): readonly (readonly Point[])[] {
  return LONGEST.all(telemetry, { functionId, memoryMb, fromMs: range.fromMs }).map((environment) => {
    const timesMs = JSON.stringify(probesOf(environment));
    const found = PROBES.get(telemetry, {
      functionId,
      environmentId: environment.id,
      timesMs,
      lastMs: environment.lastMs,
    });
    return pointsOf(environment, found === undefined || found === null ? [] : found.split(';').map(probeOf));
  });
}

function probeOf(text: string): { readonly endMs: number; readonly usedMb: number } {
  const [endMs = Number.NaN, usedMb = Number.NaN] = text.split(',').map(Number);
  return { endMs, usedMb };
}

const TENANT = telemetryStatement((db, param: Param<{ id: number }>) =>
  db.selectFrom('label').select('text').where('id', '=', param('id')),
).asValues();

const FIRST_END = telemetryStatement((db, param: Param<{ id: number }>) =>
  db.selectFrom('environment').select('first_end_ms').where('id', '=', param('id')),
).asValues();

/** Tests whether an invocation is the first of its environment, which is still slow after its init. */
function firstRuns({ telemetry }: Databases): IsFirst {
  const known = new Map<number, number | null>();
  return (environmentId, endMs) => {
    let first = known.get(environmentId);
    if (first === undefined) {
      first = FIRST_END.get(telemetry, { id: environmentId }) ?? null;
      known.set(environmentId, first);
    }
    return first === endMs;
  };
}

const OUT_OF_MEMORY = telemetryStatement((db, param: Param<{ functionId: number; fromMs: number }>) =>
  db
    .selectFrom('rollup_1d')
    .select('series_id')
    .distinct()
    .where('function_id', '=', param('functionId'))
    .where('bucket', '>=', param('fromMs'))
    .where('ooms', '>', 0),
).asValues();

/** Memory sizes, MiB, ascending, at which the function ran out of memory. */
function outOfMemory(
  { telemetry }: Databases,
  { functionId, outOfMemorySinceMs }: Query,
  series: ReadonlyMap<number, { readonly memoryMb: number | null }>,
): readonly number[] {
  const fromMs = Math.floor(outOfMemorySinceMs / DAY_MS) * DAY_MS;
  const ids = OUT_OF_MEMORY.all(telemetry, { functionId, fromMs });
  const sizes = ids.map((id) => series.get(id)?.memoryMb ?? null).filter((size) => size !== null);
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}
