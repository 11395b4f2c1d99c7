/** Runs analyses and shapes large answers in threads of their own, so that the main thread only handles sockets and routing. */
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { PoolError, WorkerPool } from '../../../ingest/threads/worker-pool.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import type { MaybePacked } from '../../storage/packed.ts';
import { Packed } from '../../storage/packed.ts';
import { StoreError } from '../../storage/ports.ts';

/** What an analysis thread runs: a task by its name. */
export interface AnalysisJob {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Positions of the arguments that are bytes of storage/packed.ts. */
  readonly packed: readonly number[];
}

/** Answers have a thread of their own, so that none waits for an analysis, which may take a second. */
const ANSWER_THREADS = 1;
/** Jobs that may wait for a thread; more are rejected. */
const MAX_QUEUED = 128;
const YOUNG_HEAP_MB = 16;

/** Sizes of the pool: threads of analyses, and heaps of each thread in MB; null leaves the old one to V8. */
export interface AnalysisThreads {
  readonly analysts: number;
  readonly youngHeapMb: number;
  readonly otherHeapMb: number | null;
}

const USUAL: AnalysisThreads = { analysts: 2, youngHeapMb: YOUNG_HEAP_MB, otherHeapMb: null };

type Pool = WorkerPool<AnalysisJob, unknown>;

export class AnalysisPool {
  readonly #workers: URL;
  readonly #deadlineMs: number;
  readonly #threads: AnalysisThreads;
  /** Started by the first analysis. */
  #analyses: Pool | undefined;
  /** Started by the first answer. */
  #answers: Pool | undefined;
  #closed = false;

  /** `workers` is the folder of the compiled worker scripts; `deadlineMs` limits each job, waiting included. */
  constructor(workers: URL, deadlineMs: number, threads: AnalysisThreads = USUAL) {
    this.#workers = workers;
    this.#threads = threads;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Runs one of {@link AnalysisTasks}. Packed answers of the store among the arguments move to the thread and are unpacked
   * there. Rejects with {@link StoreError}: `deadline` if it took too long, `unavailable` if
   * too many wait or its thread ended.
   */
  async run<K extends keyof AnalysisTasks>(
    name: K,
    ...args: MaybePacked<Parameters<AnalysisTasks[K]>>
  ): Promise<ReturnType<AnalysisTasks[K]>> {
    return (await this.#call(() => (this.#analyses ??= this.#pool(this.#threads.analysts)), name, args)) as ReturnType<
      AnalysisTasks[K]
    >;
  }

  /**
   * Shapes an answer; shapeAnswer names the tasks. Packed arguments and rejections are those of {@link run}.
   */
  shape(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#call(() => (this.#answers ??= this.#pool(ANSWER_THREADS)), name, args);
  }

  /** Ends the threads; jobs under way are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#analyses?.close(), this.#answers?.close()]);
  }

  async #call(poolOf: () => Pool, name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) throw new StoreError('unavailable', 'The server is shutting down.');
    try {
      const { job, transfer } = jobOf(name, args);
      return await poolOf().run(job, transfer);
    } catch (error) {
      if (!(error instanceof PoolError) || error.code === 'failed') throw error;
      if (error.code === 'deadline')
        throw new StoreError('deadline', `The analysis took longer than ${this.#deadlineMs} ms.`);
      if (error.code === 'queue-full') throw new StoreError('busy', 'Too many analyses are waiting. Retry later.');
      throw new StoreError('unavailable', `The analysis did not run: ${error.message}`);
    }
  }

  #pool(threads: number): Pool {
    return new WorkerPool({
      script: new URL('analysis.cjs', this.#workers),
      threads,
      // A second thread takes 0.15 s of CPU time and 13 MB, and most analyses come one after the other.
      onDemand: true,
      idleMs: MINUTE_MS,
      maxQueued: MAX_QUEUED,
      deadlineMs: this.#deadlineMs,
      resourceLimits: {
        maxYoungGenerationSizeMb: Math.min(YOUNG_HEAP_MB, this.#threads.youngHeapMb),
        ...(this.#threads.otherHeapMb === null ? {} : { maxOldGenerationSizeMb: this.#threads.otherHeapMb }),
      },
    });
  }
}

function jobOf(name: string, args: readonly unknown[]): { job: AnalysisJob; transfer: readonly ArrayBuffer[] } {
  const packed: number[] = [];
  const transfer: ArrayBuffer[] = [];
  const given = args.map((arg, at) => {
    if (!(arg instanceof Packed)) return arg;
    if (arg.bytes === null) return arg.value as unknown;
    packed.push(at);
    transfer.push(arg.bytes.buffer);
    return arg.bytes;
  });
  return { job: { name, args: given, packed }, transfer };
}
