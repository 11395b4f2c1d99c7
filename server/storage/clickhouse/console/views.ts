/**
 * The documented views over the tables of ClickHouse, as the common table expressions of a query of the console. Columns are in the order
 * of server/storage/sql/catalogue.ts, and mean the same as on SQLite.
 */
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import { UNSEEN_MS } from '../hash-ids.ts';
import { invocationRows } from '../insert/invocation-rows.ts';
import { orHours, pointCells, valueCells } from '../metric-cells.ts';
import { segments } from '../trace-segments.ts';
import { COLD_START_ROWS } from './cold-starts.ts';
import { architectureAt, costOf, dayOf, FUNCTIONS, isoOf, nameOf, quantileOf } from './expressions.ts';

const FUNCTION = 'f.function_id AS function_id, f.name AS function, f.account AS account, f.region AS region';

const FAILED = 'r.timeouts + r.errors + r.ooms + r.exits';
const SERIES = { version: "nullIf(r.version, '')", memoryMb: 'nullIf(r.memory_mb, -1)' };

/** Rollups with the architecture of their version at their time. */
const cells = (table: string): string =>
  `(SELECT r.*, f.name AS function_name, f.account AS function_account, f.region AS function_region,
      ${SERIES.version} AS own_version, ${SERIES.memoryMb} AS own_memory_mb, ${architectureAt('r.version', 'r.bucket')} AS own_architecture
    FROM ${table} AS r FINAL INNER JOIN ${FUNCTIONS} AS f ON f.function_id = r.function_id WHERE r.n > 0)`;

const CELL = `r.function_id AS function_id, r.function_name AS function, r.function_account AS account, r.function_region AS region`;
const PRICED = { region: 'r.function_region', memoryMb: 'r.own_memory_mb', architecture: 'r.own_architecture' };

function rollup(table: string, widthMs: number, terms: PriceTerms): string {
  return `SELECT ${CELL}, r.bucket AS bucket_ms, ${isoOf('r.bucket')} AS bucket_at,
      r.own_version AS version, r.own_memory_mb AS memory_mb, r.own_architecture AS architecture,
      r.n AS invocations, ${FAILED} AS errors,
      (r.function_id, intDiv(r.bucket, ${DAY_MS})) IN (SELECT function_id, toInt64(day) FROM error_day) AS errors_known,
      r.timeouts AS timeouts, r.errors AS handler_errors, r.ooms AS out_of_memory, r.exits AS exits,
      r.cold_on_demand + r.cold_provisioned + r.cold_snap_start + r.cold_suppressed + r.cold_managed_instance AS cold_starts,
      r.cold_on_demand AS cold_starts_on_demand, r.cold_provisioned AS cold_starts_provisioned,
      r.cold_snap_start AS cold_starts_snap_start, r.cold_suppressed AS cold_starts_suppressed,
      r.cold_managed_instance AS cold_starts_managed_instance,
      r.user_felt AS user_felt_cold_starts, r.felt_init_us / 1000 AS user_felt_init_ms,
      r.billed_ms AS billed_ms, r.failed_billed_ms AS failed_billed_ms, r.max_memory_mb AS max_memory_used_mb,
      ${quantileOf('r.duration', '0.5')} AS duration_p50_ms, ${quantileOf('r.duration', '0.95')} AS duration_p95_ms,
      ${quantileOf('r.duration', '0.99')} AS duration_p99_ms,
      ${costOf(terms, 'r.n', 'r.billed_ms', 'r.bucket', widthMs, PRICED)} AS cost_usd, r.duration AS duration_sketch
    FROM ${cells(table)} AS r`;
}

/** Bounds of {@link pointCells} that leave nothing out. */
const WHOLE: Readonly<Record<string, number>> = {
  width: HOUR_MS,
  fromMs: -(2 ** 53),
  toMs: 2 ** 53,
};

