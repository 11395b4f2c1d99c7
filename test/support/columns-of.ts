/** Values as a rollup stores them. */
import type { SketchColumns } from '../../server/analytics/sketch/sketch.ts';
import { Sketch } from '../../server/analytics/sketch/sketch.ts';

/** A sketch of values with their counts: each value becomes the upper bound of its bin, at most 2 % more. */
export function columnsOf(values: readonly (readonly [value: number, n: number])[]): SketchColumns {
  const sketch = new Sketch();
  for (const [value, n] of values) sketch.add(value, n);
  return sketch.columns();
}
