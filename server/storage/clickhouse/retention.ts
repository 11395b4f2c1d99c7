/** Retention as table TTLs: ClickHouse drops expired rows when it merges parts. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import type { ClickHouseOptions } from './connection.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

interface Age {
  readonly table: string;
  /** Time of the event, epoch ms; null if the age counts from the receipt alone. */
  readonly event: string | null;
  /** Time of the receipt, epoch ms. */
  readonly receipt: string;
  /** Whether an event that was received late counts from its receipt. */
  readonly isLater: boolean;
  readonly kept: keyof RetentionPolicy;
}

/** Raw events and their facts: kept by the event or its receipt, whichever is later. */
function facts(kept: keyof RetentionPolicy, events: Readonly<Record<string, string>>): readonly Age[] {
  return Object.entries(events).map(([table, event]) => ({
    table,
    event,
    receipt: 'received_ms',
    isLater: true,
    kept,
  }));
}

/** What follows from events: kept by their time. */
function byEvent(
  kept: keyof RetentionPolicy,
  receipt: string,
  events: Readonly<Record<string, string>>,
): readonly Age[] {
  return Object.entries(events).map(([table, event]) => ({ table, event, receipt, isLater: false, kept }));
}

const WRITTEN = 'toInt64(written)';

const AGES: readonly Age[] = [
  { table: 'raw_fact', event: null, receipt: 'received_ms', isLater: true, kept: 'rawMs' },
  { table: 'line_stream', event: null, receipt: 'received_ms', isLater: true, kept: 'rawMs' },
  { table: 'log_line', event: null, receipt: 'received_ms', isLater: true, kept: 'rawMs' },
  // Classifications that were stored before they had a receipt have 0: they expire by the event alone, never at once.
  {
    table: 'invocation_fact',
    event: 'end_ms',
    receipt: 'if(received_ms = 0, end_ms, received_ms)',
    isLater: true,
    kept: 'detailMs',
  },
  ...facts('detailMs', {
    start_fact: 'start_ms',
    runtime_fact: 'at_ms',
    fault_fact: 'at_ms',
    init_fact: 'at_ms',
  }),
  { table: 'rollup_5m', event: 'bucket', receipt: WRITTEN, isLater: true, kept: 'detailMs' },
  ...byEvent('detailMs', 'stored_ms', {
    gateway_request: 'at_ms',
    network_event: 'at_ms',
    resource_use: 'at_ms',
    response: 'at_ms',
    durable_line: 'last_ms',
    flow_record: 'from_ms',
    trace_segment: 'intDiv(start_ns, 1000000)',
  }),
  ...facts('historyMs', { stream_fact: 'last_ms', extension_fact: 'at_ms' }),
  ...byEvent('historyMs', WRITTEN, {
    rollup_1h: 'bucket',
    rollup_1d: 'bucket',
    derived_slot: 'slot_ms',
    error_hour: 'slot_ms',
  }),
  ...byEvent('historyMs', 'stored_ms', { environment: 'last_seen_ms', volume_fact: 'hour_ms' }),
  // Points replace each other and lines come again as long as they are kept: both are summed when they are read, until hours take their place
  // (metric-retention.ts).
  ...byEvent('historyMs', 'stored_ms', { metric_point: 'start_ms' }),
  ...byEvent('historyMs', 'received_ms', { metric_value: 'at_ms' }),
  ...byEvent('historyMs', 'stored_ms', { moved_metric_line: 'at_ms', metric_hour: 'bucket' }),
  ...byEvent('historyMs', 'greatest(expired_ms, summed_ms, deleted_ms)', { metric_day: `day * ${DAY_MS}` }),
  { table: 'metric_series', event: null, receipt: 'last_ms', isLater: true, kept: 'historyMs' },
  { table: 'metric_drop', event: null, receipt: 'last_ms', isLater: true, kept: 'historyMs' },
  { table: 'error_group', event: null, receipt: 'stored_ms', isLater: true, kept: 'historyMs' },
  { table: 'reject', event: null, receipt: 'received_ms', isLater: true, kept: 'quarantineMs' },
];

/** Events of a later day than their receipt have wrong times: they count from there, not from when that day comes. */
const MOST_AHEAD_MS = DAY_MS;

/** Time that a row's age counts from, epoch ms. */
function ageOf({ event, receipt, isLater }: Age): string {
  if (event === null) return receipt;
  const time = isLater ? `greatest(${event}, ${receipt})` : event;
  return `least(${time}, ${receipt} + ${MOST_AHEAD_MS})`;
}

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
  for (const age of AGES) {
    const { table, kept } = age;
    const seconds = Math.ceil(policy[kept] / DAY_MS) * 86_400;
    const ttl = `toDateTime(intDiv(${ageOf(age)}, 1000)) + toIntervalSecond(${seconds})`;
    if (created.get(`${table}${suffix}`)?.includes(`TTL ${ttl}`) === true) continue;
    // Existing rows expire with later merges instead of all at once.
    await client.run(
      `ALTER TABLE ${table}${suffix}${everywhere} MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`,
    );
  }
}
