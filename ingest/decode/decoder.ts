/** Hands bodies to decode threads and brings their batches back. A thread that dies takes only its own job with it. */
import { Worker } from 'node:worker_threads';
import type { DecodeJob, DecodeReply } from './decode-worker.ts';
import type { Decoded } from './pipeline.ts';

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;
export type DecodeRequest = Unnumbered<DecodeJob>;

interface Waiting {
  resolve(result: Decoded): void;
  reject(error: Error): void;
}

/** Thrown when a thread ended under a job: out of memory, usually. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Heap of one decode thread. The largest legal request needs about half of it. */
const HEAP_MB = 768;

export class Decoder {
  readonly #workers: URL;
  readonly #youngMb: number;
  readonly #threads: { worker: Worker; readonly waiting: Map<number, Waiting> }[];
  #nextId = 1;
  #closed = false;

  /** `youngMb` is the young heap of each thread: less of it is slower and smaller. */
  constructor(workers: URL, threads: number, youngMb = 32) {
    this.#workers = workers;
    this.#youngMb = youngMb;
    this.#threads = Array.from({ length: threads }, () => this.#thread());
  }

  /** Decodes one body; its buffer moves to the thread and is gone here. */
  decode(request: DecodeRequest): Promise<Decoded> {
    const thread = this.#threads.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
    if (thread === undefined || this.#closed) return Promise.reject(new DecodeError('shutting down'));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      const { buffer, byteOffset, byteLength } = request.body;
      const whole =
        buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength && byteLength > 0;
      thread.worker.postMessage({ ...request, id }, whole ? [buffer] : []);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread.worker.terminate()));
  }

  #thread() {
    const thread = { worker: undefined as unknown as Worker, waiting: new Map<number, Waiting>() };
    this.#start(thread);
    return thread;
  }

  #start(thread: { worker: Worker; readonly waiting: Map<number, Waiting> }): void {
    const worker = new Worker(new URL('decode.js', this.#workers), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: this.#youngMb },
    });
    thread.worker = worker;
    worker.on('message', (reply: DecodeReply) => {
      const waiting = thread.waiting.get(reply.id);
      if (reply.result !== null) waiting?.resolve(reply.result);
      else waiting?.reject(new DecodeError(reply.error));
      thread.waiting.delete(reply.id);
    });
    worker.on('error', (error) => this.#lost(thread, error.message));
    worker.on('exit', () => {
      this.#lost(thread, 'the decoder ended');
      if (!this.#closed && thread.worker === worker) this.#start(thread);
    });
  }

  #lost(thread: { readonly waiting: Map<number, Waiting> }, message: string): void {
    for (const waiting of thread.waiting.values()) waiting.reject(new DecodeError(message));
    thread.waiting.clear();
  }
}
