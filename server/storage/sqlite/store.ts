/** The SQLite store: a writer thread, a few reader threads, and the port over them. */
import { Worker } from 'node:worker_threads';
import { packBatch } from '../../../ingest/batch/packed-batch.ts';
import type { Batch, PackedBatch } from '../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../ingest/records/sink.ts';
import { METRIC_OPTIONS } from '../metrics/quota.ts';
import type { PackedReader, ShapingReader } from '../packed.ts';
import type {
  AttributionStore,
  ClockNote,
  CommittedRows,
  ControlStore,
  DeletionScope,
  KnownTime,
  LineStore,
  Requester,
  Store,
  StoreErrorCode,
  StoreReader,
  UndoOutcome,
} from '../ports.ts';
import { StoreError } from '../ports.ts';
import type { AlertStore } from '../questions/alerts/types.ts';
import { partBuffers } from '../questions/attribution/cold-start-parts.ts';
import { LOW_MEMORY_CACHE_MB, SERVER_CACHE_MB } from './connection.ts';
import { lineDeletionOver } from './lines/line-deletion.ts';
import { SqliteUpkeep } from './maintenance/maintenance.ts';
import type { SqliteOptions } from './options.ts';
import { ReaderPool } from './threads/reader-pool.ts';
import type { WriterData, WriterJob, WriterReply } from './threads/writer-protocol.ts';

/** Young heap of the writer thread, MB, where memory matters more than speed. */
const LOW_MEMORY_YOUNG_HEAP_MB = 8;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const CODES: Readonly<Record<string, StoreErrorCode>> = {
  FolderInUseError: 'in-use',
  MigrationError: 'newer-schema',
  UnsafeStorageError: 'unsafe',
  UnusableFolderError: 'unsafe',
  DamagedFileError: 'damaged',
  IncompleteStoreError: 'incomplete',
};

