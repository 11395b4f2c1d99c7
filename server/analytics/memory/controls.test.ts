/** Sizes of two weeks between which everything changed: the change of functions that did not change is subtracted. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import { cheapestOf, control, evidence, MONDAY_MS, weekOf } from '../../../test/support/size-evidence.ts';
import { compareDurations } from './comparison.ts';
import { withControls } from './controls.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';

describe('difference in differences', () => {
  test('a control that changed by itself does not move the median', () => {
    const random = new Random(62);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const controls = [1.2, 1.2, 1.2, 1.2, 9].map((change) => control(random, 50, change));
    const { comparison, change } = withControls(paired, sides, controls, () => random.next());
    expect(change).toBeCloseTo(0.2, 1);
    expect(Math.abs(comparison.logRatio)).toBeLessThan(0.05);
  });

  test.each([
    ['two functions', 2, 100, 0],
    ['functions with few invocations an hour', 8, 9, 0],
    ['three functions', 3, 10, 3],
  ])('%s', (_, count, n, controls) => {
    const random = new Random(63);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const all = Array.from({ length: count }, () => control(random, 50, 1.2, n));
    const found = withControls(paired, sides, all, () => random.next());
    expect(found.controls).toBe(controls);
    if (controls === 0) expect(found.comparison).toBe(paired);
  });

  /** Two sides with the given hours, and a comparison of them without a spread of its own. */
  const hoursOf = (list: readonly (readonly [hour: number, n: number])[], week: number): EnvironmentSample => ({
    version: '7',
    firstMs: MONDAY_MS,
    durationsMs: [],
    tenant: null,
    maxMemoryUsedMb: null,
    hours: list.map(([hour, n]) => ({ startMs: MONDAY_MS + week * WEEK_MS + hour * HOUR_MS, n, billedMs: n * 100 })),
  });
  const certain = { pairing: 'hour-of-week', logRatio: 0, resamples: Array.from({ length: 400 }, () => 0) } as const;
  const changed = (byHour: readonly number[]) => ({
    hours: byHour.flatMap((change, hour) => [
      { startMs: MONDAY_MS + hour * HOUR_MS, n: 100, billedMs: 5000 },
      { startMs: MONDAY_MS + WEEK_MS + hour * HOUR_MS, n: 100, billedMs: 5000 * change },
    ]),
  });

  test('controls that disagree widen the interval, with Student’s t for their number', () => {
    const sides = [[hoursOf([[0, 50]], 0)], [hoursOf([[0, 50]], 1)]] as const;
    const random = new Random(67);
    const spreadOf = (changes: readonly number[]) => {
      const controls = changes.map((change) => changed([change]));
      const { comparison } = withControls(certain, sides, controls, () => random.next());
      return Math.max(...comparison.resamples) - Math.min(...comparison.resamples);
    };
    expect(spreadOf([1.2, 1.2, 1.2])).toBeCloseTo(0, 9);
    // Medians of resamples reach from log 0.8 to log 1.25, 0.446 apart; t of two degrees of freedom over z is 2.195, √(3/2) is 1.225.
    expect(spreadOf([0.8, 1, 1.25])).toBeCloseTo(0.4463 * 2.195 * 1.2247, 2);
  });

  test('hours weigh as in the comparison: n₁ n₂ / (n₁ + n₂)', () => {
    // Hour 0 has 90 and 90 invocations, hour 1 10 and 10: weights 45 and 5.
    const sides = [
      [
        hoursOf(
          [
            [0, 90],
            [1, 10],
          ],
          0,
        ),
      ],
      [
        hoursOf(
          [
            [0, 90],
            [1, 10],
          ],
          1,
        ),
      ],
    ] as const;
    const controls = Array.from({ length: 3 }, () => changed([2, 1]));
    const { change } = withControls(certain, sides, controls, () => 0.5);
    // 2 to the power of 45 / 50.
    expect(change).toBeCloseTo(2 ** 0.9 - 1, 9);
  });

  test('hours that only one of the sizes ran in have no weight', () => {
    const sides = [
      [
        hoursOf(
          [0, 1].map((hour) => [hour, 50] as const),
          0,
        ),
      ],
      [
        hoursOf(
          [0, 2].map((hour) => [hour, 50] as const),
          1,
        ),
      ],
    ] as const;
    const controls = Array.from({ length: 3 }, () => changed([2, 1, 1]));
    // Hour 0 alone is shared: controls took twice as long.
    expect(withControls(certain, sides, controls, () => 0.5).change).toBeCloseTo(1, 9);
  });

  test('a control without an hour in common with both sizes says nothing', () => {
    const sides = [[hoursOf([[0, 50]], 0)], [hoursOf([[1, 50]], 1)]] as const;
    const controls = Array.from({ length: 3 }, () => changed([2, 2]));
    const found = withControls(certain, sides, controls, () => 0.5);
    expect(found).toEqual({ comparison: certain, controls: 0, change: 0 });
  });

  test('a control has to have half of the invocations of each size', () => {
    const sides = [
      [
        hoursOf(
          [
            [0, 50],
            [1, 50],
          ],
          0,
        ),
      ],
      [
        hoursOf(
          [
            [0, 50],
            [1, 50],
          ],
          1,
        ),
      ],
    ] as const;
    const partial = (change: number) => ({ hours: changed([change]).hours });
    // Hour 0 of each week: 50 of 100.
    const half = Array.from({ length: 3 }, () => partial(1.5));
    const found = withControls(certain, sides, half, () => 0.5);
    expect(found.controls).toBe(3);
    expect(found.change).toBeCloseTo(0.5, 9);
    expect(found.comparison.logRatio).toBeCloseTo(-Math.log(1.5), 9);
    const less = [
      [
        hoursOf(
          [
            [0, 49],
            [1, 51],
          ],
          0,
        ),
      ],
      sides[1],
    ] as const;
    expect(withControls(certain, less, half, () => 0.5).controls).toBe(0);
    // Hours of a control count from ten invocations on, and if they were billed anything.
    const thin = (n: number, billedMs: number) =>
      half.map(({ hours }) => ({ hours: hours.map((hour) => ({ ...hour, n, billedMs })) }));
    expect(
      [thin(10, 500), thin(9, 450), thin(10, 0)].map((some) => withControls(certain, sides, some, () => 0.5).controls),
    ).toEqual([3, 0, 0]);
  });

  test('sizes that ran in the same hours are a trial: nothing is subtracted', () => {
    const random = new Random(68);
    const truth = { fixedMs: 200, cpuMs: 1, usedMb: 80 };
    const sizes = [evidence(random, truth, 1024), evidence(random, truth, 512)];
    const controls = Array.from({ length: 6 }, () => control(random, 50, 1.9));
    const found = cheapestOf(random, sizes, 1024, 90, { controls });
    expect(found.recommendation?.memoryMb).toBe(512);
    expect(found.reasons.join(' ')).not.toMatch(/did not change/);
  });

  test('a function that has data of one of the times only is no control', () => {
    const random = new Random(64);
    const sides = [weekOf(random, 0, 100), weekOf(random, 1, 120)] as const;
    const paired = compareDurations(sides[0], sides[1], () => random.next(), 50);
    if (paired === null) throw new Error('not compared');
    const half = { hours: control(random, 50, 1.2).hours.slice(0, 178) };
    expect(withControls(paired, sides, [half, half, half], () => random.next()).controls).toBe(0);
  });
});

