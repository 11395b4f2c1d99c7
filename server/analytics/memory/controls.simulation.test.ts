/** Coverage of intervals of sizes that ran in two weeks between which everything changed. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { control, weekOf } from '../../../test/support/size-evidence.ts';
import { percentileInterval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import { compareDurations } from './comparison.ts';
import { withControls } from './controls.ts';

test.each([0.7, 0.85, 1.2, 1.6, 2.5])('a change by %d between the weeks is no effect of the size', (change) => {
  const random = new Random(61);
  const dice = () => random.next();
  let [held, naive] = [0, 0];
  const truth = Math.log(1.1);
  for (let round = 0; round < 60; round += 1) {
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 110 * change)] as const;
    const controls = Array.from({ length: 8 }, (_, at) =>
      control(random, 20 * (at + 1), change * random.logNormal(1, 0.03)),
    );
    const paired = compareDurations(sides[0], sides[1], dice, 200);
    if (paired === null) throw new Error('not compared');
    const holds = (resamples: readonly number[]): boolean => {
      const found = percentileInterval(ascending(resamples));
      return found !== null && found.low <= truth && truth <= found.high;
    };
    const found = withControls(paired, sides, controls, dice);
    expect(found.controls).toBe(8);
    expect(Math.abs(found.comparison.logRatio - truth)).toBeLessThan(0.08);
    if (holds(found.comparison.resamples)) held += 1;
    if (holds(paired.resamples)) naive += 1;
  }
  expect(held / 60).toBeGreaterThanOrEqual(0.9);
  expect(naive / 60).toBeLessThan(0.1);
});
