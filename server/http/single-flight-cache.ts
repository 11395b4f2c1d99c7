/** Caches expensive answers. Concurrent requests for the same key share one computation. */

interface Kept<T> {
  readonly untilMs: number;
  readonly answer: Promise<T>;
}

export class SingleFlightCache<T> {
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #kept = new Map<string, Kept<T>>();

  /** Caches answers for `ttlMs`, for up to `most` keys. */
  constructor(ttlMs: number, most: number) {
    this.#ttlMs = ttlMs;
    this.#most = most;
  }

  /** Returns the cached answer, or computes it with `work`. Failures are not cached. */
  get(key: string, nowMs: number, work: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && nowMs < kept.untilMs && nowMs >= kept.untilMs - this.#ttlMs) return kept.answer;
    const answer = work();
    this.#kept.delete(key);
    this.#kept.set(key, { untilMs: nowMs + this.#ttlMs, answer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    answer.catch(() => this.#kept.delete(key));
    return answer;
  }
}
