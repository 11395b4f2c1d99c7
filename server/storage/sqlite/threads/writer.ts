/** The writer thread as the main thread sees it. */
import { Worker } from 'node:worker_threads';
import { METRIC_OPTIONS } from '../../metrics/quota.ts';
import type { CommittedRows, StoreErrorCode } from '../../ports.ts';
import { StoreError } from '../../ports.ts';
import { LOW_MEMORY_CACHE_MB, SERVER_CACHE_MB } from '../connection.ts';
import type { SqliteOptions } from '../options.ts';
import type { WriterData, WriterJob, WriterReply } from './writer-protocol.ts';
import { NOT_CONTROL } from './writer-protocol.ts';

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

/** A job before {@link Writer.send} numbers it. */
export type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

/** Starts the thread, passes it jobs, and starts it again when it ends. */
export class Writer {
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
