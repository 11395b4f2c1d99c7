/** Statistics of samples that are stored as counts by bin, and why metrics cannot be compared. Worked out by hand. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { columnsOfBins } from '../../../test/support/columns-of.ts';
import { boundOf, ZERO_BIN } from '../sketch/sketch.ts';
import { Heap } from '../statistics/heap.ts';
import type { Histogram } from './histogram.ts';
import {
  countAbove,
  countIn,
  countOf,
  difference,
  momentsOf,
  quantileEstimate,
  relativeChange,
  sumOfBlocks,
} from './histogram.ts';
import { errorsNotKnown, noPrice, tooFew, tooFewBlocks, tooFewIndependent } from './reasons.ts';

/** 1 to 100, once each. */
const HUNDRED: Histogram = Array.from({ length: 100 }, (_, at) => [at + 1, 1] as const);

describe('quantiles', () => {
  test('the value at rank ⌈qn⌉, between the ranks of 1.96 standard deviations', () => {
    // √(0.25 / 100) × 1.96 = 0.098: ranks 50 − 9.8 and 50 + 9.8.
    expect(quantileEstimate(HUNDRED, 0.5)).toEqual({ value: 50, low: 40, high: 61 });
    // 0.95: √(0.0475 / 100) × 1.96 = 0.0427.
    expect(quantileEstimate(HUNDRED, 0.95)).toEqual({ value: 95, low: 90, high: 100 });
  });

  test('with another half width', () => {
    expect(quantileEstimate(HUNDRED, 0.5, 0.25)).toEqual({ value: 50, low: 25, high: 76 });
    expect(quantileEstimate(HUNDRED, 0.5, 0)).toEqual({ value: 50, low: 50, high: 51 });
    expect(quantileEstimate(HUNDRED, 0.5, 1)).toEqual({ value: 50, low: 1, high: 100 });
  });

  test('bins count as often as they hold values', () => {
    const bins: Histogram = [
      [10, 3],
      [20, 1],
    ];
    expect(quantileEstimate(bins, 0.75, 0)?.value).toBe(10);
    expect(quantileEstimate(bins, 0.76, 0)?.value).toBe(20);
    expect(quantileEstimate([], 0.5)).toBe(null);
  });
});

test('counts, moments and sums', () => {
  const bins: Histogram = [
    [1, 2],
    [4, 1],
  ];
  expect([countOf(bins), countOf([])]).toEqual([3, 0]);
  // Mean 2; (1 + 1 + 4) / 2.
  expect(momentsOf(bins)).toEqual({ mean: 2, variance: 3 });
  expect(momentsOf([[1, 2]])).toEqual({ mean: 1, variance: 0 });
  expect(momentsOf([[1, 1]])).toBe(null);
});

test('values of a block: all, and those above a limit', () => {
  const block = columnsOfBins([
    [ZERO_BIN, 4],
    [0, 2],
    [35, 1],
  ]);
  expect([countIn(block), countIn(columnsOfBins([]))]).toEqual([7, 0]);
  // The bounds are 0, 1 and (1.01 / 0.99) ** 35 = 2.014.
  expect([-1, 0, 0.9, 1, 2, 3].map((limit) => countAbove(block, limit))).toEqual([7, 3, 3, 1, 1, 0]);
  // What is beside it in the same lists does not count.
  const second = { ...block, from: 1, end: 2 };
  expect([countIn(second), countAbove(second, -1), countAbove({ ...block, from: 1 }, -1)]).toEqual([2, 2, 3]);
});

