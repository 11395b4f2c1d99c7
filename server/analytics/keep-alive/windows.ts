/** Draws idle windows from a survival curve, for simulations. */
import { Z95 } from '../statistics/normal.ts';
import type { Survival, SurvivalPoint } from './survival.ts';

/**
 * Returns an idle window, ms, for each draw between 0 and 1: the inverse of the curve, linear between its points. Environments
 * that outlive the data are kept for as long as the data shows. `errors` moves the curve by as many standard errors of its band.
 */
export function idleWindowsOf(
  { curve }: Pick<Survival, 'curve'>,
  errors = 0,
): (draws: Float64Array) => Float64Array<ArrayBuffer> {
  const idleMs = Float64Array.from(curve, (point) => point.idleMs);
  const survival = Float64Array.from(curve, (point) => movedBy(errors, point));
  const guide = guideOf(survival);
  const last = idleMs.at(-1) ?? 0;
  return (draws) => {
    const windows = new Float64Array(draws.length);
    for (let draw = 0; draw < draws.length; draw += 1) {
      const left = 1 - (draws[draw] ?? 0);
      const step = Math.floor(left * STEPS);
      const at = firstAtMost(survival, left, guide[Math.min(step + 1, STEPS)] ?? 0, guide[step] ?? survival.length);
      if (at >= survival.length) {
        windows[draw] = last;
        continue;
      }
      const before = at === 0 ? 1 : (survival[at - 1] ?? 1);
      const after = survival[at] ?? 0;
      const share = before === after ? 1 : (before - left) / (before - after);
      const fromMs = at === 0 ? 0 : (idleMs[at - 1] ?? 0);
      windows[draw] = fromMs + share * ((idleMs[at] ?? 0) - fromMs);
    }
    return windows;
  };
}

/** Shares at which the curve was looked up before; a power of two, so that the step of a share is exact. */
const STEPS = 1024;

/** Result of {@link firstAtMost} for each step: simulations draw tens of thousands of windows, each between two of these. */
function guideOf(survival: Float64Array): Uint32Array {
  const guide = new Uint32Array(STEPS + 1);
  let at = 0;
  for (let step = STEPS; step >= 0; step -= 1) {
    while (at < survival.length && (survival[at] ?? 0) > step / STEPS) at += 1;
    guide[step] = at;
  }
  return guide;
}

function movedBy(errors: number, { survival, low, high }: SurvivalPoint): number {
  const bound = errors < 0 ? low : high;
  return Math.min(1, Math.max(0, survival + (Math.abs(errors) / Z95) * (bound - survival)));
}

/**
 * Index of the first point of the falling curve at which at most `share` survives, which is between `from` and `to`; the number
 * of points if there is none.
 */
function firstAtMost(survival: Float64Array, share: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((survival[middle] ?? 0) <= share) high = middle;
    else low = middle + 1;
  }
  return low;
}
