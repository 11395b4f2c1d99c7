/**
 * A fixed number of worker threads over one bounded queue. A thread works on one job at a time. One that fails, ends or
 * exceeds a deadline loses its own job only: it is removed at once, another is started, and the queue continues.
 */
import { setMaxListeners } from 'node:events';
import type { ResourceLimits } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { FairQueue } from './fair-queue.ts';
import type { ThreadReply } from './serve-jobs.ts';

export interface PoolOptions {
  /** Compiled script that calls `serveJobs`. */
  readonly script: URL;
  readonly threads: number;
  /** Starts with one thread. Another is started when a job has waited for {@link DEMAND_MS} because all others are at work. */
  readonly onDemand?: boolean;
  /** Jobs that may wait for a thread. More are rejected with `queue-full`. */
  readonly maxQueued: number;
  /** The same for one lane; without it a lane may fill the queue. */
  readonly maxQueuedInLane?: number;
  /** Threads that a lane may have at work at once, where that is fewer than all. */
  readonly laneThreads?: Readonly<Record<string, number>>;
  /**
   * Threads that are started only when one lane has all others at work, and do the jobs of other lanes. Without it lanes take turns,
   * but wait for each other.
   */
  readonly spareThreads?: number;
  /** From `run` to the result, ms, waiting included. Without it a job may take any time. */
  readonly deadlineMs?: number;
  /** Ends threads that had no job for this long, ms; a job that finds none starts one again. Without it threads are kept. */
  readonly idleMs?: number;
  /** Threads that are kept although they are idle; none if not given. */
  readonly keptThreads?: number;
  /** What a thread is given; a function is called for each thread that starts. */
  readonly workerData?: unknown;
  readonly resourceLimits?: ResourceLimits;
}

/**
 * - `failed`: the job threw; the thread continues.
 * - `thread-lost`: the thread ended under the job, or no thread can be started.
 * - `deadline`: no result in time; the thread that worked on it is terminated.
 * - `abandoned`: its caller no longer waits for the result; a thread that works on it is terminated unless it is done at once.
 * - `queue-full`, `closed`: the job was not accepted.
 */
export type PoolErrorCode = 'failed' | 'thread-lost' | 'deadline' | 'abandoned' | 'queue-full' | 'closed';

export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: PoolErrorCode;

  constructor(code: PoolErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface Task {
  readonly job: unknown;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: PoolError) => void;
  /** Longest time that a thread may work on it, ms. */
  readonly workMs: number | undefined;
  readonly lane: string;
  timer: NodeJS.Timeout | undefined;
  /** Ends the wait for the signal of its caller. */
  unlisten: () => void;
}

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  task: Task | null;
  /** End of its last job, ms of performance.now(). */
  idleSinceMs: number;
}

/** A thread that works on an abandoned job may end it within this time, ms, because its replacement takes about as long to start. */
const ABANDONED_MS = 50;
/** A few short jobs at once are done by one thread before another has started, which takes some 30 ms and 0.1 s of CPU. */
const DEMAND_MS = 50;
/** Delay before a thread that could not start is started again; doubles up to the maximum. */
const RESTART_MS = 50;
const MAX_RESTART_MS = 2000;

