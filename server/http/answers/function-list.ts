/** The list of functions, with each function's init against the median of its runtime. */

import { iso } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import { againstRuntime } from '../../analytics/cold-starts/against-runtime.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { coverageOf } from '../../analytics/metrics/counts.ts';
import { ERRORS_REMEDY } from '../../analytics/metrics/error-rate.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { Tags } from '../../storage/ports.ts';
import type { FunctionSummary, FunctionsAnswer } from '../contract/functions.ts';
import type { DeclaredCosts } from '../presentation/present.ts';
import { summaryOf } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import type { Shaped } from './shaped.ts';

export function functionList(
  { range, items, omitted }: ReaderResult<'functions'>,
  nowMs: number,
  declared: DeclaredCosts,
  terms: PriceTerms,
  tags: ReadonlyMap<number, Tags>,
): Shaped<FunctionsAnswer> {
  const factors = factorsOf(terms, range);
  const n = items.reduce((sum, item) => sum + item.counts.n, 0);
  const with_start = items.reduce((sum, item) => sum + item.counts.with_start, 0);
  const summaries = items.map((item) => {
    const own = tags.get(item.identity.functionId);
    const summary = summaryOf(item, nowMs, declared, factors);
    return own === undefined ? summary : { ...summary, tags: own };
  });
  const compared = againstRuntime(summaries.map((one) => ({ runtime: one.runtime, initMs: one.initMs.p50 })));
  const body = {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.widthMs },
    items: summaries
      .map((summary, at) => ({ ...withoutRemedy(summary), initAgainstRuntime: compared[at] ?? null }))
      .toSorted((a, b) => b.invocations - a.invocations || compareText(a.id, b.id)),
    nextCursor: null,
    omitted,
    coverage: coverageOf({ n, with_start }),
    ...priceAssumptions(
      items.flatMap(({ identity, usage }) => usage.map((slice) => ({ ...slice, region: identity.region }))),
      range,
      terms,
    ),
    errorsRemedy: summaries.some(({ errorRate }) => errorRate.unknown !== null) ? ERRORS_REMEDY.text : null,
  };
  return { body, meta: null };
}

const NO_REMEDY = { remedy: null, remedyCode: null } as const;

/** The remedy is the same text of 1 kB for every function: the list states it once. */
function withoutRemedy(summary: FunctionSummary): FunctionSummary {
  const { errorRate, wastedUnknown } = summary;
  if (errorRate.unknown === null && wastedUnknown === null) return summary;
  return {
    ...summary,
    errorRate: { ...errorRate, unknown: errorRate.unknown && { ...errorRate.unknown, ...NO_REMEDY } },
    wastedUnknown: wastedUnknown && { ...wastedUnknown, ...NO_REMEDY },
  };
}
