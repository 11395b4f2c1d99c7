/** Values as a rollup stores them. */
import type { SketchColumns } from '../../server/analytics/sketch/columns.ts';
import { columnsOfSketch } from '../../server/analytics/sketch/columns.ts';
import { Sketch } from '../../server/analytics/sketch/sketch.ts';

/** A sketch of values with their counts: each value becomes the upper bound of its bin, at most 2 % more. */
export function columnsOf(values: readonly (readonly [value: number, n: number])[]): SketchColumns {
  const sketch = new Sketch();
  for (const [value, n] of values) sketch.add(value, n);
  return columnsOfSketch(sketch);
}

/** Bins with their counts. */
export function columnsOfBins(bins: readonly (readonly [bin: number, n: number])[]): SketchColumns {
  const lists = { bins: Int32Array.from(bins, ([bin]) => bin), counts: Float64Array.from(bins, ([, n]) => n) };
  return { ...lists, from: 0, end: bins.length };
}
