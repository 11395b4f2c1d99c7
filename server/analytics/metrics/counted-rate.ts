/** Rates of counted invocations. */
import type { BlockCount } from '../statistics/blocks.ts';
import { clusteredRateOf } from '../statistics/blocks.ts';
import type { Rate } from '../statistics/rate.ts';
import { wilson } from '../statistics/rate.ts';

/**
 * The share of `hits` among `among` of the counts, with its 95 % interval from the same counts by block of time, in order.
 * Without blocks, or where they do not add up to the counts, the interval assumes independent invocations.
 */
export function rateOf<Counts extends { readonly n: number }>(
  counts: Counts,
  blocks: readonly Counts[],
  hits: (counts: Counts) => number,
  among: (counts: Counts) => number = (one) => one.n,
): Rate {
  return rateByBlocks(
    { hits: hits(counts), n: among(counts) },
    blocks.map((one) => ({ hits: hits(one), n: among(one) })),
  );
}

/** Counts of successive parts of a range. The lists are equally long. */
export interface RateLists {
  readonly n: readonly number[];
  /** Invocations whose log stream is known. */
  readonly placed: readonly number[];
  readonly errors: readonly number[];
  readonly coldStarts: readonly number[];
  readonly userFelt: readonly number[];
}

/** Rates that are counted in parts of a range. */
export type ListedRate = 'errors' | 'coldStarts' | 'userFelt';

/** The share of what was counted, with its interval from the lists, as {@link rateOf}. */
export function rateInLists(total: BlockCount, lists: RateLists | null | undefined, hits: ListedRate): Rate {
  if (lists === null || lists === undefined) return wilson(total.hits, total.n);
  return rateByLists(total, lists[hits], hits === 'userFelt' ? lists.placed : lists.n);
}

/** As {@link rateOf}, from what was counted. */
export function rateByBlocks(total: BlockCount, blocks: readonly BlockCount[]): Rate {
  return rateByLists(
    total,
    blocks.map(({ hits }) => hits),
    blocks.map(({ n }) => n),
  );
}

function rateByLists(total: BlockCount, hits: readonly number[], among: readonly number[]): Rate {
  const plain = wilson(total.hits, total.n);
  // Where none or all are hits, no block differs from another.
  if (total.hits === 0 || total.hits === total.n) return plain;
  const clustered = clusteredRateOf(hits, among);
  return clustered.n === plain.n && clustered.value === plain.value ? clustered : plain;
}
