/** Runs periodic jobs: the one schedule of servers, workers and collectors. */
import { SECOND_MS } from '../../ingest/records/time.ts';

export interface Job {
  /** For log messages. */
  readonly name: string;
  /** Pause between the end of one run and the start of the next, ms; of a second or more, to within {@link GRID_MS}. */
  readonly pauseMs: number;
  /** Delay before the first run, ms. */
  readonly firstDelayMs: number;
  /** One run. The signal is aborted when the schedule stops. */
  run(signal: AbortSignal): Promise<unknown>;
}

/**
 * Jobs begin at multiples of this, and return to whole seconds, so that an idle process wakes once for those that are due at about the
 * same time. A pause differs by as much at most.
 */
const GRID_MS = 250;
/** Shorter pauses are kept as they are. */
const SHORT_MS = SECOND_MS;

export class Schedule {
  readonly #stopping = new AbortController();
  readonly #timers = new Map<Job, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown, job: Job) => void;

  /** `onError` is called for each failed run; the job runs again after its pause. */
  constructor(onError: (error: unknown, job: Job) => void) {
    this.#onError = onError;
  }

  /** Aborted when the schedule stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Adds a job. Runs of one job never overlap. */
  add(job: Job): void {
    this.#arm(job, job.firstDelayMs);
  }

  /** Cancels all jobs at once. Resolves when runs in progress have ended; their errors are ignored. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#running);
  }

  #arm(job: Job, delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    const start = (): void => {
      this.#timers.delete(job);
      const run = this.#run(job).finally(() => {
        this.#running.delete(run);
        this.#arm(job, job.pauseMs);
      });
      this.#running.add(run);
    };
    this.#timers.set(job, setTimeout(start, delayMs < SHORT_MS ? delayMs : toGrid(delayMs)));
  }

  async #run(job: Job): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await job.run(signal);
    } catch (error) {
      if (!signal.aborted) this.#onError(error, job);
    }
  }
}

/** The delay until the multiple of {@link GRID_MS} that is nearest to a whole second, of those within {@link GRID_MS} of its end. */
function toGrid(delayMs: number): number {
  const nowMs = performance.now();
  const dueMs = nowMs + delayMs;
  const wholeMs = Math.round(dueMs / SECOND_MS) * SECOND_MS;
  const earliestMs = Math.ceil((dueMs - GRID_MS) / GRID_MS) * GRID_MS;
  const latestMs = Math.floor((dueMs + GRID_MS) / GRID_MS) * GRID_MS;
  return Math.ceil(Math.min(Math.max(wholeMs, earliestMs), latestMs) - nowMs);
}
