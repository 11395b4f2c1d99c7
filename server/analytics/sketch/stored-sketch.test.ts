/** What sketches store, byte by byte: rollups keep these bytes for years. γ is 1.01 / 0.99, and bin k holds (γᵏ⁻¹, γᵏ]. */
import { describe, expect, test } from 'vitest';
import { binEdges, Sketch, ZERO_BIN } from './sketch.ts';

const GAMMA = 101 / 99;

function sketchOf(...values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}
/** More values than a sketch keeps as a list. */
const many = (value: number) => Array.from({ length: 100 }, () => value);
const bytesOf = (sketch: Sketch) => [...sketch.encode()];

describe('bins', () => {
  test('a value is in the bin whose upper edge it does not exceed', () => {
    expect(sketchOf(1).bins()).toEqual([[0, 1]]);
    expect(sketchOf(1.0001).bins()).toEqual([[1, 1]]);
    expect(sketchOf(GAMMA * 1.0001).bins()).toEqual([[2, 1]]);
    expect(sketchOf(0.9999 / GAMMA).bins()).toEqual([[-1, 1]]);
    expect(binEdges(1)).toEqual([1, GAMMA]);
    expect(binEdges(0)[0]).toBeCloseTo(1 / GAMMA, 12);
    expect(binEdges(ZERO_BIN)).toEqual([0, 0]);
  });

  test('the value of a bin is as far from both edges: 2 γᵏ / (γ + 1)', () => {
    // 2 / (200 / 99) is 0.99; the next bin is γ times as far: 1.01.
    expect(sketchOf(1).quantile(0.5)).toBeCloseTo(0.99, 12);
    expect(sketchOf(1.0001).quantile(0.5)).toBeCloseTo(1.01, 12);
    expect(sketchOf(1, 1.0001).histogram()).toEqual([
      [1, 1],
      [expect.closeTo(GAMMA, 12), 1],
    ]);
  });

  test('up to a picosecond a value is zero, and so is one that is no number', () => {
    expect(ZERO_BIN).toBe(-32_768);
    expect(sketchOf(0, 1e-9, Number.NaN, -5).bins()).toEqual([[ZERO_BIN, 4]]);
    expect(sketchOf(0, 1e-9).histogram()).toEqual([[0, 2]]);
    expect(sketchOf(0).quantile(0.5)).toBe(0);
    expect(sketchOf(1.1e-9).bins()[0]?.[0]).toBeLessThan(-1000);
  });
});

describe('quantiles', () => {
  test('by rank ⌈q n⌉, the first for zero', () => {
    const sketch = sketchOf(0, 1, 1.0001, 1.0001);
    // Ranks 1, 1, 2, 2, 3 and 4.
    const found = sketch.quantiles([0, 0.25, 0.26, 0.5, 0.51, 1]);
    expect(found).toEqual([0, 0, ...[0.99, 0.99, 1.01, 1.01].map((value) => expect.closeTo(value, 12))]);
  });

  test('of nothing, and of what was removed, are not known', () => {
    expect(new Sketch().quantiles([0.5, 0.9])).toEqual([null, null]);
    const sketch = sketchOf(1);
    sketch.add(1, -1);
    expect(sketch.quantiles([0.5, 0.9])).toEqual([null, null]);
    expect([sketch.count, sketch.bins(), sketch.histogram()]).toEqual([0, [], []]);
    // More were removed than added.
    sketch.add(1, -1);
    expect(sketch.quantile(0.5)).toBeNull();
  });

  test('empty bins between two values are passed over', () => {
    expect(sketchOf(1, 1000).quantiles([0.5, 1])).toEqual([expect.closeTo(0.99, 12), expect.closeTo(1000, -1.1)]);
  });
});

