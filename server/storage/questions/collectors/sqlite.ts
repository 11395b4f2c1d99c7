/** What the collectors ask: where pull stands, and which traces are still missing. */
import { sql } from 'kysely';
import { traceText } from '../../../../ingest/batch/request-id.ts';
import type { PullCheckpoint, PullScan, PullState } from '../../../../ingest/records/sink.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import type { TraceToFetch } from '../traces/types.ts';

type Key = Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>;

export async function pullCheckpoint(db: Databases, key: Key): Promise<PullCheckpoint | null> {
  const row = await db.telemetry
    .selectFrom('pull_checkpoint')
    .selectAll()
    .where('account', '=', key.account)
    .where('region', '=', key.region)
    .where('log_group', '=', key.logGroup)
    .where('mode', '=', key.mode)
    .executeTakeFirst();
  return row === undefined ? null : checkpointOf(row);
}

export async function pullCheckpoints(db: Databases): Promise<readonly PullCheckpoint[]> {
  const rows = await db.telemetry
    .selectFrom('pull_checkpoint')
    .selectAll()
    .orderBy('state', 'desc')
    .orderBy('log_group')
    .limit(1000)
    .execute();
  return rows.map(checkpointOf);
}

export function checkpointOf(row: TelemetryTables['pull_checkpoint']): PullCheckpoint {
  return {
    account: row.account,
    region: row.region,
    logGroup: row.log_group,
    mode: row.mode,
    watermarkMs: row.watermark_ms,
    scan: row.scan === null ? null : (JSON.parse(row.scan) as PullScan),
    wideMs: row.wide_ms,
    state: row.state as PullState,
    message: row.message,
    events: row.events,
    updatedMs: row.updated_ms,
  };
}

/** Sampled invocations whose trace is not here: cold ones first, then the newest. */
export async function tracesWanted(
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
