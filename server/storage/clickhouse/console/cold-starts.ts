/** Cold starts with their causes as rows: what server/analytics/cold-starts/cause.ts decides, in ClickHouse's SQL. */
import type { CauseEvidence } from '../../../analytics/cold-starts/cause.ts';

const EVIDENCE: Readonly<Record<Exclude<keyof CauseEvidence, 'kind' | 'changeKnown'>, string>> = {
  change: 'Nullable(String)',
  firstOfChange: 'Bool',
  replacedIdleMs: 'Nullable(Float64)',
  initTimedOut: 'Bool',
  previousFailed: 'Bool',
  proactiveGapMs: 'Nullable(Float64)',
  busy: 'Float64',
  idle: 'Float64',
  gone: 'Float64',
  goneIdleMs: 'Nullable(Float64)',
  goneFailed: 'Bool',
  newTenant: 'Bool',
  firstOnRecord: 'Bool',
};
const ROW = `Array(Tuple(endMs Int64, requestId String, environmentId UInt64, seriesId UInt64, atMs Float64, kind String, userFelt Bool,
  initMs Nullable(Float64), billedInitMs Nullable(Float64), durationMs Float64, failed Bool, platformMs Nullable(Float64),
  evidence Tuple(${Object.entries(EVIDENCE)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})))`;

const CAUSE = `multiIf(
    c.kind = 'provisioned', 'provisioned', c.kind = 'snap-start', 'snap-start',
    c.kind = 'suppressed', if(e.initTimedOut, 'init-timeout', 'crash'), c.kind != 'on-demand', 'unknown',
    e.proactiveGapMs IS NOT NULL AND NOT e.previousFailed, 'proactive',
    e.change IS NOT NULL AND (e.firstOfChange OR ifNull(e.replacedIdleMs <= keptMs, 0)), assumeNotNull(e.change),
    e.previousFailed, 'crash',
    e.newTenant AND NOT e.firstOnRecord, 'new-tenant',
    e.firstOnRecord OR e.idle > 0, 'unknown',
    e.busy > 0 AND NOT (e.gone > 0), 'scale-out',
    e.goneIdleMs IS NULL, 'idle-expiry',
    e.goneFailed AND e.goneIdleMs <= keptMs, 'crash',
    w.window_ms IS NOT NULL AND w.estimated = 1, if(e.goneIdleMs <= w.surely_ms, 'recycle', 'idle-expiry'),
    e.goneIdleMs <= keptMs OR w.window_ms IS NULL, 'unknown', 'idle-expiry')`;

const sized = (part: string): string => `concat(toString(length(${part})), ':', ${part})`;

/** Id of a series as {@link seriesIdOf} computes it. */
const SERIES_ID = `bitAnd(reinterpretAsUInt64(reverse(substring(SHA256(concat(${[
  'toString(function_id)',
  'toString(version)',
  'toString(memory_mb)',
]
  .map(sized)
  .join(', ')})), 1, 8))), ${2 ** 53 - 1})`;

/** Subquery with a row for each cold start. */
export const COLD_START_ROWS = `(SELECT h.function_id AS function_id, c.endMs AS end_ms, c.requestId AS request_id, c.environmentId AS environment_id,
    toInt64(round(c.atMs)) AS at_ms, c.kind AS kind, c.userFelt AS user_felt, c.initMs AS init_ms, c.billedInitMs AS billed_init_ms,
    c.durationMs AS duration_ms, toInt64(round(c.platformMs)) AS platform_ms, c.failed AS failed, nullIf(s.version, '') AS version,
    nullIf(s.memory_mb, -1) AS memory_mb, ifNull(w.window_ms, 0) AS keptMs, c.evidence AS e, ${CAUSE} AS cause
  FROM (SELECT function_id, arrayJoin(JSONExtract(cold_starts, '${ROW}')) AS c FROM derived_slot FINAL WHERE cold_starts != '[]') AS h
    LEFT JOIN (SELECT function_id, series_id, any(version) AS version, toNullable(any(memory_mb)) AS memory_mb FROM (
        SELECT DISTINCT function_id, toString(version) AS version, memory_mb, ${SERIES_ID} AS series_id FROM rollup_1d)
      GROUP BY function_id, series_id) AS s ON s.function_id = h.function_id AND s.series_id = c.seriesId
    LEFT JOIN (SELECT * FROM idle_window FINAL) AS w ON w.function_id = h.function_id)`;
