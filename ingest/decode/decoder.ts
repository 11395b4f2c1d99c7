/** The decode threads: they inflate and parse request bodies. */
import { PoolError, WorkerPool } from '../threads/worker-pool.ts';
import type { DecodeJob } from './decode-worker.ts';
import type { Decoded } from './pipeline.ts';

/** The thread ended under the job (usually out of memory), or the body made the decoder fail. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Heap of one decode thread, MB. The largest legal request needs about half of it. */
const HEAP_MB = 768;
const YOUNG_HEAP_MB = 32;
/** Bodies wait while the ingest byte budget holds them, so the budget is the limit; this one is for empty bodies. */
const MAX_QUEUED = 10_000;

export class Decoder {
  readonly #pool: WorkerPool<DecodeJob, Decoded>;

  /**
   * `workers` is the folder of the compiled worker scripts. `youngHeapMb` limits the young heap of each thread: a smaller
   * one saves memory and costs speed.
   */
  constructor(workers: URL, threads: number, youngHeapMb = YOUNG_HEAP_MB) {
    this.#pool = new WorkerPool({
      script: new URL('decode.js', workers),
      threads,
      maxQueued: MAX_QUEUED,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: youngHeapMb },
    });
  }

  /** Decodes one body. Its buffer moves to the thread: the caller must not use it afterwards. @throws DecodeError */
  async decode(job: DecodeJob): Promise<Decoded> {
    const { buffer, byteOffset, byteLength } = job.body;
    const movable =
      buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength && byteLength > 0;
    try {
      return await this.#pool.run(job, movable ? [buffer] : []);
    } catch (error) {
      throw error instanceof PoolError ? new DecodeError(error.message, { cause: error }) : error;
    }
  }

  /** Ends the threads; bodies under way are rejected. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