/** Opens the folder: takes its lock, migrates, starts the threads. Rejects with {@link StoreError}. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const writer = new Writer(options);
  await writer.start();
  const readers = new ReaderPool(options);
  return new SqliteStore(options, writer, readers);
}

class SqliteStore implements Store {
  readonly read: StoreReader;
  readonly readPacked: PackedReader;
  readonly readShaped: ShapingReader;
  readonly control: ControlStore;
  readonly attribution: AttributionStore;
  readonly alerts: AlertStore;
  readonly lines: LineStore;
  readonly maintenance: SqliteUpkeep;
  /** A single process collects every log group. */
  readonly collectorShards = { join: () => Promise.resolve(), owns: () => true };
  readonly #options: SqliteOptions;
  readonly #writer: Writer;
  readonly #readers: ReaderPool;
  #lastWriteMs = performance.now();

  constructor(options: SqliteOptions, writer: Writer, readers: ReaderPool) {
    this.#options = options;
    this.#writer = writer;
    this.#readers = readers;
    this.read = readers.port();
    this.readPacked = (method, query) => readers.packed(method, query);
    this.readShaped = (questions, task) => readers.shaped(questions, task);
    this.control = controlOver(writer);
    this.attribution = derivedOver(writer, options.now);
    this.alerts = alertingOver(writer);
    this.lines = {
      pack: () => this.#pack(),
      deletion: lineDeletionOver(readers, {
        cut: (cut) => this.#written(writer.send({ op: 'cut-lines', cut })),
        emptyLog: () => writer.send({ op: 'empty-log' }),
      }),
    };
    this.maintenance = new SqliteUpkeep(options, {
      reusableBytes: async () => (await writer.send({ op: 'space' })) as number,
      detached: () => writer.detached,
      addSums: (added) => writer.send({ op: 'add-sums', added }),
    });
  }

  readsFor(requester: Requester): Pick<Store, 'read' | 'readPacked' | 'readShaped'> {
    return {
      read: this.#readers.port(requester),
      readPacked: (method, query) => this.#readers.packed(method, query, requester),
      readShaped: (questions, task) => this.#readers.shaped(questions, task, requester),
    };
  }

  async write(batch: Batch | PackedBatch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome> {
    const { now, settledNow = now } = this.#options;
    const [nowMs, settledMs] = [now(), settledNow()];
    const { packed } = 'packed' in batch ? batch : packBatch(batch);
    const job = { op: 'batch', packed, source, nowMs, settledMs, checkpoint: checkpoint ?? null } as const;
    return (await this.#written(this.#writer.send(job, [packed.buffer]))) as WriteOutcome;
  }

  async #pack(): Promise<boolean> {
    const { now, rawLines = 'all' } = this.#options;
    const { bytes, rows } = await this.#readers.packLines({ nowMs: now(), errorsOnly: rawLines === 'errors' });
    if (rows === 0 || bytes === null) return false;
    await this.#writer.send({ op: 'line-blocks', packed: bytes }, [bytes.buffer]);
    return true;
  }

  onCommit(listener: (news: CommittedRows) => void): () => void {
    return this.#writer.watch(listener);
  }

  async deleteTelemetry(scope: DeletionScope): Promise<void> {
    await this.#written(this.#writer.send({ op: 'delete', scope }));
  }

  async undoImport(importId: string): Promise<UndoOutcome> {
    const job = { op: 'undo-import', importId, nowMs: this.#options.now() } as const;
    return (await this.#written(this.#writer.send(job))) as UndoOutcome;
  }

  lastWriteMs(): number {
    return this.#lastWriteMs;
  }

  #written<T>(done: Promise<T>): Promise<T> {
    return done.finally(() => {
      this.#lastWriteMs = performance.now();
    });
  }

  controlRevision(): number {
    return this.#writer.controlRevision;
  }

  async noteClock(note: ClockNote): Promise<KnownTime> {
    return (await this.#writer.send({ op: 'clock', note })) as KnownTime;
  }

  async probe(): Promise<void> {
    await this.#writer.send({ op: 'probe' });
    await this.read.credentials({});
  }

  async close(): Promise<void> {
    this.maintenance.close();
    await this.#readers.close();
    await this.#writer.stop();
  }
}

/** Jobs that leave the control plane as it is. Any other counts as a write of it. */
const NOT_CONTROL: ReadonlySet<WriterJob['op']> = new Set([
  'batch',
  'line-blocks',
  'cut-lines',
  'empty-log',
  'space',
  'add-sums',
  'probe',
  'watch',
  'clock',
]);

/** A job before {@link Writer.send} numbers it. */
type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

class Writer {
  readonly #options: SqliteOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watchers = new Set<(news: CommittedRows) => void>();
  /** Which open file is no longer the file at its path, as a sentence; null if none. */
  detached: string | null = null;
  /** See {@link Store.controlRevision}. */
  controlRevision = 0;
  #worker: Worker | null = null;
  #nextId = 1;
  #stopping = false;
  /** After one successful start the thread is restarted when it ends; before it, `start` rejects. */
  #opened = false;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const {
      folder,
      migrations,
      workers,
      retention,
      deadLetterBytes,
      lineBytes = null,
      metrics = METRIC_OPTIONS,
      minFreeBytes,
      now,
      settledNow,
      lowMemory = false,
      capacity,
    } = this.#options;
    const usualCacheMb = capacity?.writerCacheMb ?? SERVER_CACHE_MB;
    const cacheMb = lowMemory ? Math.min(LOW_MEMORY_CACHE_MB, usualCacheMb) : usualCacheMb;
    const oldHeapMb = capacity?.otherHeapMb ?? null;
    const isReopened = this.#opened;
    const waitsForClock = settledNow !== undefined;
    const worker = new Worker(new URL('writer.cjs', workers), {
      workerData: {
        folder,
        migrations,
        retention,
        deadLetterBytes,
        lineBytes,
        metrics,
        minFreeBytes,
        cacheMb,
        nowMs: now(),
        isReopened,
        waitsForClock,
      } satisfies WriterData,
      resourceLimits: {
        maxYoungGenerationSizeMb: lowMemory ? LOW_MEMORY_YOUNG_HEAP_MB : (capacity?.youngHeapMb ?? 32),
        ...(oldHeapMb === null ? {} : { maxOldGenerationSizeMb: oldHeapMb }),
      },
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: WriterReply) => {
        if (reply.id === 'news') {
          for (const listener of this.#watchers) listener(reply.news);
        } else if (reply.id === 'files') {
          this.detached = reply.detached;
        } else if (reply.id === 0) {
          this.#opened = true;
          this.#updateSubscription();
          resolve();
        } else this.#settle(reply);
      });
      worker.on('error', (error) => {
        reject(new StoreError(CODES[error.name] ?? 'unavailable', error.message));
        this.#lost(error.message);
      });
      worker.on('exit', () => {
        reject(new StoreError('unavailable', 'The writer thread ended before it was ready.'));
        this.#lost('The writer thread ended.');
        if (this.#opened && !this.#stopping && this.#worker === worker) this.#restart();
      });
    });
  }

  send(job: Unnumbered<WriterJob>, transfer: ArrayBuffer[] = []): Promise<unknown> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(new StoreError('unavailable', 'The store is restarting. Retry later.'));
    const id = this.#nextId;
    this.#nextId += 1;
    const done = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...job, id }, transfer);
    });
    if (NOT_CONTROL.has(job.op)) return done;
    this.controlRevision += 1;
    return done.finally(() => {
      this.controlRevision += 1;
    });
  }

  watch(listener: (news: CommittedRows) => void): () => void {
    this.#watchers.add(listener);
    this.#updateSubscription();
    return () => {
      this.#watchers.delete(listener);
      this.#updateSubscription();
    };
  }

  /** Tells the writer thread whether to collect committed rows; repeated for a restarted thread. */
  #updateSubscription(): void {
    this.send({ op: 'watch', on: this.#watchers.size > 0 }).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.send({ op: 'close' }).catch(() => undefined);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #settle(reply: Extract<WriterReply, { id: number }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) {
      waiting?.resolve(reply.value);
      return;
    }
    waiting?.reject(new StoreError('unavailable', reply.error.message));
    // After a failed fsync the connection cannot be trusted: reopen the files in a new thread.
    if (reply.fatal) void this.#worker?.terminate();
  }

  #lost(message: string): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new StoreError('unavailable', message));
    this.#waiting.clear();
  }

  #restart(): void {
    this.#worker = null;
    setTimeout(() => {
      if (this.#stopping) return;
      // Retried until it works, for example until space is freed on a full disk.
      this.start().catch(() => undefined);
    }, 1000);
  }
}

