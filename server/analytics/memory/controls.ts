/**
 * Difference in differences: sizes that ran at different times met different conditions. What functions changed by that did
 * not change themselves is no effect of the size, and is subtracted.
 */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import { median } from '../statistics/order.ts';
import type { Comparison, Pairing } from './comparison.ts';
import { stratumOf } from './comparison.ts';
import type { EnvironmentSample, SampledHour } from './samples.ts';
import { studentFactor } from './student.ts';

/** Successful invocations of a function by hour. */
export interface ControlFunction {
  readonly hours: readonly SampledHour[];
}

export interface Controlled {
  readonly comparison: Comparison;
  /** Number of controls; 0 if they were too few, and nothing was subtracted. */
  readonly controls: number;
  /** Relative change of the controls that was subtracted; 0.1 means 10 % slower at the other size's times. */
  readonly change: number;
}

const FEWEST_CONTROLS = 3;
/** Invocations in an hour of a control from which on its mean counts. */
const LEAST_IN_HOUR = 10;
/** Share of each size's invocations in hours that a control has too. */
const LEAST_COVERED = 0.5;

/**
 * Subtracts the median change of the controls between the same hours with the same weights. Controls are resampled as
 * clusters, with Student's t for their number.
 */
export function withControls(
  comparison: Comparison,
  sides: readonly [current: readonly EnvironmentSample[], other: readonly EnvironmentSample[]],
  controls: readonly ControlFunction[],
  dice: Dice,
): Controlled {
  const changes = controls.flatMap((control) => {
    const change = changeOf(control, sides, comparison.pairing);
    return change === null ? [] : [change];
  });
  if (changes.length < FEWEST_CONTROLS) return { comparison, controls: 0, change: 0 };
  const change = median(changes);
  const factor = studentFactor(changes.length);
  const resamples = comparison.resamples.map(
    (value) => value - change - factor * (median(draw(changes, dice)) - change),
  );
  return {
    comparison: { ...comparison, logRatio: comparison.logRatio - change, resamples },
    controls: changes.length,
    change: Math.exp(change) - 1,
  };
}

interface Sum {
  n: number;
  log: number;
}

/** Returns the change of a control's log hourly mean, with the weights that the pairing gives the hours of the sizes. */
function changeOf(
  { hours }: ControlFunction,
  sides: readonly [readonly EnvironmentSample[], readonly EnvironmentSample[]],
  pairing: Pairing,
): number | null {
  const means = new Map(
    hours.filter((hour) => hour.n >= LEAST_IN_HOUR && hour.billedMs > 0).map((hour) => [hour.startMs, hour]),
  );
  const strata = new Map<number, [Sum, Sum]>();
  for (const [at, environments] of sides.entries()) {
    let [total, covered] = [0, 0];
    for (const { startMs, n } of environments.flatMap((environment) => environment.hours)) {
      total += n;
      const mean = means.get(startMs);
      if (mean === undefined) continue;
      covered += n;
      const key = stratumOf(pairing, startMs);
      const cell = strata.get(key) ?? [
        { n: 0, log: 0 },
        { n: 0, log: 0 },
      ];
      strata.set(key, cell);
      const sum = cell[at === 0 ? 0 : 1];
      sum.n += n;
      sum.log += n * Math.log(mean.billedMs / mean.n);
    }
    if (covered < LEAST_COVERED * total) return null;
  }
  let [weights, change] = [0, 0];
  for (const [left, right] of strata.values()) {
    if (left.n === 0 || right.n === 0) continue;
    const weight = (left.n * right.n) / (left.n + right.n);
    weights += weight;
    change += weight * (right.log / right.n - left.log / left.n);
  }
  return weights === 0 ? null : change / weights;
}
