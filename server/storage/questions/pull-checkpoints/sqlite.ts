/** Progress of pull, per log group. */
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { parseStored, pullScan } from '../../stored-json.ts';

type Key = Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>;

/** Checkpoint of one log group; null before its first scan. */
export async function pullCheckpoint({ telemetry }: Databases, key: Key): Promise<PullCheckpoint | null> {
  const row = telemetry.get(
    telemetry
      .selectFrom('pull_checkpoint')
      .selectAll()
      .where('account', '=', key.account)
      .where('region', '=', key.region)
      .where('log_group', '=', key.logGroup)
      .where('mode', '=', key.mode),
  );
  return row === undefined ? null : checkpointOf(row);
}

/** At most 1,000 checkpoints, by state and log group. */
export async function pullCheckpoints({ telemetry }: Databases): Promise<readonly PullCheckpoint[]> {
  const rows = telemetry.all(
    telemetry.selectFrom('pull_checkpoint').selectAll().orderBy('state', 'desc').orderBy('log_group').limit(1000),
  );
  return rows.map(checkpointOf);
}

export function checkpointOf(row: TelemetryTables['pull_checkpoint']): PullCheckpoint {
  return {
    account: row.account,
    region: row.region,
    logGroup: row.log_group,
    mode: row.mode,
    watermarkMs: row.watermark_ms,
    // Without its scan, pull starts the scan again.
    scan: row.scan === null ? null : parseStored(pullScan, row.scan, `pull_checkpoint of ${row.log_group}`),
    wideMs: row.wide_ms,
    state: row.state,
    message: row.message,
    events: row.events,
    updatedMs: row.updated_ms,
  };
}