function controlOver(writer: Writer): ControlStore {
  const call =
    <K extends keyof ControlStore>(name: K) =>
    (...args: Parameters<ControlStore[K]>): ReturnType<ControlStore[K]> =>
      writer.send({ op: 'control', call: { name, args } } as Unnumbered<WriterJob>) as ReturnType<ControlStore[K]>;
  return {
    addToken: call('addToken'),
    revokeToken: call('revokeToken'),
    rotateToken: call('rotateToken'),
    setPassword: call('setPassword'),
    rehashPassword: call('rehashPassword'),
    touchSession: call('touchSession'),
    addAudit: call('addAudit'),
    recordTokenUse: call('recordTokenUse'),
    addSession: call('addSession'),
    endSession: call('endSession'),
    saveUser: call('saveUser'),
    addLocalUser: call('addLocalUser'),
    inviteUser: call('inviteUser'),
    setUserPassword: call('setUserPassword'),
    changeUser: call('changeUser'),
    endSessions: call('endSessions'),
    markReplayed: call('markReplayed'),
    setRetention: async (policy) => {
      await call('setRetention')(policy);
      await writer.send({ op: 'retention' });
    },
    noteKeyTroubles: call('noteKeyTroubles'),
    saveErrorState: call('saveErrorState'),
    mergeErrors: call('mergeErrors'),
    addMarker: call('addMarker'),
    deleteMarker: call('deleteMarker'),
    saveTags: call('saveTags'),
    saveReportSchedule: call('saveReportSchedule'),
    deleteReportSchedule: call('deleteReportSchedule'),
    addReport: call('addReport'),
    recordTraceAttempts: call('recordTraceAttempts'),
  };
}

function alertingOver(writer: Writer): AlertStore {
  const call =
    <K extends keyof AlertStore>(name: K) =>
    (...args: Parameters<AlertStore[K]>): ReturnType<AlertStore[K]> =>
      writer.send({ op: 'alerting', call: { name, args } } as Unnumbered<WriterJob>) as ReturnType<AlertStore[K]>;
  return {
    saveRule: call('saveRule'),
    saveEvaluations: call('saveEvaluations'),
    saveDispatch: call('saveDispatch'),
    saveAttempt: call('saveAttempt'),
    redeliver: call('redeliver'),
    saveReceiver: call('saveReceiver'),
    removeReceiver: call('removeReceiver'),
    saveSilence: call('saveSilence'),
    saveRouting: call('saveRouting'),
    saveConfiguration: call('saveConfiguration'),
    onClockRewind: call('onClockRewind'),
    deleteBefore: call('deleteBefore'),
  };
}

function derivedOver(writer: Writer, now: () => number): AttributionStore {
  const call =
    <K extends keyof AttributionStore>(name: K) =>
    async (...args: Parameters<AttributionStore[K]>): Promise<void> => {
      await writer.send({ op: 'attribution', call: { name, args }, nowMs: now() } as Unnumbered<WriterJob>);
    };
  // The writer classifies the rows that it writes.
  return {
    classifyPending: async () => undefined,
    saveHours: async (functionId, hours) => {
      const job = { op: 'attribution', call: { name: 'saveHours', args: [functionId, hours] }, nowMs: now() };
      await writer.send(job as Unnumbered<WriterJob>, partBuffers(hours));
    },
    saveIdleWindows: call('saveIdleWindows'),
    saveProactiveThresholds: call('saveProactiveThresholds'),
  };
}
