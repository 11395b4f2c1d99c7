/** All rollups of one function over one period, summed, for comparing periods. */
import type { UsageSlice } from '../../ports.ts';
import { addAll, addUsage, countsFrom } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { DistributionBuilder } from '../../rollup/distribution.ts';
import { nearest } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { RollupCell } from '../../sqlite/rollup-cells.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import type { Series } from '../../sqlite/series.ts';
import { functionsById, mergeOnDemand, onDemandInits } from '../../sqlite/series.ts';
import type { Distribution, DistributionQuery } from './types.ts';

export async function distribution(db: Databases, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(db, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const functions = [...functionsById(db, [query]).values()];
  const building = new DistributionBuilder();
  const open = new OpenBlock(building);
  const usage: UsageSlice[] = [];
  for (const part of await rollupParts(db, functions, query, range, blockMs)) {
    const selection = selectPart(part, errorsKnownIn(db, part.functionIds, part));
    const bySeries = new Map<Series, Float64Array>();
    for (const segment of part.segments) {
      // Parts, segments and rows of one function are in order of time.
      forEachCell(db, selection, segment, 'both', (cell) => {
        const series = part.series.get(cell.seriesId);
        if (series === undefined) return;
        open.add(Math.floor(cell.bucket / blockMs) * blockMs, cell);
        const sums = bySeries.get(series);
        if (sums === undefined) bySeries.set(series, cell.counts.slice());
        else addAll(sums, cell.counts);
      });
    }
    for (const [series, sums] of bySeries) addUsage(usage, series, countsFrom(sums, 0));
  }
  open.close();
  return building.result(usage, range, blockMs);
}

type Encoded = Pick<RollupCell, 'sketches' | 'durationAt' | 'coldAt' | 'end'>;

/** The block that rows are added to. Most blocks are of one row, whose sketches are read without summing them. */
class OpenBlock {
  readonly #building: DistributionBuilder;
  /** Of blocks of several rows. One for all of them: with its sketches it takes more memory than the values of an hour. */
  readonly #bucket = new RollupBucket();
  #fromMs: number | null = null;
  /** Sketches of the only row; null if the bucket has those of several. */
  #only: Encoded | null = null;

  constructor(building: DistributionBuilder) {
    this.#building = building;
  }

  add(fromMs: number, cell: RollupCell): void {
    if (fromMs !== this.#fromMs) {
      this.close();
      this.#fromMs = fromMs;
      const { sketches, durationAt, coldAt, end } = cell;
      this.#only = { sketches, durationAt, coldAt, end };
      this.#bucket.counts.set(cell.counts);
      return;
    }
    if (this.#only !== null) this.#merge(this.#only);
    this.#only = null;
    this.#merge(cell);
    addAll(this.#bucket.counts, cell.counts);
  }

  close(): void {
    if (this.#fromMs === null) return;
    if (this.#only === null) {
      this.#building.add(this.#fromMs, this.#bucket);
      this.#bucket.clear();
      return;
    }
    const { sketches, durationAt, coldAt, end } = this.#only;
    const inits = onDemandInits(sketches, coldAt, end);
    this.#building.addEncoded(this.#fromMs, this.#bucket.counts, sketches, [durationAt, coldAt], inits);
  }

  #merge({ sketches, durationAt, coldAt, end }: Encoded): void {
    this.#bucket.duration.mergeEncoded(sketches, durationAt, coldAt);
    mergeOnDemand(sketches, 'init', this.#bucket.coldOf('on-demand').init, coldAt, end);
  }
}
