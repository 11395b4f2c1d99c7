/** Values of one period by block of time, from the rollup buckets of its blocks. */
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
    const durationMs = bucket.duration.columns();
    const initMs = bucket.coldOf('on-demand').init.columns();
    this.#blocks.push({ fromMs, counts: countsFrom(bucket.counts, 0), durationMs, initMs });
    addAll(this.#counts, bucket.counts);
    this.#durations.addBins(durationMs.bins, durationMs.counts);
    this.#inits.addBins(initMs.bins, initMs.counts);
  }

  result(usage: readonly UsageSlice[], range: ResolvedRange, blockMs: number): Distribution {
    const counts = countsFrom(this.#counts, 0);
    const [durationMs, initMs] = [this.#durations.histogram(), this.#inits.histogram()];
    return { range, counts, usage, durationMs, initMs, blockMs, blocks: this.#blocks };
  }
}
