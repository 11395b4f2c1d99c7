/** What failed of one function, and what became of it: counts from rollups, details from the newest failed rows. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { FailedRequest } from '../../../analytics/failures/retries.ts';
import type { FailureEvidence, FunctionFilter, TimeRange } from '../../ports.ts';
import { quantiles } from '../../rollup/aggregation.ts';
import { align } from '../../rollup/range.ts';
import { countsOf } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { attemptsOfRows } from '../../sqlite/request-index.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { seriesIn } from '../../sqlite/series.ts';
import { coldStartCauses } from '../causes/sqlite.ts';
import { chartWidth } from '../fleet/sqlite.ts';
import { invocationsByKey } from '../invocations/sqlite.ts';
import { summed } from '../timeseries/sqlite.ts';
import type { FailedRow } from './result.ts';
import { errorTypesOf, failedRequest, MOST_REQUESTS, newestOfRequests, timeoutsOf } from './result.ts';

type Query = TimeRange &
  FunctionFilter & { readonly functionId: number; readonly nowMs: number; readonly mostFailed: number };

const EXAMPLES = 20;
/** An environment that nobody used may still be used for a while. */
const UNUSED_AFTER_MS = 2 * HOUR_MS;

export async function failures(db: Databases, query: Query): Promise<FailureEvidence> {
  const range = align(query, finestWidth(db, query));
  const chartMs = chartWidth(db, query);
  const series = await seriesIn(db, [query.functionId], query);
  const { total, usage, buckets } = await summed(db, query, range, chartMs, series);
  const { rows, truncated } = failedRows(db, query);
  const [p999 = null] = total.duration.quantiles([0.999]);
  return {
    range: { ...range, widthMs: chartMs },
    counts: countsOf(total),
    usage,
    durationMs: { ...quantiles(total.duration), p999 },
    buckets,
    errorTypes: errorTypesOf(rows),
    timedOutMs: timeoutsOf(rows),
    requests: requestsOf(db, rows),
    truncated: truncated || new Set(rows.map((row) => requestIdText(row.requestId))).size > MOST_REQUESTS,
    initFailures: initFailures(db, query),
    unusedInits: unusedInits(db, query),
    suspectedOutOfMemory: suspectedOutOfMemory(db, query),
    causes: coldStartCauses(db, { ...query, ...range }, series),
    examples: await invocationsByKey(db, { keys: rows.slice(0, EXAMPLES) }),
  };
}

/** The newest failed rows, from the hours in which any failed. */
function failedRows(db: Databases, query: Query): { readonly rows: readonly FailedRow[]; readonly truncated: boolean } {
  const hours = db.raw
    .prepare<[number, number, number], { bucket: number }>(
      `SELECT DISTINCT bucket FROM rollup_1h WHERE function_id = ? AND bucket >= ? AND bucket < ?
       AND timeouts + errors + ooms + exits > 0 ORDER BY bucket DESC`,
    )
    .all(query.functionId, Math.floor(query.fromMs / HOUR_MS) * HOUR_MS, query.toMs);
  const within = db.raw.prepare<[number, number, number, number], FailedRow>(
    `SELECT function_id AS functionId, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId, status,
     duration_us AS durationUs, label.text AS errorType FROM invocation LEFT JOIN label ON label.id = error_type_id
     WHERE function_id = ? AND end_ms >= ? AND end_ms < ? AND status <> 0 ORDER BY end_ms DESC LIMIT ?`,
  );
  const rows: FailedRow[] = [];
  for (const { bucket } of hours) {
    if (rows.length > query.mostFailed) break;
    const from = Math.max(bucket, query.fromMs);
    const to = Math.min(bucket + HOUR_MS, query.toMs);
    rows.push(...within.all(query.functionId, from, to, query.mostFailed + 1 - rows.length));
  }
  return { rows: rows.slice(0, query.mostFailed), truncated: rows.length > query.mostFailed };
}

/** What each failed request did in all, by its id. */
function requestsOf(db: Databases, rows: readonly FailedRow[]): readonly FailedRequest[] {
  const failed = newestOfRequests(rows);
  const attempts = attemptsOfRows(db, failed);
  return failed.map((row, at) => failedRequest(row, attempts[at] ?? []));
}

function initFailures(db: Databases, query: Query): FailureEvidence['initFailures'] {
  return db.raw
    .prepare<[number, number, number, number], FailureEvidence['initFailures'][number]>(
      `SELECT ifnull(init_event.status, 'error') AS status, error_type AS errorType, count(*) AS n
       FROM environment CROSS JOIN init_event ON init_event.environment_id = environment.id
       WHERE function_id = ? AND last_seen_ms >= ? AND at_ms >= ? AND at_ms < ? AND kind = 'init-report'
         AND ifnull(init_event.status, 'success') <> 'success'
       GROUP BY 1, 2 ORDER BY n DESC LIMIT 50`,
    )
    .all(query.functionId, query.fromMs, query.fromMs, query.toMs);
}

/** Environments that were initialised and never ran anything. */
function unusedInits(db: Databases, query: Query): FailureEvidence['unusedInits'] {
  const row = db.raw
    .prepare<[number, number, number, number, number], { n: number; ms: number | null }>(
      `SELECT count(*) AS n, sum((SELECT max(duration_us) FROM init_event WHERE environment_id = environment.id)) / 1000.0 AS ms
       FROM environment WHERE function_id = ? AND last_seen_ms >= ? AND init_start_ms >= ? AND init_start_ms < ?
         AND last_seen_ms < ? AND invocations = 0 AND pending_starts = 0`,
    )
    .get(query.functionId, query.fromMs, query.fromMs, query.toMs, query.nowMs - UNUSED_AFTER_MS);
  return { n: row?.n ?? 0, initMs: row?.ms ?? null };
}

/** Before 2024 nothing but Max Memory Used at the size, in the last line of an environment, told that memory ran out. */
function suspectedOutOfMemory(db: Databases, query: Query): number {
  return (
    db.raw
      .prepare<[number, number, number, number], { n: number }>(
        `SELECT count(*) AS n FROM environment JOIN invocation ON invocation.function_id = environment.function_id
           AND end_ms = last_end_ms AND environment_id = environment.id
         WHERE environment.function_id = ? AND last_seen_ms >= ? AND last_seen_ms < ? AND last_end_ms < ?
           AND invocation.max_memory_mb >= environment.memory_mb AND status = 0`,
      )
      .get(query.functionId, query.fromMs, query.nowMs - UNUSED_AFTER_MS, query.toMs)?.n ?? 0
  );
}
