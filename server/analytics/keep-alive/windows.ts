/** Draws idle windows from a survival curve, for simulations. */
import type { Dice } from '../statistics/bootstrap.ts';
import type { Survival } from './survival.ts';

/**
 * Returns an idle window, ms, for each draw: the inverse of the curve, linear between its points. Environments that outlive
 * the data are kept for as long as the data shows.
 */
export function idleWindowsOf({ curve }: Pick<Survival, 'curve'>): (dice: Dice) => number {
  return (dice) => {
    const left = 1 - dice();
    const at = curve.findIndex((point) => point.survival <= left);
    const [before, after] = [curve[at - 1] ?? { idleMs: 0, survival: 1 }, curve[at]];
    if (after === undefined) return curve.at(-1)?.idleMs ?? 0;
    const share =
      before.survival === after.survival ? 1 : (before.survival - left) / (before.survival - after.survival);
    return before.idleMs + share * (after.idleMs - before.idleMs);
  };
}
