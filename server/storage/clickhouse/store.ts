/**
 * The ClickHouse store: telemetry there, the control plane in the store that is given, on this server's disk. Whatever is asked
 * of telemetry is answered by ClickHouse; tokens, rules, alerts and settings by the other.
 */
import type { Batch, BatchSource, PullCheckpoint, WriteOutcome } from '../../../ingest/sink.ts';
import type { RetentionPolicy } from '../retention.ts';
import type { CommitNews, Control, Derived, InvocationKey, Reader, Store } from '../store.ts';
import { Asking } from './ask.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect } from './connection.ts';
import { moveGaps } from './derive/gaps.ts';
import { judgePending } from './derive/judging.ts';
import type { Share } from './derive/pending.ts';
import { EVERYTHING } from './derive/pending.ts';
import { saveSlots } from './derive/slots.ts';
import { saveWindows } from './derive/windows.ts';
import { FactWriter } from './fact-writer.ts';
import { hashOf } from './identity.ts';
import { migrate } from './migrate.ts';
import { telemetry } from './queries/queries.ts';
import { reach } from './queries/retention.ts';
import type { Source } from './queries/source.ts';
import { applyRetention } from './retention.ts';

export interface ClickHouseStoreOptions {
  readonly clickhouse: ClickHouseOptions;
  /** Folder of migrations/clickhouse. */
  readonly migrations: string;
  /** Where the stored settings do not say otherwise. */
  readonly retention: RetentionPolicy;
  readonly now: () => number;
  readonly share?: Share;
}

/** Connects, brings the schema up to date. @throws StoreError with a sentence for whoever runs ClickHouse. */
export async function openClickHouseStore(options: ClickHouseStoreOptions, control: Store): Promise<Store> {
  const { clickhouse, migrations, now, retention, share = EVERYTHING } = options;
  const client = connect(clickhouse);
  try {
    await migrate(client, clickhouse, migrations, now());
    const ask = new Asking(client, clickhouse);
    const stored = await control.read.retention({});
    const policy = stored.policy ?? retention;
    await applyRetention(ask, clickhouse, policy);
    return new ClickHouseStore(ask, options, control, { ask, share, now, detailMs: policy.detailMs });
  } catch (error) {
    await client.close();
    throw error;
  }
}

class ClickHouseStore implements Store {
  readonly read: Reader;
  readonly control: Control;
  readonly derived: Derived;
  readonly alerting: Store['alerting'];
  readonly upkeep: Store['upkeep'];
  readonly #ask: Asking;
  readonly #other: Store;
  readonly #writer: FactWriter;
  readonly #watchers = new Set<(news: CommitNews) => void>();

  constructor(ask: Asking, { clickhouse, now }: ClickHouseStoreOptions, other: Store, source: Source) {
    this.#ask = ask;
    this.#other = other;
    this.#writer = new FactWriter(ask.client, clickhouse, now);
    this.alerting = other.alerting;
    this.upkeep = other.upkeep;
    this.control = controlOver(ask, clickhouse, other.control, now);
    this.derived = {
      judgeArrived: async () => {
        await judgePending(ask, source.share, this.#watchers.size > 0 ? (keys) => this.#tell(keys) : undefined);
      },
      save: (functionId, slots) => saveSlots(ask, functionId, slots),
      judge: (windows) => saveWindows(ask, windows),
      moveGaps: (limits) => moveGaps(ask, limits, now()),
    };
    this.read = {
      ...telemetry(source),
      retention: async () => ({ ...(await other.read.retention({})), ...(await reach(source)) }),
      credentials: (query) => other.read.credentials(query),
      passwordHash: (query) => other.read.passwordHash(query),
      audit: (query) => other.read.audit(query),
      alertSnapshot: (query) => other.read.alertSnapshot(query),
      alertEvents: (query) => other.read.alertEvents(query),
      dueDeliveries: (query) => other.read.dueDeliveries(query),
      alertDeliveries: (query) => other.read.alertDeliveries(query),
    };
  }

  write(batch: Batch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome> {
    return this.#writer.write(batch, source, checkpoint);
  }

  watch(listener: (news: CommitNews) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  async probe(): Promise<void> {
    await Promise.all([this.#ask.one('SELECT 1 FROM schema_migration LIMIT 1'), this.#other.probe()]);
  }

  async close(): Promise<void> {
    await this.#ask.client.close();
    await this.#other.close();
  }

  #tell(keys: readonly InvocationKey[]): void {
    const named = keys.slice(0, MOST_NEWS);
    for (const listener of this.#watchers) listener({ invocations: named, more: keys.length - named.length });
  }
}

/** Invocations named to those who watch, at once. */
const MOST_NEWS = 200;

function controlOver(ask: Asking, clickhouse: ClickHouseOptions, other: Control, now: () => number): Control {
  const bound = Object.fromEntries(
    (Object.keys(other) as (keyof Control)[]).map((name) => [name, other[name]]),
  ) as unknown as Control;
  return {
    ...bound,
    setRetention: async (policy) => {
      await other.setRetention(policy);
      if (policy !== null) await applyRetention(ask, clickhouse, policy);
    },
    markReplayed: async (id, nowMs) => {
      const row = await ask.one<object>(
        `SELECT reject_id, source_kind, source_name, reason, size FROM reject WHERE reject_id = {id:UInt64} LIMIT 1`,
        { id },
      );
      if (row === undefined) return false;
      await ask.insert('reject', [{ ...row, seen: 0, replayed_ms: nowMs }]);
      return true;
    },
    noteTraceAttempts: (traceIds) =>
      ask.insert(
        'trace_attempt',
        traceIds.map((traceId) => ({ trace_key: hashOf(traceId), trace_id: traceId, tries: 1, last_ms: now() })),
      ),
  };
}
