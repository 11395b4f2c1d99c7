/** Draws idle windows from a survival curve, for simulations. */
import type { Dice } from '../statistics/bootstrap.ts';
import { Z95 } from '../statistics/normal.ts';
import type { Survival, SurvivalPoint } from './survival.ts';

/**
 * Returns an idle window, ms, for each draw: the inverse of the curve, linear between its points. Environments that outlive
 * the data are kept for as long as the data shows. `errors` moves the curve by as many standard errors of its band.
 */
export function idleWindowsOf({ curve }: Pick<Survival, 'curve'>, errors = 0): (dice: Dice) => number {
  const moved = curve.map((point) => ({ idleMs: point.idleMs, survival: movedBy(errors, point) }));
  return (dice) => {
    const left = 1 - dice();
    const at = firstAtMost(moved, left);
    const [before, after] = [moved[at - 1] ?? { idleMs: 0, survival: 1 }, moved[at]];
    if (after === undefined) return moved.at(-1)?.idleMs ?? 0;
    const share =
      before.survival === after.survival ? 1 : (before.survival - left) / (before.survival - after.survival);
    return before.idleMs + share * (after.idleMs - before.idleMs);
  };
}

function movedBy(errors: number, { survival, low, high }: SurvivalPoint): number {
  const bound = errors < 0 ? low : high;
  return Math.min(1, Math.max(0, survival + (Math.abs(errors) / Z95) * (bound - survival)));
}

/** Index of the first point of the falling curve at which at most `share` survives; the number of points if there is none. */
function firstAtMost(curve: readonly { readonly survival: number }[], share: number): number {
  let [low, high] = [0, curve.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((curve[middle]?.survival ?? 0) <= share) high = middle;
    else low = middle + 1;
  }
  return low;
}
