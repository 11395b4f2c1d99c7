/**
 * The documented views over telemetry.db, as temporary views of the connection of a query. They refer to tables as `main.…`: any other
 * name of a table is shadowed there (sandbox.ts). Columns are in the order of server/storage/sql/catalogue.ts.
 */
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';

/** The name of a stored number. */
const nameOf = (column: string, names: readonly string[]): string =>
  `CASE ${column} ${names.map((name, at) => `WHEN ${at} THEN '${name}'`).join(' ')} END`;

const isoOf = (ms: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch')`;

const FUNCTION = 'f.id AS function_id, f.name AS function, f.account, f.region';

/** Architecture of a series: at a time, where those of its function's versions or times differ. */
const architectureAt = (ms: string): string =>
  `CASE WHEN f.moved = 1 THEN thermocline_architecture(f.id, s.version, coalesce(s.architecture, f.architecture), ${ms})
    ELSE coalesce(s.architecture, f.architecture) END`;

const costOf = (n: string, billedMs: string, fromMs: string, widthMs: number): string =>
  `thermocline_cost(f.region, s.memory_mb, ${architectureAt(fromMs)}, ${n}, ${billedMs}, ${fromMs}, ${widthMs})`;

const FAILED = 'r.timeouts + r.errors + r.ooms + r.exits';

function rollup(table: string, widthMs: number): string {
  return `SELECT ${FUNCTION}, r.bucket AS bucket_ms, ${isoOf('r.bucket')} AS bucket_at,
      s.version, s.memory_mb, ${architectureAt('r.bucket')} AS architecture,
      r.n AS invocations, ${FAILED} AS errors,
      EXISTS (SELECT 1 FROM main.error_day e WHERE e.function_id = r.function_id AND e.day = r.bucket / ${DAY_MS}) AS errors_known,
      r.timeouts, r.errors AS handler_errors, r.ooms AS out_of_memory, r.exits,
      r.cold_on_demand + r.cold_provisioned + r.cold_snap_start + r.cold_suppressed + r.cold_managed_instance AS cold_starts,
      r.cold_on_demand AS cold_starts_on_demand, r.cold_provisioned AS cold_starts_provisioned,
      r.cold_snap_start AS cold_starts_snap_start, r.cold_suppressed AS cold_starts_suppressed,
      r.cold_managed_instance AS cold_starts_managed_instance,
      r.user_felt AS user_felt_cold_starts, r.felt_init_us / 1000.0 AS user_felt_init_ms,
      r.billed_ms, r.failed_billed_ms, r.max_memory_mb AS max_memory_used_mb,
      thermocline_quantile(r.duration, 0.5) AS duration_p50_ms, thermocline_quantile(r.duration, 0.95) AS duration_p95_ms,
      thermocline_quantile(r.duration, 0.99) AS duration_p99_ms,
      ${costOf('r.n', 'r.billed_ms', 'r.bucket', widthMs)} AS cost_usd, r.duration AS duration_sketch
    FROM main.${table} r JOIN main.function f ON f.id = r.function_id JOIN main.series s ON s.id = r.series_id`;
}

/** The statement of each view, by its name. */
export const VIEW_STATEMENTS: Readonly<Record<string, string>> = {
  functions: `SELECT ${FUNCTION}, f.labelled AS name_inferred, f.first_seen_ms, ${isoOf('f.first_seen_ms')} AS first_seen_at,
      f.last_seen_ms, ${isoOf('f.last_seen_ms')} AS last_seen_at, f.memory_mb, f.version, f.architecture, f.runtime,
      f.runtime_version, f.package_type, f.vpc
    FROM main.function f`,
  invocations: `SELECT ${FUNCTION}, i.end_ms AS ended_ms, ${isoOf('i.end_ms')} AS ended_at, i.end_ms - i.run_ms AS started_ms,
      thermocline_request_id(i.request_id) AS request_id, s.version, s.memory_mb, ${architectureAt('i.end_ms')} AS architecture,
      CASE WHEN i.environment_id > 0 THEN v.log_stream END AS log_stream,
      coalesce(${nameOf('i.status', STATUSES)}, 'error') AS status,
      (SELECT text FROM main.label WHERE id = i.error_type_id) AS error_type,
      i.duration_us / 1000.0 AS duration_ms, i.billed_ms, i.max_memory_mb AS max_memory_used_mb,
      ${nameOf('i.cold', COLD_START_KINDS)} AS cold_start,
      CASE WHEN i.cold IS NOT NULL AND i.environment_id > 0 THEN i.user_felt = 1 END AS user_felt,
      i.init_us / 1000.0 AS init_ms, i.restore_us / 1000.0 AS restore_ms, thermocline_trace_id(i.trace_id) AS trace_id,
      (SELECT text FROM main.label WHERE id = i.tenant_id) AS tenant_id,
      ${costOf('1', 'i.billed_ms', 'i.end_ms', 1)} AS cost_usd
    FROM main.invocation i JOIN main.function f ON f.id = i.function_id LEFT JOIN main.series s ON s.id = i.series_id
      LEFT JOIN main.environment v ON v.id = i.environment_id`,
  cold_starts: `SELECT ${FUNCTION}, c.end_ms AS ended_ms, ${isoOf('c.end_ms')} AS ended_at, c.at_ms AS requested_ms,
      thermocline_request_id(c.request_id) AS request_id, s.version, s.memory_mb, ${architectureAt('c.end_ms')} AS architecture,
      ${nameOf('c.kind', COLD_START_KINDS)} AS kind, CASE WHEN c.environment_id > 0 THEN c.user_felt = 1 END AS user_felt,
      ${nameOf('c.cause', CAUSES)} AS cause, c.init_us / 1000.0 AS init_ms, c.billed_init_us / 1000.0 AS billed_init_ms,
      c.duration_us / 1000.0 AS duration_ms, c.platform_ms, c.failed
    FROM main.cold_start c JOIN main.function f ON f.id = c.function_id LEFT JOIN main.series s ON s.id = c.series_id`,
  five_minutes: rollup('rollup_5m', 5 * MINUTE_MS),
  hourly: rollup('rollup_1h', HOUR_MS),
  daily: rollup('rollup_1d', DAY_MS),
  costs: `SELECT ${FUNCTION}, date(r.bucket / 1000, 'unixepoch') AS day, s.version, s.memory_mb,
      ${architectureAt('r.bucket')} AS architecture, r.n AS invocations,
      s.memory_mb / 1024.0 * r.billed_ms / 1000.0 AS gb_seconds, ${costOf('r.n', 'r.billed_ms', 'r.bucket', DAY_MS)} AS cost_usd,
      ${costOf(FAILED, 'r.failed_billed_ms', 'r.bucket', DAY_MS)} AS wasted_usd
    FROM main.rollup_1d r JOIN main.function f ON f.id = r.function_id JOIN main.series s ON s.id = r.series_id`,
  errors: `SELECT ${FUNCTION}, h.slot_ms AS bucket_ms, ${isoOf('h.slot_ms')} AS bucket_at, h.fingerprint,
      nullif(h.version, '') AS version, g.kind, g.error_type, nullif(g.message, '') AS message, nullif(g.frame, '') AS frame,
      h.attempts, h.invocations AS requests, h.init_failures, h.first_ms, h.last_ms
    FROM main.error_hour h JOIN main.function f ON f.id = h.function_id
      LEFT JOIN main.error_group g ON g.function_id = h.function_id AND g.fingerprint = h.fingerprint`,
  metrics: `SELECT m.bucket AS bucket_ms, ${isoOf('m.bucket')} AS bucket_at, s.source, s.namespace, s.name, s.unit, s.dimensions,
      f.name AS function, s.account, s.region, m.count, m.sum, m.min, m.max
    FROM main.metric_1h m JOIN main.metric_series s ON s.id = m.series_id LEFT JOIN main.function f ON f.id = m.function_id`,
  traces: `SELECT thermocline_trace_id(t.trace_id) AS trace_id, t.id AS segment_id, t.parent_id, t.name, t.origin,
      f.name AS function, t.start_ns / 1000000 AS started_ms, (t.end_ns - t.start_ns) / 1000000.0 AS duration_ms,
      thermocline_request_id(t.request_id) AS request_id, t.http_status, t.outcome
    FROM main.trace_segment t LEFT JOIN main.function f ON f.id = t.function_id`,
  deploys: `SELECT ${FUNCTION}, d.at_ms, ${isoOf('d.at_ms')} AS at, d.source, d.event, d.code_sha256
    FROM main.deploy d JOIN main.function f ON f.id = d.function_id`,
};
