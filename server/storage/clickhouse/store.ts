/**
 * The ClickHouse store: telemetry there, the control plane in the store that is given, on this server's disk. Whatever is asked
 * of telemetry is answered by ClickHouse; tokens, rules, alerts and settings by the other.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Batch, BatchSource, PullCheckpoint, WriteOutcome } from '../../../ingest/sink.ts';
import type { RetentionPolicy } from '../retention.ts';
import type { CommitNews, Control, Derived, InvocationKey, Reader, Store } from '../store.ts';
import { Asking } from './ask.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect } from './connection.ts';
import { moveGaps } from './derive/gaps.ts';
import { judgePending } from './derive/judging.ts';
import type { Share } from './derive/pending.ts';
import { saveSlots } from './derive/slots.ts';
import { saveWindows } from './derive/windows.ts';
import { shareOf } from './derive/workers.ts';
import { FactWriter } from './fact-writer.ts';
import { hashOf } from './identity.ts';
import { assertSchema, migrate } from './migrate.ts';
import { publishCredentials, withoutControlPlane } from './published.ts';
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
}

const HEARTBEAT_MS = 5000;

/** Connects, brings the schema up to date, shares in deriving. @throws StoreError with a sentence for whoever runs ClickHouse. */
export async function openClickHouseStore(options: ClickHouseStoreOptions, control: Store): Promise<Store> {
  const { clickhouse, migrations, now, retention } = options;
  const client = connect(clickhouse);
  try {
    await migrate(client, clickhouse, migrations, now());
    const ask = new Asking(client, clickhouse);
    const policy = (await control.read.retention({})).policy ?? retention;
    await applyRetention(ask, clickhouse, policy);
    const store = new ClickHouseStore(ask, options, control, policy.detailMs);
    await store.begin(true);
    return store;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * For a process beside the server: `ingest` takes in, `derive` shares in deriving. It changes no schema and has no control
 * plane. @throws StoreError
 */
export async function openClickHouseWorker(options: ClickHouseStoreOptions, role: 'ingest' | 'derive'): Promise<Store> {
  const { clickhouse, migrations, retention } = options;
  const client = connect(clickhouse);
  try {
    await assertSchema(client, clickhouse, migrations);
    const ask = new Asking(client, clickhouse);
    const store = new ClickHouseStore(ask, options, withoutControlPlane(ask), retention.detailMs);
    if (role === 'derive') await store.begin(false);
    return store;
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
  readonly #source: Source;
  readonly #watchers = new Set<(news: CommitNews) => void>();
  readonly #name = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  /** Until it is one of those that derive, nothing is its. */
  #share: Share = { of: 1, remainders: [] };
  #heartbeat: NodeJS.Timeout | undefined;
  #published: string | null = null;
  /** The judging that is under way. */
  #judging: Promise<unknown> | null = null;

  constructor(ask: Asking, options: ClickHouseStoreOptions, other: Store, detailMs: number) {
    const { clickhouse, now } = options;
    const source: Source = { ask, share: () => this.#share, now, detailMs };
    this.#ask = ask;
    this.#source = source;
    this.#other = other;
    this.#writer = new FactWriter(ask.client, clickhouse, now);
    this.alerting = other.alerting;
    this.upkeep = other.upkeep;
    this.control = controlOver(ask, clickhouse, other.control, now);
    this.derived = {
      judgeArrived: () => this.#judge(),
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

  /** Is one of those that derive from now on; `isServer`: tells the others what they need of the control plane. */
  async begin(isServer: boolean): Promise<void> {
    const beat = async (): Promise<void> => {
      this.#share = await shareOf(this.#ask, this.#name);
      if (!isServer) return;
      const credentials = await this.#other.read.credentials({});
      this.#published = await publishCredentials(this.#ask, credentials, this.#published);
    };
    await beat();
    // What fails is tried again; whoever asks or writes is told why.
    this.#heartbeat = setInterval(() => beat().catch(() => undefined), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  async #judge(): Promise<void> {
    this.#judging ??= judgePending(
      this.#ask,
      this.#share,
      this.#source.now() - this.#source.detailMs,
      this.#watchers.size > 0 ? (keys) => this.#tell(keys) : undefined,
    ).finally(() => (this.#judging = null));
    await this.#judging;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#judging?.catch(() => undefined);
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
