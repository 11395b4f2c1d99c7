/** Values of one period by block of time, from the rollup buckets of its blocks. */
import type { Block } from '../../analytics/compare/period.ts';
import { SketchList } from '../../analytics/sketch/columns.ts';
import type { Distribution } from '../questions/distribution/types.ts';
import type { ResolvedRange, UsageSlice } from '../questions/shared-types.ts';
import { addAll, countsFrom } from './aggregation.ts';
import type { RollupBucket } from './bucket.ts';
import { READ_AT, READ_COLUMNS } from './bucket.ts';
import { rateCountsFrom } from './rate-blocks.ts';

/** Values of a block in {@link DistributionBuilder}: its start, four counts, and where its sketches end. */
const BLOCK_VALUES = 7;

/** Sums blocks, which are added in order of time. */
export class DistributionBuilder {
  readonly #counts = new Float64Array(READ_COLUMNS.length);
  readonly #durations = new SketchList();
  readonly #inits = new SketchList();
  readonly #blocks: number[] = [];

  /** Adds a block. The bucket is not kept. */
  add(fromMs: number, bucket: RollupBucket): void {
    this.#durations.add(bucket.duration);
    this.#inits.add(bucket.coldOf('on-demand').init);
    this.#close(fromMs, bucket.counts);
  }

  /** Adds a block by its counts, in the order of READ_COLUMNS, and its encoded sketches in the same bytes. Nothing is kept. */
  addEncoded(fromMs: number, counts: Float64Array, bytes: Uint8Array, durations: ByteRange, inits: ByteRange): void {
    this.#durations.addEncoded(bytes, durations[0], durations[1]);
    this.#inits.addEncoded(bytes, inits[0], inits[1]);
    this.#close(fromMs, counts);
  }

  result(usage: readonly UsageSlice[], range: ResolvedRange, blockMs: number): Distribution {
    const counts = countsFrom(this.#counts, 0);
    const [durationMs, initMs] = [this.#durations.histogram(), this.#inits.histogram()];
    return { range, counts, usage, durationMs, initMs, blockMs, blocks: this.#listed() };
  }

  #close(fromMs: number, counts: Float64Array): void {
    const { n, errors, coldStarts } = rateCountsFrom(counts);
    const billedMs = counts[READ_AT.billed_ms] ?? 0;
    this.#blocks.push(fromMs, n, errors, coldStarts, billedMs, this.#durations.length, this.#inits.length);
    addAll(this.#counts, counts);
  }

  #listed(): readonly Block[] {
    const [durations, inits, rows] = [this.#durations.lists(), this.#inits.lists(), this.#blocks];
    const blocks: Block[] = [];
    let [durationsFrom, initsFrom] = [0, 0];
    for (let at = 0; at < rows.length; at += BLOCK_VALUES) {
      const [durationsEnd, initsEnd] = [rows[at + 5] ?? 0, rows[at + 6] ?? 0];
      blocks.push({
        atMs: rows[at] ?? 0,
        n: rows[at + 1] ?? 0,
        errors: rows[at + 2] ?? 0,
        coldStarts: rows[at + 3] ?? 0,
        billedMs: rows[at + 4] ?? 0,
        durationMs: { bins: durations.bins, counts: durations.counts, from: durationsFrom, end: durationsEnd },
        initMs: { bins: inits.bins, counts: inits.counts, from: initsFrom, end: initsEnd },
      });
      [durationsFrom, initsFrom] = [durationsEnd, initsEnd];
    }
    return blocks;
  }
}

/** Bytes from the first position up to, not including, the second. */
export type ByteRange = readonly [from: number, end: number];
