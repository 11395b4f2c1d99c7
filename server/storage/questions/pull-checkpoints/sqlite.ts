import type { PullCheckpoint, PullScan, PullState } from '../../../../ingest/records/sink.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';

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
