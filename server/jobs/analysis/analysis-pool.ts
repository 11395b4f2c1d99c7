/** Runs analyses in threads of their own, so that the main thread only handles sockets, routing and JSON. */
import { PoolError, WorkerPool } from '../../../ingest/threads/worker-pool.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import { StoreError } from '../../storage/ports.ts';
import type { AnalysisJob } from './analysis-worker.ts';

const THREADS = 2;
/** Analyses that may wait for a thread; more are rejected. */
const MAX_QUEUED = 128;
const YOUNG_HEAP_MB = 16;

export class AnalysisPool {
  readonly #workers: URL;
  readonly #deadlineMs: number;
  /** Started by the first analysis. */
  #pool: WorkerPool<AnalysisJob, unknown> | undefined;
  #closed = false;

  /** `workers` is the folder of the compiled worker scripts; `deadlineMs` limits each analysis, waiting included. */
  constructor(workers: URL, deadlineMs: number) {
    this.#workers = workers;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Runs one of {@link AnalysisTasks}. Rejects with {@link StoreError}: `deadline` if it took too long, `unavailable` if
   * too many wait or its thread ended.
   */
  async run<K extends keyof AnalysisTasks>(
    name: K,
    ...args: Parameters<AnalysisTasks[K]>
  ): Promise<ReturnType<AnalysisTasks[K]>> {
    if (this.#closed) throw new StoreError('unavailable', 'The server is shutting down.');
    this.#pool ??= new WorkerPool({
      script: new URL('analysis.js', this.#workers),
      threads: THREADS,
      maxQueued: MAX_QUEUED,
      deadlineMs: this.#deadlineMs,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    try {
      return (await this.#pool.run({ name, args })) as ReturnType<AnalysisTasks[K]>;
    } catch (error) {
      if (!(error instanceof PoolError) || error.code === 'failed') throw error;
      if (error.code === 'deadline')
        throw new StoreError('deadline', `The analysis took longer than ${this.#deadlineMs} ms.`);
      throw new StoreError('unavailable', `The analysis did not run: ${error.message}`);
    }
  }

  /** Ends the threads; analyses under way are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.close();
  }
}
