/** Sampled invocations whose trace is not stored yet. */
import { sql } from 'kysely';
import { traceText } from '../../../../ingest/batch/request-id.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { TraceToFetch } from './types.ts';

/** Sampled invocations whose trace is not here: cold ones first, then the newest. */
export async function tracesToFetch(
  db: Databases,
  query: { readonly fromMs: number; readonly askedBeforeMs: number; readonly maxTries: number; readonly limit: number },
): Promise<readonly TraceToFetch[]> {
  const { rows } = await sql<{ traceId: Uint8Array | string; region: string; account: string; cold: number }>`
    SELECT i.trace_id AS traceId, f.region AS region, f.account AS account, max(i.cold IS NOT NULL) AS cold
    FROM function f CROSS JOIN invocation i ON i.function_id = f.id AND i.end_ms >= ${query.fromMs}
    LEFT JOIN trace_attempt a ON a.trace_id = i.trace_id
    WHERE f.last_seen_ms >= ${query.fromMs} AND i.trace_id IS NOT NULL AND i.sampled = 1
      AND NOT EXISTS (SELECT 1 FROM trace_segment s WHERE s.trace_id = i.trace_id)
      AND (a.trace_id IS NULL OR (a.tries < ${query.maxTries} AND a.last_ms < ${query.askedBeforeMs}))
    GROUP BY i.trace_id
    ORDER BY cold DESC, max(i.end_ms) DESC
    LIMIT ${query.limit}`.execute(db.telemetry);
  return rows.map((row) => ({
    traceId: typeof row.traceId === 'string' ? row.traceId : traceText(row.traceId),
    account: row.account,
    region: row.region,
    cold: row.cold === 1,
  }));
}
