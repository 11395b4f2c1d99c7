/** Rates of cold starts. */
import { rateOf } from '../../analytics/metrics/counted-rate.ts';
import { coldStartsOf, placedOf } from '../../analytics/metrics/counts.ts';
import type { Counts } from '../../storage/ports.ts';

/** Rates of cold starts, with intervals from the differences between buckets. */
export function coldRatesOf(counts: Counts, buckets: readonly { readonly counts: Counts }[]) {
  const blocks = buckets.map((bucket) => bucket.counts);
  return {
    rate: rateOf(counts, blocks, coldStartsOf),
    userFeltRate: rateOf(counts, blocks, (one) => one.user_felt, placedOf),
  };
}
