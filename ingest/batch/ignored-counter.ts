/** Counts ignored events by reason. */
import type { IgnoredCounts, IgnoredReason } from '../records/ignored.ts';

export class IgnoredCounter {
  readonly #byReason = new Map<IgnoredReason, number>();
  /** That of the last event, which the next one usually has too, and how many had it in a row. */
  #last: IgnoredReason | null = null;
  #n = 0;

  add(reason: IgnoredReason, n = 1): void {
    if (reason !== this.#last) {
      this.#settle();
      this.#last = reason;
    }
    this.#n += n;
  }

  #settle(): void {
    if (this.#last !== null) this.#byReason.set(this.#last, (this.#byReason.get(this.#last) ?? 0) + this.#n);
    this.#n = 0;
  }

  counts(): IgnoredCounts {
    this.#settle();
    return [...this.#byReason];
  }

  total(): number {
    this.#settle();
    return [...this.#byReason.values()].reduce((sum, n) => sum + n, 0);
  }
}
