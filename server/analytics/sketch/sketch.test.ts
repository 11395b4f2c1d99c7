import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { RELATIVE_ERROR, Sketch, ZERO_BIN } from './sketch.ts';

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 });

function sketchOf(list: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of list) sketch.add(value);
  return sketch;
}

/** Reference implementation on the values themselves: rank ⌈q·n⌉. */
function exact(list: readonly number[], q: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
}

describe('properties', () => {
  test('every quantile is within the relative error', () => {
    law(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const truth = exact(list, q);
        const answer = sketchOf(list).quantile(q) ?? Number.NaN;
        expect(Math.abs(answer - truth)).toBeLessThanOrEqual(truth * (RELATIVE_ERROR + 1e-9) + 1e-9);
      }),
      { numRuns: 1000 },
    );
  });

  test('a cleared sketch holds what is added afterwards and nothing else', () => {
    law(
      fc.property(values, values, (before, list) => {
        const sketch = sketchOf(before);
        sketch.clear();
        expect([sketch.count, sketch.encode().length]).toEqual([0, 0]);
        for (const value of list) sketch.add(value);
        expect(sketch.histogram()).toEqual(sketchOf(list).histogram());
      }),
    );
  });

  test('merging equals ingesting the union, in any order', () => {
    law(
      fc.property(values, values, (a, b) => {
        const union = sketchOf([...a, ...b]);
        const ab = sketchOf(a);
        ab.merge(sketchOf(b));
        const ba = sketchOf(b);
        ba.merge(sketchOf(a));
        expect(ab.histogram()).toEqual(union.histogram());
        expect(ba.histogram()).toEqual(union.histogram());
      }),
    );
  });

  test('round-trips through bins, also into a sketch with values', () => {
    law(
      fc.property(values, fc.array(fc.double({ min: 0, max: 1e9, noNaN: true })), (a, b) => {
        const bins = sketchOf(a).bins();
        const sketch = sketchOf(b);
        sketch.addBins(
          bins.map(([bin]) => bin),
          bins.map(([, n]) => n),
        );
        expect(sketch.histogram()).toEqual(sketchOf([...a, ...b]).histogram());
      }),
    );
  });

  test('removing values restores the previous sketch', () => {
    law(
      fc.property(values, values, (a, b) => {
        const sketch = sketchOf([...a, ...b]);
        for (const value of b) sketch.add(value, -1);
        expect(sketch.histogram()).toEqual(sketchOf(a).histogram());
        expect(sketch.count).toBe(a.length);
      }),
    );
  });

  test('decode(encode(x)) = x, including negative counts', () => {
    law(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: -500, max: 100_000 }))),
        (entries) => {
          const sketch = new Sketch();
          for (const [value, times] of entries) sketch.add(value, times);
          const copy = Sketch.decode(sketch.encode());
          expect(copy.histogram()).toEqual(sketch.histogram());
          const twice = Sketch.decode(sketch.encode());
          twice.mergeEncoded(sketch.encode());
          expect(twice.count).toBe(2 * sketch.count);
        },
      ),
    );
  });
});

test('returns null if empty', () => {
  expect(new Sketch().quantile(0.5)).toBeNull();
  expect(new Sketch().encode().length).toBe(0);
});

test('encodes a sparse sketch in few bytes', () => {
  const sketch = new Sketch();
  for (let n = 0; n < 1000; n += 1) sketch.add(20 + (n % 97));
  expect(sketch.encode().length).toBeLessThan(300);
});

test('bins are added to those that are there, and zeros alone', () => {
  const sketch = new Sketch();
  sketch.addBin(100, 2);
  sketch.addBins([ZERO_BIN, 99, 102], [1, 3, 4]);
  sketch.addBins([ZERO_BIN], [5]);
  sketch.addBins([], []);
  expect(sketch.bins()).toEqual([
    [ZERO_BIN, 6],
    [99, 3],
    [100, 2],
    [102, 4],
  ]);
  const zeros = new Sketch();
  zeros.addBins([ZERO_BIN], [5]);
  expect(zeros.bins()).toEqual([[ZERO_BIN, 5]]);
});

test('a sketch of many bins is encoded whole', () => {
  // 2,500 bins take seven bytes each: more than the 16,384 of the first buffer.
  const bins = Array.from({ length: 2500 }, (_, at) => [at, at % 2 === 0 ? 1e12 : -1e12] as const);
  const sketch = new Sketch();
  for (const [bin, times] of bins) sketch.addBin(bin, times);
  expect(Sketch.decode(sketch.encode()).bins()).toEqual(bins);
});
