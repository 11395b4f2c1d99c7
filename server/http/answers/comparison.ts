/** Two periods of a function beside each other, with their differences. */
import { iso } from '../../../ingest/records/time.ts';
import { significant } from '../../../ingest/text/quantities.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Period } from '../../analytics/compare/period.ts';
import { comparePeriods } from '../../analytics/compare/two-periods.ts';
import { unpricedInvocations } from '../../analytics/cost/cost.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { coverageOf } from '../../analytics/metrics/counts.ts';
import { ERRORS_REMEDY, unknownErrorsReason } from '../../analytics/metrics/error-rate.ts';
import type { Distribution } from '../../storage/ports.ts';
import type { CompareAnswer } from '../contract/compare.ts';
import { measured } from '../presentation/measured-period.ts';
import { costGap } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { codesOf, costReasonOf } from '../presentation/reasons.ts';
import type { Shaped } from './shaped.ts';

/** `region` of the function, for prices. */
export function comparison(before: Distribution, after: Distribution, region: string): Shaped<CompareAnswer> {
  const [was, is] = [measured(before, region), measured(after, region)];
  const result = comparePeriods(was, is);
  const warnings = [
    ...warningsOf(before, after),
    ...(result.sameHours || before.counts.n === 0 || after.counts.n === 0 ? [] : [[reasonOf('compare-other-hours')]]),
  ];
  const body = {
    before: sideOf(before, was, region, result.before),
    after: sideOf(after, is, region, result.after),
    differences: [...result.differences],
    verdict: result.verdict,
    warnings: warnings.map((sentences) => sentences.map(({ text }) => text).join(' ')),
    warningCodes: warnings.map(codesOf),
    ...priceAssumptions(
      [before, after].flatMap(({ usage }) => usage.map((slice) => ({ ...slice, region }))),
      { fromMs: before.range.fromMs, toMs: after.range.toMs },
      null,
    ),
  };
  return { body, meta: null };
}

/** Warn if traffic grew or shrank by this factor. */
const TRAFFIC_CHANGE = 3;

function sideOf(
  found: Distribution,
  { n, errors, coldStarts, durationMs, costPer1kUsd }: Period,
  region: string,
  [p50 = null, p95 = null, p99 = null]: readonly (number | null)[],
): CompareAnswer['before'] {
  const { fromMs, toMs, widthMs } = found.range;
  return {
    range: { from: iso(fromMs), to: iso(toMs), bucketMs: widthMs },
    n,
    errors,
    coldStarts,
    quantiles: { p50, p95, p99, n },
    histogram: durationMs.map(([ms, count]) => ({ ms, n: count })),
    costPer1kUsd,
    ...costReasonOf(
      n === 0
        ? reasonOf('cost-no-invocations')
        : costGap(
            unpricedInvocations(
              found.usage.map((slice) => ({ region, ...slice })),
              AT_LIST_PRICE,
            ),
            n,
          ),
    ),
    coverage: coverageOf(found.counts),
  };
}

/** The sentences of each warning. */
function warningsOf(before: Distribution, after: Distribution): readonly (readonly Reason[])[] {
  const warnings: (readonly Reason[])[] = [];
  if (before.range.toMs > after.range.fromMs && after.range.toMs > before.range.fromMs) {
    warnings.push([reasonOf('compare-overlap')]);
  }
  const unknown = [before, after].flatMap(({ counts }) => unknownErrorsReason(counts) ?? []);
  if (unknown[0] !== undefined) {
    warnings.push([reasonOf('compare-error-rates'), unknown[0], ERRORS_REMEDY]);
  }
  for (const [key, code] of [
    ['memoryMb', 'compare-memory-differs'],
    ['version', 'compare-versions-differ'],
  ] as const) {
    const [a, b] = [before, after].map((side) => [...new Set(side.usage.map((slice) => slice[key] ?? 'unknown'))]);
    const [was = '', is = ''] = [a, b].map((values) => values?.toSorted().join(', ') ?? '');
    if (was !== is && was !== '' && is !== '') warnings.push([reasonOf(code, { before: was, after: is })]);
  }
  const ratio = perDay(after) / perDay(before);
  if (ratio > TRAFFIC_CHANGE || ratio < 1 / TRAFFIC_CHANGE) {
    const times = ratio >= 10 ? Math.round(ratio) : Number(significant(ratio, 2));
    warnings.push([reasonOf('compare-traffic-differs', { times })]);
  }
  return warnings;
}

function perDay({ counts, range }: Distribution): number {
  return counts.n / (range.toMs - range.fromMs);
}
