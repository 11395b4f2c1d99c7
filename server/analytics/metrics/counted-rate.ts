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

/** As {@link rateOf}, from what was counted. */
export function rateByBlocks(total: BlockCount, blocks: readonly BlockCount[]): Rate {
  const plain = wilson(total.hits, total.n);
  const clustered = clusteredRate(blocks);
  return clustered.n === plain.n && clustered.value === plain.value ? clustered : plain;
}
