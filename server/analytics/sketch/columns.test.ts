/** Sketches in shared lists are what they are alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { binsIn, columnsOfSketch, SketchList } from './columns.ts';
import { boundOf, Sketch, ZERO_BIN } from './sketch.ts';

const entries = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true })),
    fc.integer({ min: -500, max: 100_000 }),
  ),
);

function sketchOf(values: readonly (readonly [value: number, times: number])[]): Sketch {
  const sketch = new Sketch();
  for (const [value, times] of values) sketch.add(value, times);
  return sketch;
}

test('each has its own bins, whether it was added as bytes or not, and all together are their sum', () => {
  law(
    fc.property(fc.array(entries, { maxLength: 5 }), fc.infiniteStream(fc.boolean()), (all, encoded) => {
      const sketches = all.map(sketchOf);
      const list = new SketchList();
      const ends = sketches.map((sketch) => {
        const bytes = sketch.encode();
        if (encoded.next().value) list.addEncoded(Uint8Array.of(7, ...bytes, 200, 1), 1, 1 + bytes.length);
        else list.add(sketch);
        return list.length;
      });
      const lists = list.lists();
      const found = ends.map((end, at) => binsIn({ ...lists, from: ends[at - 1] ?? 0, end }));
      expect(found).toEqual(sketches.map((sketch) => sketch.bins()));
      const sum = new Sketch();
      for (const sketch of sketches) sum.merge(sketch);
      expect(list.histogram()).toEqual(sum.histogram());
    }),
  );
});

test('lists grow to hold all bins', () => {
  const many = new Sketch();
  for (let bin = 0; bin < 3000; bin += 1) many.addBin(bin, 1000 + bin);
  const bytes = many.encode();
  const list = new SketchList();
  list.add(many);
  list.addEncoded(bytes, 0, bytes.length);
  expect(list.length).toBe(6000);
  const { bins, counts } = list.lists();
  expect([bins[2999], counts[2999], bins[3000], counts[3000], bins[5999], counts[5999]]).toEqual([
    ...[2999, 3999, 0, 1000, 2999, 3999],
  ]);
  expect(list.histogram()[2999]).toEqual([boundOf(2999), 7998]);
});

test('columns are the bins, and their bounds the values of the histogram', () => {
  const sketch = sketchOf([
    [0, 2],
    [1, 3],
    [250, 1],
  ]);
  // Bin 0 ends at 1; ln 250 / ln (1.01 / 0.99) = 276.06.
  expect(binsIn(columnsOfSketch(sketch))).toEqual([
    [ZERO_BIN, 2],
    [0, 3],
    [277, 1],
  ]);
  expect([...columnsOfSketch(sketch).bins].map(boundOf)).toEqual(sketch.histogram().map(([upTo]) => upTo));
  expect(columnsOfSketch(new Sketch())).toMatchObject({ from: 0, end: 0 });
});
