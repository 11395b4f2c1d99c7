/** Rates of counted invocations. */
import type { BlockCount } from '../statistics/blocks.ts';
import { clusteredRate } from '../statistics/blocks.ts';
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

/** Hits and what they are counted among, of each part; none without lists. */
export function partsOf(lists: RateLists | null | undefined, hits: ListedRate): readonly BlockCount[] {
  if (lists === null || lists === undefined) return [];
  const among = hits === 'userFelt' ? lists.placed : lists.n;
  return among.map((n, at) => ({ hits: lists[hits][at] ?? 0, n }));
}

/** As {@link rateOf}, from what was counted. */
export function rateByBlocks(total: BlockCount, blocks: readonly BlockCount[]): Rate {
  const plain = wilson(total.hits, total.n);
  const clustered = clusteredRate(blocks);
  return clustered.n === plain.n && clustered.value === plain.value ? clustered : plain;
}
