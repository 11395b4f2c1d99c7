/**
 * The ClickHouse store. Telemetry is in ClickHouse; the control plane (tokens, rules, alerts, settings) stays in the SQLite
 * store that is passed in, on this server's disk.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { plainBatch } from '../../../ingest/batch/packed-batch.ts';
import type { RawRetention } from '../../../ingest/decode/pipeline.ts';
import type { Batch, PackedBatch } from '../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../ingest/records/sink.ts';
import type { MetricOptions } from '../metrics/quota.ts';
import { METRIC_OPTIONS } from '../metrics/quota.ts';
import type { PackedReader, ShapingReader } from '../packed.ts';
import { allPacked, unserialized } from '../packed.ts';
import type {
  AttributionStore,
  ClockNote,
  CommittedRows,
  ControlPlane,
  ControlStore,
  DeletionScope,
  InvocationKey,
  KnownTime,
  LineStore,
  Requester,
  Store,
  StoreReader,
  UndoOutcome,
} from '../ports.ts';
import type { LogQuery } from '../questions/logs/types.ts';
import { telemetryReach } from '../questions/retention/clickhouse.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';
import { saveHours, saveIdleWindows, saveProactiveThresholds } from './attribution/save-attribution.ts';
import type { ClassifiedCount } from './classify/classify.ts';
import { classifyPending } from './classify/classify.ts';
import { WHOLE_FLEET } from './classify/pending.ts';
import type { ClickHouseOptions } from './connection.ts';
import { connect } from './connection.ts';
import { controlStoreOver } from './control-store.ts';
import { deleteTelemetry } from './deletion.ts';
import { interruptedUndos, undoImport } from './import-undo.ts';
import { FactWriter } from './insert/fact-writer.ts';
import { lineDeletion } from './lines/line-deletion.ts';
import { openLineJobs } from './lines/line-jobs.ts';
import { LineKeeper } from './lines/line-keeper.ts';
import type { LineReader } from './lines/line-threads.ts';
import { LineThreads, readHere, restrictedLines } from './lines/line-threads.ts';
import { retainMetrics } from './metric-retention.ts';
import { assertSchema, migrate } from './migrate.ts';
import { ClickHouseQueryClient } from './query-client.ts';
import type { QueryContext } from './query-context.ts';
import { adoptRows, moveOldUnknownStreams } from './relocation/adopt.ts';
import { applyRetention } from './retention.ts';
import { ShardAssignment } from './shard-assignment.ts';
import { SharedConfig, sharedGeneration, sharedRetention } from './shared-config.ts';
import { telemetryReader } from './telemetry-reader.ts';
import { workerControlPlane } from './worker-control-plane.ts';

export interface ClickHouseStoreOptions {
  readonly clickhouse: ClickHouseOptions;
  /** Path of migrations/clickhouse. */
  readonly migrations: string;
  /** Policy of the process's settings, in force unless a policy is stored. */
  readonly retention: RetentionPolicy;
  readonly now: () => number;
  /** Folder of the compiled scripts of threads. Without it log lines are read in this thread. */
  readonly workers?: URL;
  /** Which lines are kept; all if absent. */
  readonly rawLines?: RawRetention;
  /** Most bytes of log lines; null or absent for the default. */
  readonly lineBytes?: number | null;
  /** Limits and retention of metrics. Default: those of the settings. */
  readonly metrics?: MetricOptions;
}

/** Interval at which processes exchange shared configuration. */
const SHARED_CONFIG_MS = 5000;
/** Interval of scans over all pending classification marks; between them only recent marks are read. */
const FULL_SCAN_MS = 5 * 60_000;
/** Maximum number of invocations listed per {@link CommittedRows}. */
const MAX_LISTED_ROWS = 200;

/**
 * Connects, migrates the schema, applies retention and joins the processes that attribute cold starts.
 * @throws StoreError if ClickHouse cannot be reached or used; its message says what to change.
 */
