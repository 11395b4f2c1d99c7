/**
 * The ClickHouse store: telemetry there, the control plane in the store that is given, on this server's disk. Whatever is asked
 * of telemetry is answered by ClickHouse; tokens, rules, alerts and settings by the other.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Batch, BatchSource, PullCheckpoint, WriteOutcome } from '../../../ingest/records/sink.ts';
import type { AttributionStore, CommittedRows, ControlStore, InvocationKey, Store, TelemetryReader } from '../ports.ts';
import { reach } from '../questions/retention/clickhouse.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import { saveHours, saveIdleWindows, saveProactiveThresholds } from './attribution/save-attribution.ts';
import { classifyPending } from './classify/classify.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect } from './connection.ts';
import { controlStoreOver } from './control-store.ts';
import { FactWriter } from './insert/fact-writer.ts';
import { assertSchema, migrate } from './migrate.ts';
import { ClickHouseQueryClient } from './query-client.ts';
import type { QueryContext } from './query-context.ts';
import { applyRetention } from './retention.ts';
import { ShardAssignment } from './shard-assignment.ts';
import { SharedConfig, sharedRetention, workerControlStore } from './shared-config.ts';
import { telemetryReader } from './telemetry-reader.ts';

export interface ClickHouseStoreOptions {
  readonly clickhouse: ClickHouseOptions;
  /** Folder of migrations/clickhouse. */
  readonly migrations: string;
  /** Where the stored settings do not say otherwise. */
  readonly retention: RetentionPolicy;
  readonly now: () => number;
}

/** Between two looks at what processes tell one another. */
const NEWS_MS = 5000;
const SWEEP_MS = 5 * 60_000;

/** Connects, brings the schema up to date, shares in deriving. @throws StoreError with a sentence for whoever runs ClickHouse. */
export async function openClickHouseStore(options: ClickHouseStoreOptions, control: Store): Promise<Store> {
  const { clickhouse, migrations, now, retention } = options;
  const client = connect(clickhouse);
  try {
    await migrate(client, clickhouse, migrations, now());
    const ask = new ClickHouseQueryClient(client, clickhouse);
    const policy = (await control.read.retention({})).policy ?? retention;
    await applyRetention(ask, clickhouse, policy);
    const store = new ClickHouseStore(ask, options, control, policy);
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
    const ask = new ClickHouseQueryClient(client, clickhouse);
    const policy = (await sharedRetention(ask)) ?? retention;
    const store = new ClickHouseStore(ask, options, workerControlStore(ask), policy);
    if (role === 'derive') await store.begin(false);
    return store;
  } catch (error) {
    await client.close();
    throw error;
  }
}

class ClickHouseStore implements Store {
  readonly read: TelemetryReader;
  readonly control: ControlStore;
  readonly attribution: AttributionStore;
  readonly alerts: Store['alerts'];
  readonly maintenance: Store['maintenance'];
  readonly collectorShards: ShardAssignment;
  readonly #ask: ClickHouseQueryClient;
  readonly #other: Store;
  readonly #writer: FactWriter;
  readonly #source: QueryContext;
  readonly #watchers = new Set<(news: CommittedRows) => void>();
  readonly #deriving: ShardAssignment;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #published: SharedConfig;
  #policy: RetentionPolicy;
  #sweptMs = Number.NEGATIVE_INFINITY;
  /** The judging that is under way. */
  #judging: Promise<unknown> | null = null;

  constructor(ask: ClickHouseQueryClient, options: ClickHouseStoreOptions, other: Store, policy: RetentionPolicy) {
    const { clickhouse, now, retention } = options;
    const source: QueryContext = { ask, shard: () => this.#deriving.shard, now, detailMs: () => this.#policy.detailMs };
    this.#policy = policy;
    this.#published = new SharedConfig(ask);
    const name = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
    this.#deriving = new ShardAssignment(ask, 'derive', name);
    this.collectorShards = new ShardAssignment(ask, 'collect', name);
    this.#ask = ask;
    this.#source = source;
    this.#other = other;
    this.#writer = new FactWriter(ask.client, clickhouse, now);
    this.alerts = other.alerts;
    this.maintenance = other.maintenance;
    const keep = async (told: RetentionPolicy | null): Promise<void> => {
      this.#policy = told ?? retention;
      await applyRetention(ask, clickhouse, this.#policy);
    };
    this.control = controlStoreOver({ ask, now, keep }, other.control);
    this.attribution = {
      classifyPending: () => this.#judge(),
      saveHours: (functionId, slots) => saveHours(ask, functionId, slots),
      saveIdleWindows: (windows) => saveIdleWindows(ask, windows),
      saveProactiveThresholds: (limits) => saveProactiveThresholds(ask, limits, now()),
    };
    this.read = {
      ...telemetryReader(source),
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

  onCommit(listener: (news: CommittedRows) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  async probe(): Promise<void> {
    await Promise.all([this.#ask.one('SELECT 1 FROM schema_migration LIMIT 1'), this.#other.probe()]);
    const refusal = this.#writer.refusal();
    if (refusal !== null) throw refusal;
  }

  /** Is one of those that derive from now on; `isServer`: tells the others what they need of the control plane. */
  async begin(isServer: boolean): Promise<void> {
    const beat = async (): Promise<void> => {
      if (isServer) await this.#published.publish(await this.#other.read.credentials({}), this.#policy);
      else this.#policy = (await sharedRetention(this.#ask)) ?? this.#policy;
    };
    await this.#deriving.join();
    await beat();
    // What fails is tried again; whoever asks or writes is told why.
    this.#heartbeat = setInterval(() => beat().catch(() => undefined), NEWS_MS);
    this.#heartbeat.unref();
  }

  async #judge(): Promise<void> {
    this.#judging ??= this.#judgePending().finally(() => (this.#judging = null));
    await this.#judging;
  }

  async #judgePending(): Promise<void> {
    const nowMs = this.#source.now();
    // Marks that stood for longer, since nobody was there to judge, are found by looking at all of them now and then.
    const isSweep = Math.abs(nowMs - this.#sweptMs) >= SWEEP_MS;
    await classifyPending(this.#ask, {
      share: this.#deriving.shard,
      reach: isSweep ? 'ever' : 'lately',
      goneMs: nowMs - this.#policy.detailMs,
      tell: this.#watchers.size > 0 ? (keys) => this.#tell(keys) : undefined,
    });
    if (isSweep) this.#sweptMs = nowMs;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#deriving.leave();
    this.collectorShards.leave();
    await this.#judging?.catch(() => undefined);
    await this.#writer.close();
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
