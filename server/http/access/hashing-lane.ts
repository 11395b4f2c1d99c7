/** Runs expensive work one after the other, and refuses what would wait long: bounds memory and processors. */

/** The lane is full: the work was not begun. */
export class LaneFullError extends Error {
  override readonly name = 'LaneFullError';
}

export class HashingLane {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `atOnce` tasks run at the same time; `mostWaiting` more wait. */
  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** Runs the work in its turn. @throws LaneFullError without running it if too much work waits. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#mostWaiting) throw new LaneFullError('too many passwords are being checked');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      // The place passes to the next in line, so that no other job overtakes it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
