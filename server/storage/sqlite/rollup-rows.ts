/** Rollup rows of functions, of the series that a filter names. */

import type { FunctionFilter } from '../ports.ts';
import { narrows } from '../rollup/aggregation.ts';
import type { Segment } from '../rollup/range.ts';
import type { Databases } from './databases.ts';
import { idList } from './read-connection.ts';
import type { RollupRow } from './schema.ts';
import { errorsUnknown } from './series.ts';

/** Reads one segment after the other, so that at most one is held in memory. */
export function* rollupRows(
  { telemetry }: Databases,
  query: FunctionFilter,
  functionIds: readonly number[],
  series: ReadonlyMap<number, unknown>,
  segments: readonly Segment[],
): Generator<RollupRow> {
  for (const segment of segments) {
    let select = telemetry
      .selectFrom(segment.table)
      .selectAll()
      .select(errorsUnknown('function_id').as('errors_unknown'))
      .where('function_id', 'in', idList(functionIds))
      .where('bucket', '>=', segment.fromMs)
      .where('bucket', '<', segment.toMs);
    if (narrows(query)) select = select.where('series_id', 'in', idList([...series.keys()]));
    yield* telemetry.all(select);
  }
}
