/** Counts in equal parts of a range, from which intervals of rates are estimated. */
import type { RateBlocks, TimeRange } from '../questions/shared-types.ts';
import { READ_AT } from './bucket.ts';

/** Equal parts of a range. */
export const BLOCKS = 24;

/** Counts of a rollup row that rates are made of. */
export type RateCounts = { readonly [Name in keyof RateBlocks]: number };

/** From counts in the order of READ_COLUMNS. Called for every rollup row of a list. */
export function rateCountsFrom(counts: ArrayLike<number>): RateCounts {
  const n = counts[READ_AT.n] ?? 0;
  const stopped = (counts[READ_AT.timeouts] ?? 0) + (counts[READ_AT.ooms] ?? 0) + (counts[READ_AT.exits] ?? 0);
  const ready = (counts[READ_AT.cold_provisioned] ?? 0) + (counts[READ_AT.cold_snap_start] ?? 0);
  const others = (counts[READ_AT.cold_suppressed] ?? 0) + (counts[READ_AT.cold_managed_instance] ?? 0);
  return {
    n,
    placed: n - (counts[READ_AT.unplaced] ?? 0),
    errors: stopped + (counts[READ_AT.errors] ?? 0),
    coldStarts: (counts[READ_AT.cold_on_demand] ?? 0) + ready + others,
    userFelt: counts[READ_AT.user_felt] ?? 0,
  };
}

/** Returns the part of the range that each start of a row, epoch ms, belongs to. */
export function blockOf({ fromMs, toMs }: TimeRange): (startMs: number) => number {
  const blockMs = (toMs - fromMs) / BLOCKS;
  return (startMs) => Math.min(BLOCKS - 1, Math.floor((startMs - fromMs) / blockMs));
}

export class RateBlocksBuilder implements RateBlocks {
  readonly n = zeros();
  readonly placed = zeros();
  readonly errors = zeros();
  readonly coldStarts = zeros();
  readonly userFelt = zeros();

  add(block: number, counts: RateCounts): void {
    addTo(this.n, block, counts.n);
    addTo(this.placed, block, counts.placed);
    addTo(this.errors, block, counts.errors);
    addTo(this.coldStarts, block, counts.coldStarts);
    addTo(this.userFelt, block, counts.userFelt);
  }

  /** Plain lists, which can cross threads. */
  lists(): RateBlocks {
    const { n, placed, errors, coldStarts, userFelt } = this;
    return { n, placed, errors, coldStarts, userFelt };
  }
}

function zeros(): number[] {
  return new Array<number>(BLOCKS).fill(0);
}

function addTo(counts: number[], block: number, times: number): void {
  counts[block] = (counts[block] ?? 0) + times;
}
