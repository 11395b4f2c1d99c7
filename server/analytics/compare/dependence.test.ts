/** Correlation and variance from blocks of four values, worked out by hand. */
import { describe, expect, test } from 'vitest';
import * as dependence from './dependence.ts';

interface Cell {
  readonly stratum: number;
  readonly n: number;
  readonly sum: number;
  readonly weight: number;
}

/** Blocks of `n` values each, with these sums. */
const blocks = (sums: readonly number[], { n = 4, stratum = 0, weight = 1 } = {}): Cell[] =>
  sums.map((sum) => ({ stratum, n, sum, weight }));

const columns = (cells: readonly Cell[]): dependence.Columns => ({
  strata: dependence.columnOf(cells, ({ stratum }) => stratum),
  n: dependence.columnOf(cells, ({ n }) => n),
  weights: dependence.columnOf(cells, ({ weight }) => weight),
});
const sums = (cells: readonly Cell[]) => dependence.columnOf(cells, ({ sum }) => sum);
const standardised = (before: readonly Cell[], after: readonly Cell[]) =>
  dependence.standardised(columns(before), columns(after));
const weightsOf = (before: readonly Cell[], after: readonly Cell[]) =>
  standardised(before, after).weights.map((weights) => [...weights]);
type Rest = [spread: readonly [number, number], kind: 'share' | 'mean'];
const correlationOf = (before: readonly Cell[], after: readonly Cell[], ...rest: Rest) =>
  dependence.correlationOf(standardised(before, after), [sums(before), sums(after)], ...rest);
const dependenceOf = (before: readonly Cell[], after: readonly Cell[], ...rest: [...Rest, fewest: number]) =>
  dependence.dependenceOf(standardised(before, after), [sums(before), sums(after)], ...rest);

describe('weights', () => {
  test('give each stratum of the earlier period the values that it has in the later one', () => {
    const before = [...blocks([0], { n: 10 }), ...blocks([0, 0], { n: 15, stratum: 1 })];
    const after = [
      ...blocks([0], { n: 20 }),
      ...blocks([0, 0, 0], { n: 5, stratum: 1 }),
      ...blocks([0], { n: 5, stratum: 2 }),
    ];
    // 20 of 10, and 15 of 30. Nothing ran before in the last stratum.
    expect(weightsOf(before, after)).toEqual([
      [2, 0.5, 0.5],
      [1, 1, 1, 1, 0],
    ]);
  });

  test('count values by their own weight, and leave out strata without values on one side', () => {
    const before = [...blocks([0], { n: 10, weight: 0.5 }), ...blocks([0], { n: 0, stratum: 1 })];
    const after = [...blocks([0], { n: 20 }), ...blocks([0], { stratum: 1 }), ...blocks([0], { n: 0, stratum: 2 })];
    // 20 of 10 · 0.5, each at a weight of 0.5.
    expect(weightsOf(before, after)).toEqual([
      [2, 0],
      [1, 0, 0],
    ]);
    expect(weightsOf(blocks([0], { stratum: 3 }), blocks([0], { n: 0, stratum: 3 }))).toEqual([[0], [0]]);
  });
});

describe('correlation within a block', () => {
  const [alternating, half] = [blocks([4, 0]), blocks([3, 1])];

  test('is by how much squared residuals exceed those of independent values', () => {
    // Residuals ±2 and ±1; 4 - 1 twice and 1 - 1 twice, of 4 · 3 · 0.25 for each of four blocks.
    expect(correlationOf(alternating, half, [0.25, 0.25], 'share')).toBe(0.5);
    expect(correlationOf(half, alternating, [0.25, 0.25], 'share')).toBe(0.5);
  });

  test('ignores a side whose values do not vary', () => {
    expect(correlationOf(alternating, half, [0, 0.25], 'share')).toBe(0);
    expect(correlationOf(alternating, half, [0.25, 0], 'share')).toBe(1);
    expect(correlationOf(alternating, half, [0, 0], 'share')).toBe(0);
  });

  test('is between 0 and 1, and 0 for blocks of one value', () => {
    expect(correlationOf(blocks([2, 2]), blocks([2, 2]), [0.25, 0.25], 'share')).toBe(0);
    expect(correlationOf(alternating, half, [0.05, 0.05], 'share')).toBe(1);
    expect(correlationOf(blocks([1, 0], { n: 1 }), blocks([0, 1], { n: 1 }), [0.25, 0.25], 'share')).toBe(0);
  });

  test('blocks without values, and strata that only one side has, do not count', () => {
    const empty = blocks([0], { n: 0 });
    const alone = blocks([40], { stratum: 5 });
    expect(correlationOf([...alternating, ...empty, ...alone], half, [0.25, 0.25], 'share')).toBe(0.5);
    expect(correlationOf(alternating, [...half, ...empty, ...alone], [0.25, 0.25], 'share')).toBe(0.5);
  });

  test('a mean that doubles scales what is expected', () => {
    // Residuals ±4 of an expected 8, and ±8 of 16: 2 · (16 - 8) + 2 · (64 - 32) of 12 · (2 + 2 + 8 + 8).
    expect(correlationOf(blocks([4, 12]), blocks([8, 24]), [2, 8], 'mean')).toBeCloseTo(1 / 3, 12);
    // Nothing before: nothing to scale. 1 - 2 and 9 - 2, of 12 · (0.5 + 0.5).
    expect(correlationOf(blocks([0, 0]), blocks([1, 3]), [0, 0.5], 'mean')).toBe(0.5);
  });

  describe('with three blocks of each stratum', () => {
    const seasonal = [...blocks([0, 2, 4]), ...blocks([3, 3, 3], { stratum: 1 })];
    const later = (first: number) => [...blocks([first], { n: 12 }), ...blocks([9], { n: 12, stratum: 1 })];

    test('the mean of the stratum is taken away, and residuals are enlarged by √(3/2)', () => {
      // 1.5 · 4 twice, less 6 blocks of 4 · 0.25, of 6 · 12 · 0.25.
      expect(correlationOf(seasonal, later(6), [0.25, 0], 'share')).toBeCloseTo(1 / 3, 12);
    });

    test('with two, that of all blocks', () => {
      // 6 of 16, so 1.5 of each block: residuals -1.5, 0.5, 1.5 and -0.5.
      const two = [...blocks([0, 2]), ...blocks([3, 1], { stratum: 1 })];
      const after = [...blocks([0], { n: 8 }), ...blocks([0], { n: 8, stratum: 1 })];
      // 2.25 + 0.25 + 2.25 + 0.25 - 4 · 4 · 0.125, of 4 · 12 · 0.125.
      expect(correlationOf(two, after, [0.125, 0], 'share')).toBe(0.5);
    });

    test('a share shifts by as much in every stratum, a mean scales', () => {
      // 15 of 24 before, 21 of 24 after: 0.5 and 0.75 become 0.75 and 1; residuals 12 - 9 and 9 - 12.
      expect(correlationOf(seasonal, later(12), [0, 0.25], 'share')).toBeCloseTo((2 * (9 - 3)) / (2 * 132 * 0.25), 12);
      // Times 1.4: 0.7 and 1.05; residuals 12 - 8.4 and 9 - 12.6.
      expect(correlationOf(seasonal, later(12), [0, 0.25], 'mean')).toBeCloseTo((2 * (12.96 - 3)) / 66, 12);
    });
  });
});

