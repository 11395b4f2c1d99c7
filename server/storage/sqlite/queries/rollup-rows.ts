/** The rollup rows of some functions over segments of time, of those series that the filter names. */

import type { Segment } from '../../range.ts';
import type { FunctionFilter } from '../../store.ts';
import { narrows } from '../../sums.ts';
import type { Databases } from './databases.ts';

import type { RollupRow } from './tables.ts';

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
