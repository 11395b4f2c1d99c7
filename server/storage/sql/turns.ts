/** Turns of the queries of the SQL console: few run at once, a few more wait, and the rest are sent away. */

/** Queries that run at once, and that wait for them. */
const MOST_RUNNING = 2;
const MOST_WAITING = 8;

export class QueryTurns {
  /** Called when it is their turn. */
  readonly #waiting = new Set<() => void>();
  #free = MOST_RUNNING;

  /** Runs the work in its turn. `busy`: too many wait already; `left`: the client left before its turn. */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T | 'busy' | 'left'> {
    if (hasLeft(signal)) return 'left';
    if (this.#free === 0 && this.#waiting.size >= MOST_WAITING) return 'busy';
    if (!(await this.#turn(signal))) return 'left';
    try {
      // The client may have left between two turns of the event loop.
      return hasLeft(signal) ? 'left' : await work();
    } finally {
      this.#free += 1;
      const [next] = this.#waiting;
      next?.();
    }
  }

  /** Takes a place. False if the client left before. */
  #turn(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const end = (isTaken: boolean): void => {
        this.#waiting.delete(take);
        signal?.removeEventListener('abort', leave);
        resolve(isTaken);
      };
      const take = (): void => {
        this.#free -= 1;
        end(true);
      };
      const leave = (): void => end(false);
      this.#waiting.add(take);
      signal?.addEventListener('abort', leave);
    });
  }
}

function hasLeft(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