describe('recommendations', () => {
  const later = (size: SizeEvidence): SizeEvidence => ({
    ...size,
    environments: size.environments.map((one) => ({
      ...one,
      firstMs: one.firstMs + WEEK_MS,
      hours: one.hours.map((hour) => ({ ...hour, startMs: hour.startMs + WEEK_MS })),
    })),
  });

  test('a slow week of a smaller size hides its saving without controls, and does not with them', () => {
    const random = new Random(65);
    // Waits: half the memory costs half. In the week of 512 MB everything took 1.9 times as long.
    const truth = { fixedMs: 200, cpuMs: 1, usedMb: 80 };
    const sizes = [evidence(random, truth, 1024), later(evidence(random, truth, 512, { slower: 1.9 }))];
    const controls = Array.from({ length: 6 }, () => control(random, 50, 1.9));
    const objective = { maxSlower: 0.1 };
    const without = cheapestOf(random, sizes, 1024, 90, objective);
    expect(without.recommendation).toBeNull();
    expect(without.reasons.join(' ')).toMatch(/there are no controls/);
    const found = cheapestOf(random, sizes, 1024, 90, { ...objective, controls });
    expect(found.recommendation?.memoryMb).toBe(512);
    expect(found.recommendation?.latencyChange?.value).toBeLessThan(0.1);
    expect(found.reasons.join(' ')).toMatch(
      /6 functions that did not change were (8[5-9]|9[0-5]) % slower at the times of 512 MB/,
    );
  });

  test('a fast week of a smaller size is no saving', () => {
    const random = new Random(66);
    // Computes: half the memory takes twice as long, and costs the same. In the week of 512 MB everything took 0.7 times as long.
    const truth = { fixedMs: 0, cpuMs: 100, usedMb: 80 };
    const sizes = [evidence(random, truth, 1024), later(evidence(random, truth, 512, { slower: 0.7 }))];
    expect(cheapestOf(random, sizes, 1024, 90).recommendation?.memoryMb).toBe(512);
    const controls = Array.from({ length: 6 }, () => control(random, 50, 0.7));
    expect(cheapestOf(random, sizes, 1024, 90, { controls }).recommendation).toBeNull();
  });
});