/** `Job` and `Result` are what the script's handler takes and returns. */
export class WorkerPool<Job, Result> {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread>();
  /** Terminated, but still inside a call that cannot be interrupted (a statement of SQLite). */
  readonly #ending = new Set<Worker>();
  readonly #queue = new FairQueue<Task>();
  /** Threads besides the spare ones. */
  #wanted: number;
  #spares = 0;
  #failedStarts = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Starts another thread for jobs that still wait then. */
  #demanding: NodeJS.Timeout | undefined;
  /** Ends idle threads. */
  #idling: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#wanted = options.onDemand === true ? 1 : options.threads;
    this.#startMissing();
  }

  /**
   * Runs one job; buffers in `transfer` move to the thread. A thread that works on it for longer than `workMs`, time in the queue
   * excluded, is replaced, and the job fails with `deadline`. Jobs of different lanes take turns. An aborted `signal` frees the
   * place of the job in the queue, or its thread. Rejects with {@link PoolError}.
   */
  run(
    job: Job,
    transfer: readonly ArrayBuffer[] = [],
    workMs?: number,
    lane = '',
    signal?: AbortSignal,
  ): Promise<Result> {
    if (this.#closed) return Promise.reject(new PoolError('closed', 'the thread pool is closed'));
    if (signal?.aborted === true) return Promise.reject(abandoned());
    const thread = this.#admits(lane) ? this.#idleThread() : undefined;
    if (thread === undefined && this.#isFull(lane)) {
      return Promise.reject(new PoolError('queue-full', `${this.#queue.size} jobs are waiting`));
    }
    return new Promise((resolve, reject) => {
      const task: Task = {
        job,
        transfer,
        resolve: resolve as (value: unknown) => void,
        reject,
        workMs,
        lane,
        timer: undefined,
        unlisten: () => undefined,
      };
      if (signal !== undefined) {
        const abandon = (): void => this.#abandon(task);
        // A request may ask more questions at once than Node expects listeners; each listener goes with its job.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', abandon, { once: true });
        task.unlisten = () => signal.removeEventListener('abort', abandon);
      }
      const { deadlineMs } = this.#options;
      if (deadlineMs !== undefined) task.timer = setTimeout(() => this.#expire(task, deadlineMs), deadlineMs);
      if (thread === undefined) {
        this.#queue.add(lane, task);
        this.#startDemandedLater();
        this.#startSpare();
      } else this.#assign(thread, task);
    });
  }

  /** Ends the threads. Jobs under way and jobs that wait are rejected with `closed`. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    clearTimeout(this.#demanding);
    clearTimeout(this.#idling);
    const error = new PoolError('closed', 'the thread pool is closed');
    this.#rejectQueued(error);
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const { task } of threads) if (task !== null) settle(task).reject(error);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.ready && thread.task === null) return thread;
    return undefined;
  }

  #assign(thread: Thread, task: Task): void {
    thread.task = task;
    const { workMs } = task;
    if (workMs !== undefined) {
      clearTimeout(task.timer);
      task.timer = setTimeout(() => this.#expire(task, workMs), workMs);
    }
    try {
      thread.worker.postMessage(task.job, task.transfer);
    } catch (error) {
      // A job that cannot be cloned never reaches the thread.
      thread.task = null;
      settle(task).reject(new PoolError('failed', messageOf(error)));
      this.#assignNext(thread);
    }
  }

  #assignNext(thread: Thread): void {
    if (!this.#threads.has(thread) || !thread.ready || thread.task !== null) return;
    const next = this.#queue.take((lane) => this.#admits(lane));
    if (next === undefined) return;
    this.#assign(thread, next);
    this.#startSpare();
  }

  /** One lane can have all threads but the spare ones. */
  #admits(lane: string): boolean {
    const { threads, laneThreads = {} } = this.#options;
    return this.#running(lane) < Math.min(threads, laneThreads[lane] ?? threads);
  }

  #isFull(lane: string): boolean {
    const { maxQueued, maxQueuedInLane = maxQueued } = this.#options;
    return this.#queue.size >= maxQueued || this.#queue.sizeOf(lane) >= maxQueuedInLane;
  }

  #running(lane: string): number {
    let n = 0;
    for (const { task } of this.#threads) if (task?.lane === lane) n += 1;
    return n;
  }

  #startDemandedLater(): void {
    if (this.#wanted === 0) this.#startDemanded();
    else if (this.#wanted < this.#options.threads)
      this.#demanding ??= setTimeout(() => {
        this.#demanding = undefined;
        this.#startDemanded();
      }, DEMAND_MS);
  }

  #startDemanded(): void {
    const { threads } = this.#options;
    const atWork = [...this.#threads].filter(({ task }) => task !== null).length;
    const demanded = Math.min(threads, atWork + this.#queue.size);
    if (demanded <= this.#wanted) return;
    this.#wanted = demanded;
    this.#startMissing();
  }

  /** Starts a spare thread if a lane waits that has none at work, because others have them all. */
  #startSpare(): void {
    const { spareThreads = 0 } = this.#options;
    if (this.#spares >= spareThreads || ![...this.#threads].every(({ task }) => task !== null)) return;
    if (!this.#queue.some((lane) => this.#running(lane) === 0)) return;
    this.#spares += 1;
    this.#startMissing();
  }

  #expire(task: Task, deadlineMs: number): void {
    const error = new PoolError('deadline', `took longer than ${deadlineMs} ms`);
    if (this.#queue.delete(task.lane, task)) {
      settle(task).reject(error);
      return;
    }
    for (const thread of this.#threads) if (thread.task === task) this.#discard(thread, error);
  }

  /** The caller no longer waits: rejects at once, and frees the thread at work if it does not end soon. */
  #abandon(task: Task): void {
    settle(task).reject(abandoned());
    if (!this.#queue.delete(task.lane, task))
      task.timer = setTimeout(() => this.#expire(task, ABANDONED_MS), ABANDONED_MS);
  }

  /** Keeps the number of threads; while terminated ones have not ended there are at most twice as many. */
  #startMissing(): void {
    const threads = this.#wanted + this.#spares;
    while (!this.#closed && this.#threads.size < threads && this.#threads.size + this.#ending.size < 2 * threads) {
      this.#start();
    }
  }

  #start(): void {
    const { script, workerData: given, resourceLimits } = this.#options;
    const workerData: unknown = typeof given === 'function' ? given() : given;
    const worker = new Worker(script, { workerData, ...(resourceLimits === undefined ? {} : { resourceLimits }) });
    const thread: Thread = { worker, ready: false, task: null, idleSinceMs: performance.now() };
    this.#threads.add(thread);
    worker.on('message', (reply: ThreadReply) => this.#receive(thread, reply));
    worker.on('error', (error) => this.#discard(thread, new PoolError('thread-lost', messageOf(error))));
    worker.on('exit', () => {
      this.#discard(thread, new PoolError('thread-lost', 'the thread ended'));
      this.#ending.delete(worker);
      if (this.#restart === undefined) this.#startMissing();
    });
  }

  #receive(thread: Thread, reply: ThreadReply): void {
    if (!this.#threads.has(thread)) return;
    if (reply.kind === 'ready') {
      thread.ready = true;
      this.#failedStarts = 0;
    } else {
      const { task } = thread;
      thread.task = null;
      if (task !== null && reply.kind === 'result') settle(task).resolve(reply.value);
      if (task !== null && reply.kind === 'failure') settle(task).reject(failureOf(reply));
    }
    thread.idleSinceMs = performance.now();
    this.#assignNext(thread);
    this.#endIdleLater();
  }

  /** Arms one timer for all threads: under load it runs once in a while, not with each job. */
  #endIdleLater(): void {
    const { idleMs, keptThreads = 0 } = this.#options;
    if (idleMs === undefined || this.#idling !== undefined || this.#closed || this.#threads.size <= keptThreads) return;
    const idle = [...this.#threads].filter(({ ready, task }) => ready && task === null);
    if (idle.length === 0) return;
    const nextMs = Math.min(...idle.map(({ idleSinceMs }) => idleSinceMs)) + idleMs - performance.now();
    this.#idling = setTimeout(
      () => {
        this.#idling = undefined;
        this.#endIdle(idleMs, keptThreads);
        this.#endIdleLater();
      },
      Math.max(1, Math.ceil(nextMs)),
    ).unref();
  }

  #endIdle(idleMs: number, keptThreads: number): void {
    const beforeMs = performance.now() - idleMs;
    for (const thread of this.#threads) {
      if (this.#threads.size <= keptThreads) return;
      if (!thread.ready || thread.task !== null || thread.idleSinceMs > beforeMs) continue;
      if (this.#spares > 0) this.#spares -= 1;
      else this.#wanted -= 1;
      this.#threads.delete(thread);
      this.#ending.add(thread.worker);
      void thread.worker.terminate();
    }
  }

  /** Removes the thread at the first sign of its end, so that it gets no further job. */
  #discard(thread: Thread, error: PoolError): void {
    if (!this.#threads.delete(thread)) return;
    if (thread.task !== null) settle(thread.task).reject(error);
    thread.task = null;
    this.#ending.add(thread.worker);
    void thread.worker.terminate();
    if (thread.ready) this.#startMissing();
    else this.#restartLater(error);
  }

  /** Starts a thread again after a delay. Where threads repeatedly fail to start, waiting jobs are rejected with the cause. */
  #restartLater(error: PoolError): void {
    const anyReady = [...this.#threads].some((thread) => thread.ready);
    if (this.#failedStarts > 0 && !anyReady) this.#rejectQueued(error);
    if (this.#restart !== undefined || this.#closed) return;
    const delayMs = Math.min(MAX_RESTART_MS, RESTART_MS * 2 ** this.#failedStarts);
    this.#failedStarts += 1;
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#startMissing();
    }, delayMs);
  }

  #rejectQueued(error: PoolError): void {
    for (const task of this.#queue.clear()) settle(task).reject(error);
  }
}

function settle(task: Task): Task {
  clearTimeout(task.timer);
  task.unlisten();
  return task;
}

function abandoned(): PoolError {
  return new PoolError('abandoned', 'the client no longer waits for the result');
}

/** With the stack of the thread, which is where the fault is. */
function failureOf({ message, stack }: Extract<ThreadReply, { kind: 'failure' }>): PoolError {
  const error = new PoolError('failed', message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
