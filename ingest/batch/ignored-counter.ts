/** Counts ignored events by reason. */
import type { IgnoredCounts, IgnoredReason } from '../records/ignored.ts';

export class IgnoredCounter {
  readonly #byReason = new Map<IgnoredReason, number>();

  add(reason: IgnoredReason, n = 1): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + n);
  }

  counts(): IgnoredCounts {
    return [...this.#byReason];
  }

  total(): number {
    return [...this.#byReason.values()].reduce((sum, n) => sum + n, 0);
  }
}