export async function openClickHouseStore(options: ClickHouseStoreOptions, control: Store): Promise<Store> {
  const { clickhouse, migrations, now, retention } = options;
  const connection = connect(clickhouse);
  try {
    await migrate(connection, clickhouse, migrations, now());
    const client = new ClickHouseQueryClient(connection, clickhouse);
    const policy = (await control.read.retention({})).policy ?? retention;
    await applyRetention(client, clickhouse, policy);
    const store = new ClickHouseStore(client, options, control, policy);
    await store.start({ isServer: true });
    return store;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Opens the store for a worker beside the server: `ingest` writes only, `derive` also joins the processes that attribute cold
 * starts. A worker does not migrate the schema and has no control plane.
 * @throws StoreError if the schema is older or newer than this program's.
 */
export async function openClickHouseWorker(options: ClickHouseStoreOptions, role: 'ingest' | 'derive'): Promise<Store> {
  const { clickhouse, migrations, retention } = options;
  const connection = connect(clickhouse);
  try {
    await assertSchema(connection, clickhouse, migrations);
    const client = new ClickHouseQueryClient(connection, clickhouse);
    const policy = (await sharedRetention(client)) ?? retention;
    const store = new ClickHouseStore(client, options, workerControlPlane(client, newProcessName()), policy);
    if (role === 'derive') await store.start({ isServer: false });
    return store;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A name that no other process has. */
function newProcessName(): string {
  return `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
}

class ClickHouseStore implements Store {
  readonly read: StoreReader;
  readonly readPacked: PackedReader;
  readonly readShaped: ShapingReader;
  readonly control: ControlStore;
  readonly attribution: AttributionStore;
  readonly lines: LineStore;
  readonly alerts: Store['alerts'];
  readonly maintenance: Store['maintenance'];
  readonly collectorShards: ShardAssignment;
  readonly #client: ClickHouseQueryClient;
  readonly #cluster: Pick<ClickHouseOptions, 'cluster'>;
  readonly #controlPlane: ControlPlane;
  readonly #writer: FactWriter;
  readonly #lineReader: LineReader & { close(): Promise<void> };
  readonly #lineKeeper: LineKeeper;
  readonly #context: QueryContext;
  readonly #listeners = new Set<(rows: CommittedRows) => void>();
  readonly #attributionShards: ShardAssignment;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #sharedConfig: SharedConfig;
  #policy: RetentionPolicy;
  readonly #metricMs: number;
  #lastFullScanMs = Number.NEGATIVE_INFINITY;
  /** Only the server may alter tables. */
  #movesRows = false;
  /** The classification in progress. */
  #classifying: Promise<unknown> | null = null;

  constructor(
    client: ClickHouseQueryClient,
    options: ClickHouseStoreOptions,
    controlPlane: ControlPlane,
    policy: RetentionPolicy,
  ) {
    const { clickhouse, now, retention } = options;
    this.#policy = policy;
    this.#metricMs = (options.metrics ?? METRIC_OPTIONS).keptMs;
    this.#sharedConfig = new SharedConfig(client);
    const processName = newProcessName();
    this.#attributionShards = new ShardAssignment(client, 'derive', processName);
    this.collectorShards = new ShardAssignment(client, 'collect', processName);
    const { workers, rawLines = 'all', lineBytes = null } = options;
    this.#lineReader =
      workers === undefined ? readHere(() => openLineJobs(clickhouse)) : new LineThreads(workers, clickhouse);
    const keptMs = (): number => this.#policy.rawMs;
    this.#lineKeeper = new LineKeeper(this.#lineReader, { now, rawLines, lineBytes, keptMs });
    const context: QueryContext = {
      client,
      lines: this.#lineReader,
      shard: () => this.#attributionShards.shard,
      now,
      detailMs: () => this.#policy.detailMs,
    };
    const deletion = lineDeletion(context, this.#lineKeeper, () => this.#newGeneration());
    this.lines = { pack: () => this.#lineKeeper.pack(), deletion };
    this.#client = client;
    this.#cluster = clickhouse;
    this.#context = context;
    this.#controlPlane = controlPlane;
    this.#writer = new FactWriter(client.raw, clickhouse, now, () => this.#policy.detailMs, options.metrics);
    this.alerts = controlPlane.alerts;
    this.maintenance = controlPlane.maintenance;
    const applyPolicy = async (stored: RetentionPolicy | null): Promise<void> => {
      this.#policy = stored ?? retention;
      await applyRetention(client, clickhouse, this.#policy);
    };
    this.control = controlStoreOver({ client, now, applyRetention: applyPolicy }, controlPlane.control);
    this.attribution = {
      classifyPending: () => this.#classify(),
      saveHours: (functionId, hours) => saveHours(client, functionId, hours),
      saveIdleWindows: (windows) => saveIdleWindows(client, windows),
      saveProactiveThresholds: (thresholds) => saveProactiveThresholds(client, thresholds, now()),
    };
    this.readPacked = this.#packedOver(() => this.read, this.#lineReader);
    this.readShaped = (questions) => allPacked(this.readPacked, questions);
    const { read } = controlPlane;
    this.read = {
      ...telemetryReader(context),
      retention: async () => ({ ...(await read.retention({})), ...(await telemetryReach(context)) }),
      credentials: (query) => read.credentials(query),
      passwordHash: (query) => read.passwordHash(query),
      audit: (query) => read.audit(query),
      users: (query) => read.users(query),
      localUser: (query) => read.localUser(query),
      sessionIdToken: (query) => read.sessionIdToken(query),
      errorStates: (query) => read.errorStates(query),
      deployMarkers: (query) => read.deployMarkers(query),
      functionTags: (query) => read.functionTags(query),
      reportSchedules: (query) => read.reportSchedules(query),
      reports: (query) => read.reports(query),
      reportFiles: (query) => read.reportFiles(query),
      alertSnapshot: (query) => read.alertSnapshot(query),
      alertEvents: (query) => read.alertEvents(query),
      dueDeliveries: (query) => read.dueDeliveries(query),
      alertDeliveries: (query) => read.alertDeliveries(query),
    };
  }

  /** ClickHouse has lanes of its own: its settings for users and quotas. */
  readsFor({ signal, restriction = null }: Requester): Pick<Store, 'read' | 'readPacked' | 'readShaped'> {
    if (signal === undefined && restriction === null) return this;
    const client = this.#client.onBehalfOf({ signal, restriction });
    const lines = restrictedLines(this.#lineReader, restriction);
    const context = { ...this.#context, client, lines, ...(signal === undefined ? {} : { signal }) };
    const read = { ...this.read, ...telemetryReader(context) };
    const readPacked = this.#packedOver(() => read, lines, signal);
    return { read, readPacked, readShaped: (questions) => allPacked(readPacked, questions) };
  }

  /** Log lines stay serialized as their thread returns them. */
  #packedOver(read: () => StoreReader, lines: LineReader, signal?: AbortSignal): PackedReader {
    return (name, query) =>
      name === 'logs'
        ? lines.packed({ op: 'search', query: query as LogQuery }, signal)
        : unserialized(read(), name, query);
  }

  controlRevision(): number {
    return this.#controlPlane.controlRevision();
  }

  /** Ingest workers write too. */
  lastWriteMs(): null {
    return null;
  }

  write(batch: Batch | PackedBatch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome> {
    return this.#writer.write(plainBatch(batch), source, checkpoint);
  }

  onCommit(listener: (rows: CommittedRows) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async deleteTelemetry(scope: DeletionScope): Promise<void> {
    // What is classified meanwhile would be written after its facts were deleted.
    await this.#classify();
    await this.#lineKeeper.alone(() => deleteTelemetry(this.#client, this.#cluster, scope));
    await this.#newGeneration();
  }

  /** What was deleted is stored again if it is delivered again. */
  async #newGeneration(): Promise<void> {
    const generation = randomUUID();
    await this.#sharedConfig.publishDeletion(generation);
    this.#writer.generation = generation;
  }

  async undoImport(importId: string): Promise<UndoOutcome> {
    // What is classified meanwhile would be computed from rows that are being deleted.
    while (this.#classifying !== null) await this.#classifying.catch(() => undefined);
    const undo = this.#undo(importId);
    this.#classifying = undo.catch(() => undefined).finally(() => (this.#classifying = null));
    return undo;
  }

  async #undo(importId: string): Promise<UndoOutcome> {
    const nowMs = this.#context.now();
    const detailSinceMs = nowMs - this.#policy.detailMs;
    const outcome = await this.#lineKeeper.alone(() =>
      undoImport(this.#client, importId, {
        cluster: this.#cluster,
        nowMs,
        detailSinceMs,
        classify: () => classifyPending(this.#client, { shard: WHOLE_FLEET, scope: 'all', detailSinceMs }),
      }),
    );
    if (outcome !== 'undone') return outcome;
    await this.#newGeneration();
    return outcome;
  }

  noteClock(note: ClockNote): Promise<KnownTime> {
    return this.#controlPlane.noteClock(note);
  }

  async probe(): Promise<void> {
    await Promise.all([this.#client.one('SELECT 1 FROM schema_migration LIMIT 1'), this.#controlPlane.probe()]);
    const error = this.#writer.lastError();
    if (error !== null) throw error;
  }

  /**
   * Joins the processes that attribute cold starts and starts exchanging shared configuration: the server publishes it, a
   * worker reads it.
   */
  async start({ isServer }: { readonly isServer: boolean }): Promise<void> {
    const exchange = async (): Promise<void> => {
      if (isServer) await this.#sharedConfig.publish(await this.#controlPlane.read.credentials({}), this.#policy);
      else this.#policy = (await sharedRetention(this.#client)) ?? this.#policy;
      this.#writer.generation = await sharedGeneration(this.#client);
    };
    this.#movesRows = isServer;
    await this.#attributionShards.join();
    await exchange();
    // A failed exchange is retried at the next interval; reads and writes report the error to their callers meanwhile.
    this.#heartbeat = setInterval(() => exchange().catch(() => undefined), SHARED_CONFIG_MS);
    this.#heartbeat.unref();
  }

  async #classify(): Promise<void> {
    this.#classifying ??= this.#classifyPending().finally(() => (this.#classifying = null));
    await this.#classifying;
  }

  async #classifyPending(): Promise<void> {
    const nowMs = this.#context.now();
    // Marks left over while no process was running are older than the recent ones: scan all of them at intervals.
    const isFullScan = Math.abs(nowMs - this.#lastFullScanMs) >= FULL_SCAN_MS;
    if (isFullScan && this.#movesRows) for (const id of await interruptedUndos(this.#client)) await this.#undo(id);
    const detailSinceMs = nowMs - this.#policy.detailMs;
    const classified = (): Promise<ClassifiedCount> =>
      classifyPending(this.#client, {
        shard: this.#attributionShards.shard,
        scope: isFullScan ? 'all' : 'recent',
        detailSinceMs,
        onRows: this.#listeners.size > 0 ? (keys) => this.#notify(keys) : undefined,
      });
    let { environments } = await classified();
    while (this.#movesRows && (environments > 0 || isFullScan)) {
      const moved = await this.#lineKeeper.alone(async () => {
        const old = isFullScan ? await moveOldUnknownStreams(this.#client, this.#cluster, detailSinceMs) : 0;
        return old + (await adoptRows(this.#client, this.#cluster, detailSinceMs));
      });
      if (moved === 0) break;
      ({ environments } = await classified());
    }
    if (isFullScan) this.#lastFullScanMs = nowMs;
    if (isFullScan && this.#movesRows) await this.#retainMetrics(nowMs);
  }

  /** Not while functions or an import are deleted: hours of rows that go meanwhile would stay. */
  #retainMetrics(nowMs: number): Promise<void> {
    const keptMs = Math.min(this.#metricMs, this.#policy.historyMs);
    return this.#lineKeeper.alone(() => retainMetrics(this.#client, { cluster: this.#cluster, nowMs, keptMs }));
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#attributionShards.leave();
    this.collectorShards.leave();
    await this.#classifying?.catch(() => undefined);
    await this.#writer.close();
    await this.#lineReader.close();
    await this.#client.raw.close();
    await this.#controlPlane.close();
  }

  #notify(keys: readonly InvocationKey[]): void {
    const invocations = keys.slice(0, MAX_LISTED_ROWS);
    for (const listener of this.#listeners) listener({ invocations, more: keys.length - invocations.length });
  }
}