describe('blocks that are added', () => {
  const low = columnsOfBins([
    [10, 2],
    [12, 1],
  ]);
  const high = columnsOfBins([
    [-3, 3],
    [12, 2],
    [14, 1],
  ]);

  test('each times its weight, at the values of all of them, also those that weigh nothing', () => {
    // 1 × 1 + 2 × 0.5 values of bin 12.
    expect(sumOfBlocks([low, columnsOfBins([]), high, columnsOfBins([[11, 7]])], [1, 1, 0.5, 0])).toEqual([
      [boundOf(-3), 1.5],
      [boundOf(10), 2],
      [boundOf(11), 0],
      [boundOf(12), 2],
      [boundOf(14), 0.5],
    ]);
  });

  test('zeros come first', () => {
    const zeros = columnsOfBins([[ZERO_BIN, 3]]);
    const both = columnsOfBins([
      [ZERO_BIN, 1],
      [10, 1],
    ]);
    expect(sumOfBlocks([low, zeros, both], [1, 2, 1])).toEqual([
      [0, 7],
      [boundOf(10), 3],
      [boundOf(12), 1],
    ]);
    expect(sumOfBlocks([zeros], [0])).toEqual([[0, 0]]);
    expect(sumOfBlocks([], [])).toEqual([]);
  });

  test('in the same lists, each has its own places', () => {
    const lists = columnsOfBins([
      [10, 2],
      [ZERO_BIN, 5],
      [-3, 1],
    ]);
    expect(
      sumOfBlocks(
        [
          { ...lists, end: 1 },
          { ...lists, from: 1, end: 1 },
          { ...lists, from: 1 },
        ],
        [1, 1, 2],
      ),
    ).toEqual([
      [0, 10],
      [boundOf(-3), 2],
      [boundOf(10), 2],
    ]);
    expect(sumOfBlocks([{ ...lists, end: 1 }], [1])).toEqual([[boundOf(10), 2]]);
  });
});

describe('differences with intervals', () => {
  const a = { value: 10, low: 7, high: 14 };
  const b = { value: 20, low: 16, high: 23 };

  test('the distances towards each other add up as squares', () => {
    // Low: √(4² + 4²); high: √(3² + 3²).
    const { value, low, high } = difference(a, b);
    expect([value, low, high]).toEqual([10, 10 - Math.hypot(4, 4), 10 + Math.hypot(3, 3)]);
  });

  test('a relative change is a difference of logarithms', () => {
    const same = (value: number) => ({ value, low: value, high: value });
    const change = relativeChange(same(10), same(12));
    for (const one of [change?.value, change?.low, change?.high]) expect(one).toBeCloseTo(0.2, 12);
    // ln 2 ± ln 2 × √2: halving and doubling of either side.
    const wide = relativeChange({ value: 2, low: 1, high: 4 }, { value: 4, low: 2, high: 8 });
    expect(wide?.value).toBeCloseTo(1, 12);
    expect(wide?.low).toBeCloseTo(2 ** (1 - Math.SQRT2) - 1, 12);
    expect(wide?.high).toBeCloseTo(2 ** (1 + Math.SQRT2) - 1, 12);
  });

  test('of a value that is not positive there is none; a low end of 0 counts as a thousandth', () => {
    const zero = { value: 0, low: 0, high: 1 };
    expect([relativeChange(zero, b), relativeChange(a, zero)]).toEqual([null, null]);
    const low = relativeChange({ value: 1, low: 1, high: 1 }, { value: 1, low: 0, high: 1 });
    expect(low?.low).toBeCloseTo(0.001 - 1, 12);
  });
});

test('why a metric cannot be compared', () => {
  expect(tooFew('invocations', [1234.9999999, 50], 500, false).text).toBe(
    'Too few: 1,235 invocations before and 50 after; at least 500 are required on each side.',
  );
  expect(tooFew('inits', [199.5, 2], 30, true).text).toBe(
    'Too few: 199 inits before and 2 after in the hours of the day that both periods have; at least 30 are required on each side.',
  );
  expect(tooFewBlocks('inits', HOUR_MS).text).toMatch(/^The inits come from too few blocks of 1 h /);
  expect(tooFewIndependent('inits', HOUR_MS).text).toMatch(/^The inits came in too few bursts: those of the same 1 h /);
  expect(errorsNotKnown(1200).text).toMatch(/^Of 1,200 invocations /);
  expect(
    [noPrice([true, true]), noPrice([true, false]), noPrice([false, true])].map(({ text }) => text.split(' is ')[0]),
  ).toEqual(['The cost of either period', 'The cost of the period before', 'The cost of the period after']);
});

test('a heap gives its values in order, also between additions', () => {
  const heap = new Heap<number>((a, b) => a < b);
  expect([heap.first, heap.pop()]).toEqual([undefined, undefined]);
  const values = [5, 3, 8, 1, 9, 2, 7, 3, 6, 4, 0];
  for (const value of values) heap.push(value);
  expect([heap.first, heap.pop(), heap.pop(), heap.first]).toEqual([0, 0, 1, 2]);
  heap.push(2.5);
  heap.push(10);
  const rest: (number | undefined)[] = [];
  while (heap.first !== undefined) rest.push(heap.pop());
  expect(rest).toEqual([2, 2.5, 3, 3, 4, 5, 6, 7, 8, 9, 10]);
});
