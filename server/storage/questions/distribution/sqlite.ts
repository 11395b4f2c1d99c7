/** All rollups of one function over one period, summed, for comparing periods. */

import type { UsageSlice } from '../../ports.ts';
import { addAll, addUsage, countsFrom } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { DistributionBuilder } from '../../rollup/distribution.ts';
import { nearest } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import type { Series } from '../../sqlite/series.ts';
import { functionsById, mergeOnDemand } from '../../sqlite/series.ts';
import type { Distribution, DistributionQuery } from './types.ts';

export async function distribution(db: Databases, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(db, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const functions = [...functionsById(db, [query]).values()];
  const building = new DistributionBuilder();
  // One bucket for all blocks: with its sketches it takes more memory than the values of an hour.
  const block = new RollupBucket();
  let fromMs: number | null = null;
  const usage: UsageSlice[] = [];
  for (const part of await rollupParts(db, functions, query, range, blockMs)) {
    const selection = selectPart(part, errorsKnownIn(db, part.functionIds, part));
    const bySeries = new Map<Series, Float64Array>();
    for (const segment of part.segments) {
      // Parts, segments and rows of one function are in order of time.
      forEachCell(db, selection, segment, 'both', (cell) => {
        const series = part.series.get(cell.seriesId);
        if (series === undefined) return;
        const at = Math.floor(cell.bucket / blockMs) * blockMs;
        if (at !== fromMs) {
          if (fromMs !== null) building.add(fromMs, block);
          block.clear();
          fromMs = at;
        }
        addAll(block.counts, cell.counts);
        block.duration.mergeEncoded(cell.sketches, cell.durationAt, cell.coldAt);
        mergeOnDemand(cell.sketches, 'init', block.coldOf('on-demand').init, cell.coldAt, cell.end);
        const sums = bySeries.get(series);
        if (sums === undefined) bySeries.set(series, cell.counts.slice());
        else addAll(sums, cell.counts);
      });
    }
    for (const [series, sums] of bySeries) addUsage(usage, series, countsFrom(sums, 0));
  }
  if (fromMs !== null) building.add(fromMs, block);
  return building.result(usage, range, blockMs);
}
