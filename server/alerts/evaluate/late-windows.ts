/** How many samples closed windows held when they were looked at: more of them later came late. In memory only. */
import type { Measured } from '../rules/rule.ts';

export class LateWindows {
  readonly #samples = new Map<string, Map<number, number>>();

  /** What is older than `forgetBeforeMs` is let go. */
  remember(ruleId: string, tickMs: number, measured: readonly Measured[], forgetBeforeMs: number): void {
    const known = this.#samples.get(ruleId) ?? new Map<number, number>();
    this.#samples.set(ruleId, known);
    known.set(tickMs, this.count(measured));
    for (const tick of known.keys()) if (tick < forgetBeforeMs) known.delete(tick);
  }

  /** Null where nobody looked, or a restart forgot. */
  samples(ruleId: string, tickMs: number): number | null {
    return this.#samples.get(ruleId)?.get(tickMs) ?? null;
  }

  count(measured: readonly Measured[]): number {
    return measured.reduce((sum, { n }) => sum + n, 0);
  }
}