describe('bytes: zeros, then distance to the bin before and count of each; 2 n, or −2 n − 1 if negative', () => {
  test.each<[string, Sketch, readonly number[]]>([
    ['nothing', new Sketch(), []],
    ['three zeros', sketchOf(0, 0, 0), [6]],
    ['one value of bin 0', sketchOf(1), [0, 0, 2]],
    ['one value of bin 1', sketchOf(1.0001), [0, 2, 2]],
    ['one value of bin −1', sketchOf(0.9999 / GAMMA), [0, 1, 2]],
    // γ² × 1.0001 is in bin 3.
    ['two of bin 0 and one of bin 3, in any order', sketchOf(1, GAMMA ** 2 * 1.0001, 1), [0, 0, 4, 6, 2]],
    ['one of bin 1 and one of bin 3', sketchOf(1.0001, GAMMA ** 2 * 1.0001), [0, 2, 2, 4, 2]],
    ['a zero and a value', sketchOf(0, 1), [2, 0, 2]],
    // 200 is 400 as stored: 400 = 3 × 128 + 16, and 16 + 128 says that more follows.
    ['200 of bin 0', sketchOf(...many(1), ...many(1)), [0, 0, 144, 3]],
    ['100 of bin 0 and one of bin 1', sketchOf(...many(1), 1.0001), [0, 0, 200, 1, 2, 2]],
  ])('%s', (_, sketch, bytes) => {
    expect(bytesOf(sketch)).toEqual(bytes);
    expect(Sketch.decode(Uint8Array.from(bytes)).bins()).toEqual(sketch.bins());
  });

  test('a count below zero, where more was removed than added', () => {
    const sketch = new Sketch();
    sketch.add(1, -1);
    sketch.add(0, -2);
    expect(bytesOf(sketch)).toEqual([3, 0, 1]);
    expect(Sketch.decode(Uint8Array.from([3, 0, 1])).bins()).toEqual([
      [ZERO_BIN, -2],
      [0, -1],
    ]);
  });

  test('a part of a longer buffer is one sketch', () => {
    const [a, b] = [sketchOf(0, 1).encode(), sketchOf(1, 1.0001).encode()];
    const both = Uint8Array.from([...a, ...b]);
    const merged = (from: number, end: number) => {
      const sketch = new Sketch();
      sketch.mergeEncoded(both, from, end);
      return sketch.bins();
    };
    expect(merged(0, a.length)).toEqual([
      [ZERO_BIN, 1],
      [0, 1],
    ]);
    expect(merged(a.length, both.length)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(merged(a.length, a.length)).toEqual([]);
  });

  test('are added to what is there', () => {
    const sketch = sketchOf(0, 1, ...many(1.0001));
    sketch.mergeEncoded(sketchOf(0, 1, 1e6).encode());
    expect(sketch.count).toBe(105);
    expect(sketch.bins().slice(0, 3)).toEqual([
      [ZERO_BIN, 2],
      [0, 2],
      [1, 100],
    ]);
    expect(sketch.quantile(1)).toBeCloseTo(1e6, -4.1);
  });

  test('encoding changes nothing', () => {
    const sketch = sketchOf(0, 1, 1.0001);
    const before = bytesOf(sketch);
    expect(bytesOf(sketch)).toEqual(before);
    expect(sketch.count).toBe(3);
  });
});

describe('merging', () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ['lists', [1, 1.0001], [1, 0]],
    ['a list with bins', [1, 0], many(1.0001)],
    ['bins with a list', many(1), [1.0001, 0]],
    ['bins', many(1), [...many(1000), 500, 20, 0]],
  ])('%s, and taking away again', (_, a, b) => {
    const sketch = sketchOf(...a);
    sketch.merge(sketchOf(...b));
    expect(sketch.count).toBe(a.length + b.length);
    expect(sketch.bins()).toEqual(sketchOf(...a, ...b).bins());
    sketch.merge(sketchOf(...b), -1);
    expect(sketch.bins()).toEqual(sketchOf(...a).bins());
    // Twice the other one.
    sketch.merge(sketchOf(...b), 2);
    expect(sketch.bins()).toEqual(sketchOf(...a, ...b, ...b).bins());
  });

  test('several times one value', () => {
    const sketch = new Sketch();
    sketch.add(1, 3);
    sketch.add(0, 2);
    expect(sketch.bins()).toEqual([
      [ZERO_BIN, 2],
      [0, 3],
    ]);
    expect(sketch.count).toBe(5);
  });
});
