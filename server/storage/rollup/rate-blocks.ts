/** Counts in equal parts of a range, from which intervals of rates are estimated. */
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import type { Counts, RateBlocks, ResolvedRange } from '../questions/shared-types.ts';
import { READ_AT } from './bucket.ts';

/** Equal parts that a range is divided into. The range may cut the first and the last. */
export interface Blocks {
  /** Start of the first, a multiple of the width, epoch ms. */
  readonly fromMs: number;
  /** No row that is counted may be wider. */
  readonly widthMs: number;
  readonly n: number;
}

const WIDTHS_MIN = [5, 15, 30, 60, 180, 1440, 4320, 10_080, 43_200] as const;
/** As many as a month has days. */
const MOST = 31;

/** At most 32 blocks of a round width; none is narrower than the rows of the range, or than `rowMs`. */
export function blocksOf(range: ResolvedRange, rowMs = 0): Blocks {
  const span = range.toMs - range.fromMs;
  const width =
    WIDTHS_MIN.find((minutes) => span <= MOST * minutes * MINUTE_MS) ?? Math.ceil(span / (MOST * MINUTE_MS));
  const widthMs = Math.max(width * MINUTE_MS, range.widthMs, rowMs);
  const first = Math.floor(range.fromMs / widthMs);
  return { fromMs: first * widthMs, widthMs, n: Math.max(1, Math.ceil(range.toMs / widthMs) - first) };
}

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

/** Values of a row of counts: its block, and those of {@link RateCounts}. */
const ROW_VALUES = 6;

/**
 * Holds counts by row until the rows are as many as the blocks: of a list of many functions, most have few rows, and most of
 * their counts are never asked for.
 */
export class RateBlocksBuilder {
  readonly #blocks: Blocks;
  readonly #rows: number[] = [];
  #lists: RateLists | null = null;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  /** Adds a row that starts at this time, epoch ms. */
  addAt(startMs: number, counts: RateCounts): void {
    this.add(Math.floor((startMs - this.#blocks.fromMs) / this.#blocks.widthMs), counts);
  }

  add(block: number, { n, placed, errors, coldStarts, userFelt }: RateCounts): void {
    if (this.#lists === null && this.#rows.length < this.#blocks.n * ROW_VALUES) {
      this.#rows.push(block, n, placed, errors, coldStarts, userFelt);
      return;
    }
    this.#lists ??= this.#listed();
    addRow(this.#lists, [block, n, placed, errors, coldStarts, userFelt], 0);
  }

  lists(): RateBlocks {
    return this.#lists ?? this.#listed();
  }

  #listed(): RateLists {
    const zeros = (): number[] => new Array<number>(this.#blocks.n).fill(0);
    const lists = { n: zeros(), placed: zeros(), errors: zeros(), coldStarts: zeros(), userFelt: zeros() };
    for (let at = 0; at < this.#rows.length; at += ROW_VALUES) addRow(lists, this.#rows, at);
    return lists;
  }
}

/** The lists of a function's counts; null if no invocation failed and no caller waited for a cold start. */
export function listsWithHits(blocks: RateBlocksBuilder, counts: Counts): RateBlocks | null {
  return errorsOf(counts) === 0 && counts.user_felt === 0 ? null : blocks.lists();
}

type RateLists = { readonly [Name in keyof RateBlocks]: number[] };

/** Adds the row whose values begin at `at`. */
function addRow({ n, placed, errors, coldStarts, userFelt }: RateLists, rows: readonly number[], at: number): void {
  const block = rows[at] ?? 0;
  addTo(n, block, rows[at + 1] ?? 0);
  addTo(placed, block, rows[at + 2] ?? 0);
  addTo(errors, block, rows[at + 3] ?? 0);
  addTo(coldStarts, block, rows[at + 4] ?? 0);
  addTo(userFelt, block, rows[at + 5] ?? 0);
}

function addTo(counts: number[], block: number, times: number): void {
  counts[block] = (counts[block] ?? 0) + times;
}
