/** Threads that read and pack log lines, so that the main thread reads none of them. */
import { PoolError, WorkerPool } from '../../../../ingest/threads/worker-pool.ts';
import { Packed, pageFactsOf, unpackedBytes } from '../../packed.ts';
import { StoreError } from '../../ports.ts';
import type { StoreRestriction } from '../../restriction.ts';
import type { ClickHouseOptions } from '../connection.ts';
import type { LineJob, LineJobs } from './line-jobs.ts';
import type { LineReply } from './line-worker.ts';

/** Searches that run at once; they wait for ClickHouse most of the time. */
const SEARCHES = 4;
const MAX_QUEUED = 64;
/** Longest time of a search, waiting included, in requests to ClickHouse: it makes several. */
const REQUESTS = 3;

/** Jobs that write: one at a time, without a deadline. */
const JOBS_OF_PACKING: ReadonlySet<LineJob['op']> = new Set(['pack', 'limit', 'delete']);

type Pool = WorkerPool<LineJob, LineReply>;

/** What reads log lines for the questions of a store. */
export interface LineReader {
  /** The serialized or plain answer. Rejects with a StoreError. */
  packed<T>(job: LineJob, signal?: AbortSignal): Promise<Packed<T>>;
}

/** The answer of a job. */
export async function answerOf<T>(reader: LineReader, job: LineJob, signal?: AbortSignal): Promise<T> {
  const { bytes, value } = await reader.packed<T>(job, signal);
  return (bytes === null ? value : unpackedBytes(bytes)) as T;
}

/** The lines that a caller may read. */
export function restrictedLines(reader: LineReader, restriction: StoreRestriction | null): LineReader {
  if (restriction === null) return reader;
  return { packed: (job, signal) => reader.packed({ ...job, restriction }, signal) };
}

/** Reads in this thread, for processes that serve no requests. */
export function readHere(open: () => LineJobs): LineReader & { close(): Promise<void> } {
  let jobs: LineJobs | undefined;
  return {
    packed: async <T>(job: LineJob) => {
      jobs ??= open();
      const value = await jobs.run(job);
      return new Packed<T>(null, value as T, pageFactsOf(value));
    },
    close: async () => jobs?.close(),
  };
}

export class LineThreads implements LineReader {
  readonly #script: URL;
  readonly #options: ClickHouseOptions;
  /** Started by the first search. */
  #searches: Pool | undefined;
  /** Started by the first pack. */
  #packing: Pool | undefined;
  #closed = false;

  /** `workers`: folder of the compiled scripts of threads. */
  constructor(workers: URL, options: ClickHouseOptions) {
    this.#script = new URL('lines.cjs', workers);
    this.#options = options;
  }

  async packed<T>(job: LineJob, signal?: AbortSignal): Promise<Packed<T>> {
    if (this.#closed) throw new StoreError('unavailable', 'The store is closed.');
    const isSearch = !JOBS_OF_PACKING.has(job.op);
    const pool = isSearch ? this.#searchPool() : this.#packPool();
    const { requestTimeoutMs } = this.#options;
    try {
      const reply = await pool.run(job, [], isSearch ? requestTimeoutMs * REQUESTS : undefined, '', signal);
      if ('failure' in reply) throw new StoreError(reply.failure.code, reply.failure.message);
      return new Packed<T>(reply.bytes, null, reply.page);
    } catch (error) {
      throw error instanceof PoolError ? storeErrorOf(error) : error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#searches?.close(), this.#packing?.close()]);
  }

  #searchPool(): Pool {
    this.#searches ??= this.#pool(SEARCHES);
    return this.#searches;
  }

  #packPool(): Pool {
    this.#packing ??= this.#pool(1);
    return this.#packing;
  }

  #pool(threads: number): Pool {
    return new WorkerPool({
      script: this.#script,
      threads,
      onDemand: true,
      maxQueued: MAX_QUEUED,
      workerData: this.#options,
    });
  }
}

function storeErrorOf({ code, message }: PoolError): StoreError {
  switch (code) {
    case 'deadline':
      return new StoreError('deadline', 'The search of log lines took too long.');
    case 'queue-full':
      return new StoreError('busy', 'Too many searches of log lines are waiting. Retry later.');
    case 'abandoned':
      return new StoreError('abandoned', message);
    case 'thread-lost':
      return new StoreError('unavailable', `A thread that reads log lines ended: ${message}`);
    case 'closed':
      return new StoreError('unavailable', 'The store is closed.');
    case 'failed':
      return new StoreError('unavailable', message);
  }
}
