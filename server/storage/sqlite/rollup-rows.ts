/** The rollup rows of some functions over segments of time, of those series that the filter names. */

import type { FunctionFilter } from '../ports.ts';
import { narrows } from '../rollup/aggregation.ts';
import type { Segment } from '../rollup/range.ts';
import type { Databases } from './databases.ts';

import type { RollupRow } from './schema.ts';

/** One segment after the other, so that no more than one is held at once. */
export async function* rollupRows(
  db: Databases,
  query: FunctionFilter,
  functionIds: readonly number[],
  series: ReadonlyMap<number, unknown>,
  segments: readonly Segment[],
): AsyncGenerator<RollupRow> {
  for (const segment of segments) {
    let select = db.telemetry
      .selectFrom(segment.table)
      .selectAll()
      .where('function_id', 'in', functionIds)
      .where('bucket', '>=', segment.fromMs)
      .where('bucket', '<', segment.toMs);
    if (narrows(query)) select = select.where('series_id', 'in', [...series.keys()]);
    yield* await select.execute();
  }
}