function metricHours(): string {
  const every = { functions: '1', series: '1' };
  const both = [pointCells(every), valueCells(every, false)].map(
    (sums) =>
      `SELECT functionId, seriesId, bucket, count, sum, CAST(min, 'Nullable(Float64)') AS min, CAST(max, 'Nullable(Float64)') AS max FROM (${sums})`,
  );
  return orHours(both.join(' UNION ALL '), every, false).replaceAll(/\{(\w+):Int64\}/g, (_, name: string) =>
    String(WHOLE[name]),
  );
}

/** The statement of each view, by its name. `withStreams`: whether log streams are asked for, which have to be looked up. */
export function viewStatements(terms: PriceTerms, withStreams: boolean): Readonly<Record<string, string>> {
  const invocationArchitecture = architectureAt('i.series_version', 'i.end_ms');
  const invocationPrice = { region: 'f.region', memoryMb: 'i.memory_mb', architecture: invocationArchitecture };
  return {
    functions: `SELECT ${FUNCTION}, f.named = 0 AS name_inferred, nullIf(f.first_seen_ms, ${UNSEEN_MS}) AS first_seen_ms,
        ${isoOf(`nullIf(f.first_seen_ms, ${UNSEEN_MS})`)} AS first_seen_at, nullIf(f.last_seen_ms, 0) AS last_seen_ms,
        ${isoOf('nullIf(f.last_seen_ms, 0)')} AS last_seen_at, f.memory_mb AS memory_mb, f.version AS version, f.architecture AS architecture,
        f.runtime AS runtime, f.runtime_version AS runtime_version, f.package_type AS package_type, toUInt8(f.vpc) AS vpc
      FROM ${FUNCTIONS} AS f`,
    invocations: `SELECT ${FUNCTION}, i.end_ms AS ended_ms, ${isoOf('i.end_ms')} AS ended_at, i.end_ms - i.run_ms AS started_ms,
        i.request_id AS request_id, i.series_version AS version, i.memory_mb AS memory_mb, ${invocationArchitecture} AS architecture,
        ${withStreams ? 'if(i.environment_id > 0, v.log_stream, NULL)' : "CAST(NULL, 'Nullable(String)')"} AS log_stream,
        ${nameOf('i.judged_status', STATUSES, "'error'")} AS status, i.judged_error_type AS error_type,
        i.duration_us / 1000 AS duration_ms, i.billed_ms AS billed_ms, i.max_memory_mb AS max_memory_used_mb,
        ${nameOf('i.cold', COLD_START_KINDS)} AS cold_start,
        if(i.cold IS NOT NULL AND i.environment_id > 0, i.user_felt = 1, NULL) AS user_felt,
        i.init_us / 1000 AS init_ms, i.restore_us / 1000 AS restore_ms, i.trace_id AS trace_id, i.tenant AS tenant_id,
        ${costOf(terms, '1', 'i.billed_ms', 'i.end_ms', 1, invocationPrice)} AS cost_usd
      FROM ${invocationRows('1')} AS i INNER JOIN ${FUNCTIONS} AS f ON f.function_id = i.function_id
      ${withStreams ? `LEFT JOIN (SELECT function_id, environment_id, nullIf(log_stream, '') AS log_stream FROM environment FINAL) AS v ON v.function_id = i.function_id AND v.environment_id = i.environment_id` : ''}`,
    cold_starts: `SELECT ${FUNCTION}, c.end_ms AS ended_ms, ${isoOf('c.end_ms')} AS ended_at, c.at_ms AS requested_ms,
        c.request_id AS request_id, c.version AS version, c.memory_mb AS memory_mb, ${architectureAt('c.version', 'c.end_ms')} AS architecture,
        c.kind AS kind, if(c.environment_id > 0, toUInt8(c.user_felt), NULL) AS user_felt, c.cause AS cause, c.init_ms AS init_ms,
        c.billed_init_ms AS billed_init_ms, c.duration_ms AS duration_ms, c.platform_ms AS platform_ms, toUInt8(c.failed) AS failed
      FROM ${COLD_START_ROWS} AS c INNER JOIN ${FUNCTIONS} AS f ON f.function_id = c.function_id`,
    five_minutes: rollup('rollup_5m', 5 * MINUTE_MS, terms),
    hourly: rollup('rollup_1h', HOUR_MS, terms),
    daily: rollup('rollup_1d', DAY_MS, terms),
    costs: `SELECT ${CELL}, ${dayOf('r.bucket')} AS day, r.own_version AS version, r.own_memory_mb AS memory_mb,
        r.own_architecture AS architecture, r.n AS invocations, r.own_memory_mb / 1024 * r.billed_ms / 1000 AS gb_seconds,
        ${costOf(terms, 'r.n', 'r.billed_ms', 'r.bucket', DAY_MS, PRICED)} AS cost_usd,
        ${costOf(terms, `(${FAILED})`, 'r.failed_billed_ms', 'r.bucket', DAY_MS, PRICED)} AS wasted_usd
      FROM ${cells('rollup_1d')} AS r`,
    errors: `SELECT ${FUNCTION}, h.slot_ms AS bucket_ms, ${isoOf('h.slot_ms')} AS bucket_at, h.fingerprint AS fingerprint,
        nullIf(h.version, '') AS version, g.kind AS kind, g.error_type AS error_type, nullIf(g.message, '') AS message,
        nullIf(g.frame, '') AS frame, h.n_attempts AS attempts, h.n_invocations AS requests, h.n_inits AS init_failures,
        h.from_first AS first_ms, h.to_last AS last_ms
      FROM (SELECT function_id, slot_ms, fingerprint, version, n_attempts, n_invocations, n_inits, from_first, to_last FROM error_hour FINAL
          ARRAY JOIN fingerprints AS fingerprint, versions AS version, attempts AS n_attempts, invocations AS n_invocations,
            init_failures AS n_inits, first_ms AS from_first, last_ms AS to_last) AS h
        INNER JOIN ${FUNCTIONS} AS f ON f.function_id = h.function_id
        LEFT JOIN (SELECT function_id, fingerprint, toNullable(toString(kind)) AS kind, error_type, message, frame FROM error_group FINAL) AS g
          ON g.function_id = h.function_id AND g.fingerprint = h.fingerprint`,
    metrics: `SELECT m.bucket AS bucket_ms, ${isoOf('m.bucket')} AS bucket_at, s.source AS source, s.namespace AS namespace, s.name AS name,
        nullIf(s.unit, '') AS unit, s.dimensions AS dimensions, nullIf(f.name, '') AS function, s.account AS account, s.region AS region,
        m.count AS count, m.sum AS sum, m.min AS min, m.max AS max
      FROM (${metricHours()}) AS m
        INNER JOIN (SELECT function_id, series_id, toString(e.source) AS source, toString(e.account) AS account, toString(e.region) AS region,
            e.namespace AS namespace, e.name AS name, max(e.unit) AS unit, e.dimensions AS dimensions FROM metric_series AS e
          GROUP BY function_id, series_id, e.source, e.account, e.region, e.namespace, e.name, e.dimensions) AS s
          ON s.function_id = m.functionId AND s.series_id = m.seriesId
        LEFT JOIN ${FUNCTIONS} AS f ON f.function_id = m.functionId`,
    traces: `SELECT t.trace_id AS trace_id, t.id AS segment_id, t.parent_id AS parent_id, t.name AS name, t.origin AS origin,
        nullIf(f.name, '') AS function, intDiv(t.start_ns, 1000000) AS started_ms, (t.end_ns - t.start_ns) / 1000000 AS duration_ms,
        t.request_id AS request_id, t.http_status AS http_status, t.outcome AS outcome
      FROM ${segments('1')} AS t LEFT JOIN ${FUNCTIONS} AS f ON f.function_id = t.function_id`,
    deploys: `SELECT ${FUNCTION}, d.at_ms AS at_ms, ${isoOf('d.at_ms')} AS at, d.source AS source, d.event AS event,
        d.code_sha256 AS code_sha256
      FROM (SELECT * FROM deploy FINAL ORDER BY function_id, at_ms, source LIMIT 1 BY function_id, at_ms, source) AS d
        INNER JOIN ${FUNCTIONS} AS f ON f.function_id = d.function_id`,
  };
}
