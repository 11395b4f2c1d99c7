/** Calls on files from the main thread: another thread makes them, so that a disk that hangs stops that thread only. */
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { PoolError, WorkerPool } from '../../../ingest/threads/worker-pool.ts';
import { StoreError } from '../ports/errors.ts';
import type { FileTasks } from './tasks.ts';

export interface FileJob {
  readonly name: keyof FileTasks;
  readonly args: readonly unknown[];
}

/** Calls that may wait behind one that hangs. */
const MAX_QUEUED = 100;
const YOUNG_HEAP_MB = 4;

export class FileThread {
  readonly #pool: WorkerPool<FileJob, unknown>;

  /** `workers` is the folder of the compiled worker scripts. */
  constructor(workers: URL) {
    this.#pool = new WorkerPool({
      script: new URL('files.cjs', workers),
      threads: 1,
      maxQueued: MAX_QUEUED,
      // At rest the writer measures the disk.
      onDemand: true,
      idleMs: MINUTE_MS,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
  }

  /** Runs one of {@link FileTasks}. Rejects with a StoreError (`unavailable`) with the reason of the system. */
  async run<K extends keyof FileTasks>(
    name: K,
    ...args: Parameters<FileTasks[K]>
  ): Promise<Awaited<ReturnType<FileTasks[K]>>> {
    try {
      return (await this.#pool.run({ name, args })) as Awaited<ReturnType<FileTasks[K]>>;
    } catch (error) {
      if (error instanceof PoolError) throw new StoreError('unavailable', error.message);
      throw error;
    }
  }

  /** Ends the thread; calls under way are rejected. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