describe('variance of the means', () => {
  const [alternating, constant] = [blocks([4, 0, 4, 0]), blocks([2, 2, 2, 2])];
  const quarter = [0.25, 0.25] as const;
  /** (2 cos 22.5° - 2 cos 67.5°)²: the lowest cosine transform of 1, -1, 1, -1; the next one is 0. */
  const TRANSFORM = 4 - 2 * Math.SQRT2;

  test('is at least that of independent values', () => {
    // 0.25 / 16 each. Four degrees of freedom: two of each side's four blocks.
    const found = dependenceOf(alternating, constant, quarter, 'share', 2);
    expect(found?.df).toBe(4);
    expect(found?.variances[0]).toBeCloseTo(1 / 64, 12);
    expect(found?.variances[1]).toBeCloseTo(1 / 64, 12);
  });

  test('is scaled to what sums of blocks vary by', () => {
    // Values of a block are all alike: 0.25 · 4 · 4² = 16 on each side. Found: 4 · (4 / 3) and 4 times the transform.
    const found = dependenceOf(alternating, alternating, quarter, 'share', 2);
    const expected = ((16 / 3 + 4) * TRANSFORM) / 2 / 16 ** 2;
    expect(found?.variances[0]).toBeCloseTo(expected, 12);
    expect(found?.variances[1]).toBeCloseTo(expected, 12);
    // One side alone: two degrees of freedom of two effective blocks.
    const one = dependenceOf(alternating, alternating, [0.25, 0], 'share', 2);
    expect(one?.variances[0]).toBeCloseTo(((16 / 3) * TRANSFORM) / 16 ** 2, 12);
    expect([one?.variances[1], one?.df]).toEqual([0, 2]);
  });

  test('weights that are alike everywhere change nothing, another unit scales it', () => {
    const plain = dependenceOf(alternating, alternating, quarter, 'share', 2);
    const halved = blocks([4, 0, 4, 0], { weight: 0.5 });
    const damped = dependenceOf(halved, halved, quarter, 'share', 2);
    expect(damped?.df).toBe(plain?.df);
    expect(damped?.variances[0]).toBeCloseTo(plain?.variances[0] ?? 0, 12);
    expect(damped?.variances[1]).toBeCloseTo(plain?.variances[1] ?? 0, 12);
    const thrice = blocks([12, 0, 12, 0]);
    const scaled = dependenceOf(thrice, thrice, [9 / 4, 9 / 4], 'mean', 2);
    expect(scaled?.variances[0]).toBeCloseTo(9 * (plain?.variances[0] ?? 0), 12);
  });

  test('needs as many effective blocks as are asked for, less one for each mean', () => {
    // Eight blocks alike.
    expect(dependenceOf(alternating, constant, quarter, 'share', 5.99)).not.toBeNull();
    expect(dependenceOf(alternating, constant, quarter, 'share', 6.01)).toBeNull();
    // Shares of the variances: 1.12 for a block of 28 values, 0.16 for three of 4, and 1 for each of the later period.
    const large = [...blocks([14], { n: 28 }), ...blocks([2, 2, 2])];
    const effective = 5.6 ** 2 / (1.12 ** 2 + 3 * 0.16 ** 2 + 4) - 2;
    expect(dependenceOf(large, constant, quarter, 'share', 3.8)?.df).toBeCloseTo(effective, 12);
    expect(dependenceOf(large, constant, quarter, 'share', 3.9)).toBeNull();
  });

  test('is unknown where neither side has four blocks, or values do not vary', () => {
    expect(dependenceOf(blocks([4, 0, 4]), blocks([2, 2, 2]), quarter, 'share', 0)).toBeNull();
    expect(dependenceOf(alternating, constant, [0, 0], 'share', 0)).toBeNull();
  });
});
