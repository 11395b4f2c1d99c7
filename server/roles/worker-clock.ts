/**
 * The clock of a worker beside the server. It is guarded as the server's (clock/guarded-clock.ts), but a worker stores nothing: it
 * compares its system clock with the one of ClickHouse, at start and whenever it is in doubt.
 */
import type { Logger } from 'pino';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { ClockSource } from '../clock/guarded-clock.ts';
import { GuardedClock } from '../clock/guarded-clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import { clockSentence } from '../jobs/clock-watch.ts';

/** What agrees with ClickHouse to this much is right. */
const AGREES_MS = HOUR_MS;
const UNTIL = 'until the clock of ClickHouse agrees with it';

export interface WorkerClockOptions {
  /** Reads the clock of ClickHouse, epoch ms. */
  readonly serverMs: () => Promise<number>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly source?: ClockSource | undefined;
}

export class WorkerClock {
  readonly #options: WorkerClockOptions;
  readonly #source: ClockSource;
  readonly #clock: GuardedClock;
  #isReported = false;

  constructor(options: WorkerClockOptions) {
    this.#options = options;
    this.#source = options.source ?? systemClock();
    this.#clock = new GuardedClock(this.#source);
  }

  /** The time to go by, epoch ms. */
  now(): number {
    return this.#clock.now();
  }

  /** Starts from the time of ClickHouse. Call once. @throws StoreError if it cannot be read. */
  async start(): Promise<void> {
    const wallMs = await this.#options.serverMs();
    const { bootId } = this.#source;
    this.#clock.resume(bootId === '' ? null : { wallMs, uptimeMs: this.#source.uptime(), bootId }, wallMs);
    this.#report();
  }

  /** Reports a clock that is not plausible, and follows it once ClickHouse agrees. @throws StoreError */
  async round(): Promise<void> {
    if (this.#clock.doubt() !== null) {
      const serverMs = await this.#options.serverMs();
      if (Math.abs(serverMs - this.#source.wall()) <= AGREES_MS) this.#clock.accept();
    }
    this.#report();
  }

  /** What is wrong with the system clock and what that means; null if it is plausible. */
  sentence(): string | null {
    return clockSentence(this.#clock.doubt(), UNTIL);
  }

  #report(): void {
    const sentence = this.sentence();
    if ((sentence !== null) === this.#isReported) return;
    this.#isReported = sentence !== null;
    if (sentence === null) this.#options.log.info('the system clock is plausible again');
    else this.#options.log.warn(sentence);
  }
}
