/** Progress of pull, per log group. */

import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';

type Key = Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>;

export async function pullCheckpoint(context: QueryContext, key: Key): Promise<PullCheckpoint | null> {
  const { account, region, logGroup, mode } = key;
  const row = await context.client.one<{ checkpoint: string }>(
    `SELECT checkpoint FROM pull_checkpoint FINAL WHERE name_key = {nameKey:UInt64} AND account = {account:String}
       AND region = {region:String} AND log_group = {logGroup:String} AND mode = {mode:String}`,
    { nameKey: hashOf(account, region, logGroup, mode), account, region, logGroup, mode },
  );
  return row === undefined ? null : (JSON.parse(row.checkpoint) as PullCheckpoint);
}

export async function pullCheckpoints(context: QueryContext): Promise<readonly PullCheckpoint[]> {
  const rows = await context.client.all<{ checkpoint: string }>('SELECT checkpoint FROM pull_checkpoint FINAL');
  return rows
    .map((row) => JSON.parse(row.checkpoint) as PullCheckpoint)
    .toSorted((a, b) => (a.state === b.state ? (a.logGroup < b.logGroup ? -1 : 1) : a.state < b.state ? 1 : -1))
    .slice(0, 1000);
}
