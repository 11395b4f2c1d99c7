/** Throttles sign-ins after failures, per client and in total. In memory: a restart resets it. */

const MOST_FAILURES = 10;
const MOST_FAILURES_IN_ALL = 100;
const WINDOW_MS = 15 * 60_000;
const MOST_CLIENTS = 10_000;

interface Failures {
  n: number;
  firstMs: number;
}

export class LoginThrottle {
  readonly #now: () => number;
  readonly #clients = new Map<string, Failures>();
  #all: Failures = { n: 0, firstMs: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until the next attempt is allowed; 0 if it is allowed now. */
  waitOf(client: string): number {
    const own = this.#clients.get(client);
    return Math.max(this.#wait(own, MOST_FAILURES), this.#wait(this.#all, MOST_FAILURES_IN_ALL));
  }

  failed(client: string): void {
    if (this.#clients.size >= MOST_CLIENTS) this.#clients.clear();
    const own = this.#clients.get(client) ?? { n: 0, firstMs: 0 };
    this.#clients.set(client, own);
    for (const failures of [own, this.#all]) {
      if (this.#now() - failures.firstMs > WINDOW_MS) Object.assign(failures, { n: 0, firstMs: this.#now() });
      failures.n += 1;
    }
  }

  succeeded(client: string): void {
    this.#clients.delete(client);
  }

  #wait(failures: Failures | undefined, most: number): number {
    if (failures === undefined || failures.n < most) return 0;
    return Math.max(0, Math.ceil((failures.firstMs + WINDOW_MS - this.#now()) / 1000));
  }
}
