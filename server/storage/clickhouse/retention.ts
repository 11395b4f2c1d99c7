/** Retention as table TTLs: ClickHouse drops expired rows when it merges parts. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import type { ClickHouseOptions } from './connection.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

/** Time that a row's age counts from, epoch ms: the event or its receipt, whichever is later. */
const AGES: readonly { readonly table: string; readonly ms: string; readonly kept: keyof RetentionPolicy }[] = [
  { table: 'raw_fact', ms: 'received_ms', kept: 'rawMs' },
  { table: 'invocation_fact', ms: 'greatest(end_ms, received_ms)', kept: 'detailMs' },
  { table: 'start_fact', ms: 'greatest(start_ms, received_ms)', kept: 'detailMs' },
  { table: 'runtime_fact', ms: 'greatest(at_ms, received_ms)', kept: 'detailMs' },
  { table: 'fault_fact', ms: 'greatest(at_ms, received_ms)', kept: 'detailMs' },
  { table: 'init_fact', ms: 'greatest(at_ms, received_ms)', kept: 'detailMs' },
  { table: 'rollup_5m', ms: 'greatest(bucket, toInt64(written))', kept: 'detailMs' },
  { table: 'gateway_request', ms: 'at_ms', kept: 'detailMs' },
  { table: 'network_event', ms: 'at_ms', kept: 'detailMs' },
  { table: 'resource_use', ms: 'at_ms', kept: 'detailMs' },
  { table: 'response', ms: 'at_ms', kept: 'detailMs' },
  { table: 'durable_line', ms: 'last_ms', kept: 'detailMs' },
  { table: 'flow_record', ms: 'from_ms', kept: 'detailMs' },
  { table: 'trace_segment', ms: 'intDiv(start_ns, 1000000)', kept: 'detailMs' },
  { table: 'stream_fact', ms: 'greatest(last_ms, received_ms)', kept: 'historyMs' },
  { table: 'extension_fact', ms: 'greatest(at_ms, received_ms)', kept: 'historyMs' },
  { table: 'environment', ms: 'last_seen_ms', kept: 'historyMs' },
  { table: 'rollup_1h', ms: 'bucket', kept: 'historyMs' },
  { table: 'rollup_1d', ms: 'bucket', kept: 'historyMs' },
  { table: 'derived_slot', ms: 'slot_ms', kept: 'historyMs' },
  { table: 'volume_fact', ms: 'hour_ms', kept: 'historyMs' },
  { table: 'reject', ms: 'received_ms', kept: 'quarantineMs' },
];

/** Sets the TTLs that differ from the policy. @throws StoreError if the user may not alter tables. */
export async function applyRetention(
  client: ClickHouseQueryClient,
  { cluster }: Pick<ClickHouseOptions, 'cluster'>,
  policy: RetentionPolicy,
): Promise<void> {
  const suffix = cluster === null ? '' : '_local';
  const tables = await client.all<{ name: string; query: string }>(
    'SELECT name, create_table_query AS query FROM system.tables WHERE database = currentDatabase()',
  );
  const created = new Map(tables.map((row) => [row.name, row.query]));
  const everywhere = cluster === null ? '' : ` ON CLUSTER '${cluster.replaceAll(/['\\]/g, '\\$&')}'`;
  for (const { table, ms, kept } of AGES) {
    const seconds = Math.ceil(policy[kept] / DAY_MS) * 86_400;
    const ttl = `toDateTime(intDiv(${ms}, 1000)) + toIntervalSecond(${seconds})`;
    if (created.get(`${table}${suffix}`)?.includes(`TTL ${ttl}`) === true) continue;
    // Existing rows expire with later merges instead of all at once.
    await client.run(
      `ALTER TABLE ${table}${suffix}${everywhere} MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`,
    );
  }
}
