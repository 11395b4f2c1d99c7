/** Totals per function: counts, quantiles, and counts by parts of the range. */
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { addCounts, addUsage, noCounts, quantiles } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import type { Blocks } from '../../rollup/rate-blocks.ts';
import { RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import type { Counts, UsageSlice } from '../shared-types.ts';
import type { FunctionAggregate, FunctionIdentity } from './types.ts';

export class FunctionTotalsBuilder {
  readonly duration = new Sketch();
  readonly init = new Sketch();
  readonly blocks: RateBlocksBuilder;
  readonly #identity: FunctionIdentity;
  readonly #counts: Record<ReadColumn, number> = noCounts();
  readonly #usage: UsageSlice[] = [];
  #maxMemoryUsedMb: number | null = null;
  #memoryUse: FunctionAggregate['memoryUse'] = null;

  constructor(identity: FunctionIdentity, blocks: Blocks) {
    this.blocks = new RateBlocksBuilder(blocks);
    this.#identity = identity;
  }

  add(
    slice: Pick<UsageSlice, 'version' | 'memoryMb' | 'architecture'>,
    counts: Counts,
    maxMemoryMb: number | null,
  ): void {
    addCounts(this.#counts, counts);
    addUsage(this.#usage, slice, counts);
    if (maxMemoryMb === null) return;
    this.#maxMemoryUsedMb = Math.max(this.#maxMemoryUsedMb ?? 0, maxMemoryMb);
    if (slice.memoryMb === null) return;
    const share = maxMemoryMb / slice.memoryMb;
    if (share > (this.#memoryUse?.share ?? 0)) {
      this.#memoryUse = { share, usedMb: maxMemoryMb, sizeMb: slice.memoryMb };
    }
  }

  /** Null without invocations. */
  result(): FunctionAggregate | null {
    if (this.#counts.n <= 0) return null;
    return {
      identity: this.#identity,
      counts: this.#counts,
      usage: this.#usage,
      blocks: this.blocks.lists(),
      maxMemoryUsedMb: this.#maxMemoryUsedMb,
      memoryUse: this.#memoryUse,
      durationMs: quantiles(this.duration),
      initMs: quantiles(this.init),
    };
  }
}
