/** Answers that cost much and change slowly: worked out once in a while, by one asker for all that ask meanwhile. */

interface Kept<T> {
  readonly untilMs: number;
  readonly answer: Promise<T>;
}

export class SingleFlightCache<T> {
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #kept = new Map<string, Kept<T>>();

  /** Keeps each answer for `ttlMs`, of `most` questions at a time. */
  constructor(ttlMs: number, most: number) {
    this.#ttlMs = ttlMs;
    this.#most = most;
  }

  /** The answer to `question`, worked out by `work` where none is kept. What fails is not kept. */
  ask(question: string, nowMs: number, work: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(question);
    if (kept !== undefined && nowMs < kept.untilMs && nowMs >= kept.untilMs - this.#ttlMs) return kept.answer;
    const answer = work();
    this.#kept.delete(question);
    this.#kept.set(question, { untilMs: nowMs + this.#ttlMs, answer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    answer.catch(() => this.#kept.delete(question));
    return answer;
  }
}
