/** Cold starts of a function: rates, kinds, causes, durations and examples. */
import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { coldStartsOf, coverageOf, userFeltOf } from '../../analytics/metrics/counts.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { ColdStartsAnswer } from '../contract/functions.ts';
import { coldRatesOf } from '../presentation/cold-start-rates.ts';
import { taxAssumptions, taxOf } from '../presentation/cold-start-tax.ts';
import { invocationOf } from '../presentation/present.ts';
import { withoutStreamOf } from '../presentation/without-stream.ts';
import type { Shaped } from './shaped.ts';

/** `region` of the function, for prices. */
export function coldStartReport(
  found: ReaderResult<'coldStarts'>,
  region: string,
  terms: PriceTerms,
): Shaped<ColdStartsAnswer> {
  const { counts, causes: derived, onDemand } = found;
  const judged = derived.byCause.reduce((sum, entry) => sum + entry.n, 0);
  const cold = coldStartsOf(counts);
  const days = (found.range.toMs - found.range.fromMs) / DAY_MS;
  const tax = taxOf(found, days, region, factorsOf(terms, found.range));
  const body = {
    range: { from: iso(found.range.fromMs), to: iso(found.range.toMs), bucketMs: found.range.widthMs },
    ...coldRatesOf(counts, found.buckets),
    ...tax,
    priceAssumptions: taxAssumptions(found, tax, region, terms),
    byKind: found.byKind.map(({ kind, n, initMs, totalMs }) => ({
      kind,
      n,
      share: cold === 0 ? 0 : n / cold,
      initMs,
      totalMs,
    })),
    byCause: derived.byCause.map(({ cause, n }) => ({ cause, n, share: n / judged })),
    judged,
    idleWindow: derived.window,
    doomLoops: derived.doomLoops.map(({ lastMs, ...loop }) => ({ ...loop, lastAt: iso(lastMs) })),
    platformMs: derived.platformMs,
    byExtensions: derived.byExtensions.map((one) => ({ ...one, extensions: [...one.extensions] })),
    initMs: onDemand.initMs,
    totalMs: onDemand.totalMs,
    initHistogram: onDemand.initHistogram.map(([upToMs, n]) => ({ upToMs, n })),
    series: found.buckets.map((bucket) => ({
      at: iso(bucket.fromMs),
      invocations: bucket.counts.n,
      coldStarts: coldStartsOf(bucket.counts),
      userFelt: userFeltOf(bucket.counts),
      rate: wilson(coldStartsOf(bucket.counts), bucket.counts.n),
    })),
    examples: found.examples.map((one) => invocationOf(one, terms)),
    withoutStream: withoutStreamOf(counts),
    coverage: coverageOf(counts),
  };
  return { body, meta: null };
}
