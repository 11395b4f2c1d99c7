/** The decode threads: they inflate and parse request bodies. */
import { MINUTE_MS } from '../records/time.ts';
import { integer, significant } from '../text/quantities.ts';
import type { PoolOptions } from '../threads/worker-pool.ts';
import { PoolError, WorkerPool } from '../threads/worker-pool.ts';
import type { DecodedBody, DecodeJob, DecodeThreadData } from './decode-worker.ts';

/**
 * - `failed`: the thread ended under the job (usually out of memory), or the body made the decoder fail.
 * - `too-slow`: the body took longer than any that log data could fill; its thread was replaced.
 */
export type DecodeErrorCode = 'failed' | 'too-slow';

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;

  constructor(code: DecodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Bodies wait while the ingest byte budget holds them, so the budget is the limit; this one is for empty bodies. */
const MAX_QUEUED = 10_000;
/** Time for one body, and for each byte of it. 80 kB of gzip that inflate to 84 MB took 10 s on a machine with three times its load. */
const WORK_MS = 30_000;
const WORK_MS_PER_BYTE = 4000 / 1_048_576;

/** A thread without bodies for this long ends: longer than most senders wait between two requests. */
const IDLE_MS = 2 * MINUTE_MS;

export interface DecodeThreads {
  readonly threads: number;
  /** Threads that are started when one sender has all others at work. */
  readonly spareThreads: number;
  /** Heap of one thread, MB. The largest legal request needs about 400. */
  readonly heapMb: number;
  /** Young heap of one thread, MB: a smaller one saves memory and costs speed. */
  readonly youngHeapMb: number;
  /** Whether the first threads read bodies of their own when they have started: those of senders are read faster, and it takes some 30 MB. */
  readonly warmsUp: boolean;
}

/** Decodes request bodies in worker threads. They are started by {@link Decoder.start}, or by the first body. */
export class Decoder {
  readonly #options: PoolOptions;
  readonly #workMs: number;
  #pool: WorkerPool<DecodeJob, DecodedBody> | undefined;
  #closed = false;

  /**
   * `workers` is the folder of the compiled worker scripts. `workMs` limits the time for a small body.
   */
  constructor(workers: URL, { threads, spareThreads, heapMb, youngHeapMb, warmsUp }: DecodeThreads, workMs = WORK_MS) {
    this.#workMs = workMs;
    let starts = 0;
    this.#options = {
      script: new URL('decode.cjs', workers),
      threads,
      maxQueued: MAX_QUEUED,
      spareThreads,
      idleMs: IDLE_MS,
      // A later thread starts for a body that waits, and ends when it had none for a while.
      workerData: (): DecodeThreadData => {
        starts += 1;
        return { warmsUp: warmsUp && starts <= threads };
      },
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: youngHeapMb },
    };
  }

  /** Starts the threads, so that the first body does not wait for them. */
  start(): void {
    this.#started();
  }

  #started(): WorkerPool<DecodeJob, DecodedBody> {
    if (this.#closed) throw new PoolError('closed', 'the decode threads are closed');
    this.#pool ??= new WorkerPool(this.#options);
    return this.#pool;
  }

  /** Decodes one body; the bodies of different senders take turns. Its buffer moves to the thread: the caller must not use it afterwards. @throws DecodeError */
  async decode(job: DecodeJob, sender = ''): Promise<DecodedBody> {
    const { buffer, byteOffset, byteLength } = job.body;
    const movable =
      buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength && byteLength > 0;
    const mostMs = this.#workMs + byteLength * WORK_MS_PER_BYTE;
    try {
      return await this.#started().run(job, movable ? [buffer] : [], mostMs, sender);
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      if (error.code !== 'deadline') throw new DecodeError('failed', error.message, { cause: error });
      const message = `body: not decoded within ${significant(mostMs / 1000, 3)} s, the most for ${integer(byteLength)} bytes`;
      throw new DecodeError('too-slow', message, { cause: error });
    }
  }

  /** Ends the threads; bodies under way are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.close();
  }
}
