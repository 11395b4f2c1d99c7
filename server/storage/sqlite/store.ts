/** The SQLite store: a writer thread, a few reader threads, and the port over them. */
import { packBatch } from '../../../ingest/batch/packed-batch.ts';
import type { Batch, PackedBatch } from '../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../ingest/records/sink.ts';
import type { PackedReader, ShapingReader } from '../packed.ts';
import type { FolderReading } from '../ports/maintenance.ts';
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
  StoreReader,
  UndoOutcome,
} from '../ports.ts';
import type { AlertStore } from '../questions/alerts/types.ts';
import { partBuffers } from '../questions/attribution/cold-start-parts.ts';
import { lineDeletionOver } from './lines/line-deletion.ts';
import { SqliteUpkeep } from './maintenance/maintenance.ts';
import type { SqliteOptions } from './options.ts';
import { ReaderPool } from './threads/reader-pool.ts';
import type { Unnumbered } from './threads/writer.ts';
import { Writer } from './threads/writer.ts';
import type { WriterJob } from './threads/writer-protocol.ts';

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
      measure: async () => (await writer.send({ op: 'measure' })) as FolderReading,
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
