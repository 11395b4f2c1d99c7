/**
 * Spreads requests that arrive at once over several turns of the event loop, one for each turn, so that other sockets, replies
 * of threads and timers are served in between.
 */
export class Turns {
  readonly #later: (resume: () => void) => void;
  readonly #waiting: (() => void)[] = [];

  /** `later` calls back in the next turn of the event loop. */
  constructor(later: (resume: () => void) => void) {
    this.#later = later;
  }

  /** Resolves in a turn of the caller's own, in the order of the calls. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#arm();
    });
  }

  #arm(): void {
    this.#later(() => {
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#arm();
    });
  }
}
