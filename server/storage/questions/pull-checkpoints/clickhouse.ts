/** Progress of pull, per log group. */

import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { pullCheckpoint as checkpointSchema, parseStored, parseStoredValue, pullScan } from '../../stored-json.ts';

interface Row {
  readonly logGroup: string;
  readonly checkpoint: string;
}

type Key = Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>;

export async function pullCheckpoint(context: QueryContext, key: Key): Promise<PullCheckpoint | null> {
  const { account, region, logGroup, mode } = key;
  const row = await context.client.one<Row>(
    `SELECT log_group AS logGroup, checkpoint FROM pull_checkpoint FINAL WHERE name_key = {nameKey:UInt64} AND account = {account:String}
       AND region = {region:String} AND log_group = {logGroup:String} AND mode = {mode:String}`,
    { nameKey: hashOf(account, region, logGroup, mode), account, region, logGroup, mode },
  );
  return row === undefined ? null : checkpointOf(row);
}

export async function pullCheckpoints(context: QueryContext): Promise<readonly PullCheckpoint[]> {
  const rows = await context.client.all<Row>('SELECT log_group AS logGroup, checkpoint FROM pull_checkpoint FINAL');
  return rows
    .map(checkpointOf)
    .filter((one) => one !== null)
    .toSorted((a, b) => (a.state === b.state ? (a.logGroup < b.logGroup ? -1 : 1) : a.state < b.state ? 1 : -1))
    .slice(0, 1000);
}

function checkpointOf({ logGroup, checkpoint }: Row): PullCheckpoint | null {
  const name = `pull_checkpoint of ${logGroup}`;
  const stored = parseStored(checkpointSchema, checkpoint, name);
  if (stored === null) return null;
  // Without its scan, pull starts the scan again.
  return { ...stored, scan: stored.scan === null ? null : parseStoredValue(pullScan, stored.scan, name) };
}
