/** Detects late data: remembers how many samples a window had when it was evaluated. In memory only. */
import type { Measured } from '../rules/rule.ts';

export class LateWindows {
  readonly #samples = new Map<string, Map<number, number>>();

  /** Records the samples of a window, and drops windows older than `dropBeforeMs`. */
  record(ruleId: string, tickMs: number, measured: readonly Measured[], dropBeforeMs: number): void {
    const known = this.#samples.get(ruleId) ?? new Map<number, number>();
    this.#samples.set(ruleId, known);
    known.set(tickMs, this.count(measured));
    for (const tick of known.keys()) if (tick < dropBeforeMs) known.delete(tick);
  }

  /** Samples at the time of evaluation; null if the window was not evaluated by this process. */
  samples(ruleId: string, tickMs: number): number | null {
    return this.#samples.get(ruleId)?.get(tickMs) ?? null;
  }

  count(measured: readonly Measured[]): number {
    return measured.reduce((sum, { n }) => sum + n, 0);
  }
}
