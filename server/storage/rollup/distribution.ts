/** Values of one period by block of time, from the rollup buckets of its blocks. */
import type { SketchColumns } from '../../analytics/sketch/sketch.ts';
import { Sketch } from '../../analytics/sketch/sketch.ts';
import type { Distribution } from '../questions/distribution/types.ts';
import type { ResolvedRange, UsageSlice } from '../questions/shared-types.ts';
import { addAll, countsFrom } from './aggregation.ts';
import type { RollupBucket } from './bucket.ts';
import { READ_COLUMNS } from './bucket.ts';

/** Sums blocks, which are added in order of time. */
export class DistributionBuilder {
  readonly #counts = new Float64Array(READ_COLUMNS.length);
  readonly #durations = new Sketch();
  readonly #inits = new Sketch();
  readonly #blocks: Distribution['blocks'][number][] = [];

  /** Adds a block. The bucket is not kept. */
  add(fromMs: number, bucket: RollupBucket): void {
    this.addColumns(fromMs, bucket.counts, bucket.duration.columns(), bucket.coldOf('on-demand').init.columns());
  }

  /** Adds a block by its counts, in the order of READ_COLUMNS, and its values. The counts are not kept. */
  addColumns(fromMs: number, counts: Float64Array, durationMs: SketchColumns, initMs: SketchColumns): void {
    this.#blocks.push({ fromMs, counts: countsFrom(counts, 0), durationMs, initMs });
    addAll(this.#counts, counts);
    this.#durations.addBins(durationMs.bins, durationMs.counts);
    this.#inits.addBins(initMs.bins, initMs.counts);
  }

  result(usage: readonly UsageSlice[], range: ResolvedRange, blockMs: number): Distribution {
    const counts = countsFrom(this.#counts, 0);
    const [durationMs, initMs] = [this.#durations.histogram(), this.#inits.histogram()];
    return { range, counts, usage, durationMs, initMs, blockMs, blocks: this.#blocks };
  }
}
