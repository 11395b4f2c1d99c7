/** Cold starts of a function: rates, kinds, causes, durations and examples. */
import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import { adviseColdStarts } from '../../analytics/cold-starts/advice.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { coldStartsOf, coverageOf, userFeltOf } from '../../analytics/metrics/counts.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FunctionIdentity } from '../../storage/ports.ts';
import type { ColdStartsAnswer } from '../contract/functions.ts';
import { adviceOf } from '../presentation/cold-start-advice-text.ts';
import { coldRatesOf } from '../presentation/cold-start-rates.ts';
import { taxAssumptions, taxOf } from '../presentation/cold-start-tax.ts';
import { invocationOf } from '../presentation/present.ts';
import { withoutStreamOf } from '../presentation/without-stream.ts';
import type { Shaped } from './shaped.ts';

/** `configurations` of the function, newest first. */
export function coldStartReport(
  found: ReaderResult<'coldStarts'>,
  configurations: ReaderResult<'inventory'>,
  identity: FunctionIdentity,
  terms: PriceTerms,
): Shaped<ColdStartsAnswer> {
  const { counts, causes: derived, onDemand } = found;
  const { region } = identity;
  const judged = derived.byCause.reduce((sum, entry) => sum + entry.n, 0);
  const cold = coldStartsOf(counts);
  const days = (found.range.toMs - found.range.fromMs) / DAY_MS;
  const tax = taxOf(found, days, region, factorsOf(terms, found.range));
  const rates = coldRatesOf(counts, found.buckets);
  const facts = configurations[0]?.facts;
  const advice = adviseColdStarts({
    coldStarts: cold,
    byCause: derived.byCause,
    kinds: found.byKind.filter(({ n }) => n > 0).map(({ kind }) => kind),
    feltHigh: rates.userFeltRate.high,
    initMs: onDemand.initMs.p50,
    runtime: runtimeOf(identity),
    packageType: facts?.packageType ?? null,
    ephemeralStorageMb: facts?.ephemeralStorageMb ?? null,
    snapStart: facts?.snapStart ?? null,
    provisionedConcurrency: facts?.provisionedConcurrency ?? null,
  });
  const body = {
    range: { from: iso(found.range.fromMs), to: iso(found.range.toMs), bucketMs: found.range.widthMs },
    ...rates,
    ...adviceOf(advice),
    ...tax,
    ...taxAssumptions(found, tax, region, terms),
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
