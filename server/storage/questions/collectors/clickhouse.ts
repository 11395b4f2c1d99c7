/** Imported runs of load generators, log volume, and how far pull has read. */

import type { PullCheckpoint } from '../../../../ingest/records/sink.ts';
import type { LoadTest } from '../../../../ingest/records/telemetry-records.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import { hashOf } from '../../clickhouse/hash-ids.ts';
import type { Source } from '../../clickhouse/query-context.ts';
import type { LogVolumeSum, TimeRange } from '../../ports.ts';
import type { StoredLoadTest } from '../load-tests/types.ts';

/** Newest import first. */
export async function loadTests(
  source: Source,
  query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
  },
): Promise<readonly StoredLoadTest[]> {
  const where = [
    ...(query.functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(query.ids === undefined ? [] : ['digest IN {ids:Array(String)}']),
  ];
  const rows = await source.ask.all<{
    id: string;
    functionId: number;
    importedMs: number;
    atMs: number | null;
    tool: string;
    name: string;
    result: string;
  }>(
    `SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, tool, name, result
     FROM load_test FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms DESC, digest LIMIT {limit:UInt32}`,
    query,
  );
  const owners = await identitiesOf(source, [...new Set(rows.map((row) => row.functionId))]);
  return rows.map(({ result, tool, functionId, ...row }) => ({
    ...row,
    functionName: owners.get(functionId)?.name ?? null,
    tool: tool as LoadTest['tool'],
    ...(JSON.parse(result) as Omit<LoadTest, 'kind' | 'tool' | 'name' | 'atMs' | 'functionName'>),
  }));
}

/** Null where the function writes to a group that others may share, or nothing was counted. */
export async function logVolume(
  source: Source,
  query: TimeRange & { readonly functionId: number },
): Promise<LogVolumeSum | null> {
  const owner = (await identitiesOf(source, [query.functionId])).get(query.functionId);
  if (owner === undefined) return null;
  const sum = await source.ask.one<{ n: number; events: number; bytes: number }>(
    `SELECT count() AS n, sum(f.events) AS events, sum(f.bytes) AS bytes FROM volume_fact AS f FINAL
     WHERE log_group_id = {logGroupId:UInt64} AND hour_ms >= {fromMs:Int64} AND hour_ms < {toMs:Int64}`,
    {
      logGroupId: hashOf(owner.account, owner.region, `/aws/lambda/${owner.name}`),
      fromMs: Math.ceil(query.fromMs),
      toMs: Math.ceil(query.toMs),
    },
  );
  return sum === undefined || sum.n === 0 ? null : { events: sum.events, bytes: sum.bytes };
}

type Key = Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>;

export async function pullCheckpoint(source: Source, key: Key): Promise<PullCheckpoint | null> {
  const { account, region, logGroup, mode } = key;
  const row = await source.ask.one<{ checkpoint: string }>(
    `SELECT checkpoint FROM pull_checkpoint FINAL WHERE name_key = {nameKey:UInt64} AND account = {account:String}
       AND region = {region:String} AND log_group = {logGroup:String} AND mode = {mode:String}`,
    { nameKey: hashOf(account, region, logGroup, mode), account, region, logGroup, mode },
  );
  return row === undefined ? null : (JSON.parse(row.checkpoint) as PullCheckpoint);
}

export async function pullCheckpoints(source: Source): Promise<readonly PullCheckpoint[]> {
  const rows = await source.ask.all<{ checkpoint: string }>('SELECT checkpoint FROM pull_checkpoint FINAL');
  return rows
    .map((row) => JSON.parse(row.checkpoint) as PullCheckpoint)
    .toSorted((a, b) => (a.state === b.state ? (a.logGroup < b.logGroup ? -1 : 1) : a.state < b.state ? 1 : -1))
    .slice(0, 1000);
}
