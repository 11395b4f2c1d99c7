/** Two periods of a function beside each other, with their differences. */
import { iso } from '../../../ingest/records/time.ts';
import { significant } from '../../../ingest/text/quantities.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Period } from '../../analytics/compare/period.ts';
import { comparePeriods } from '../../analytics/compare/two-periods.ts';
import { unpricedInvocations } from '../../analytics/cost/cost.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { coverageOf } from '../../analytics/metrics/counts.ts';
import { ERRORS_REMEDY, unknownErrorsOf } from '../../analytics/metrics/error-rate.ts';
import type { Distribution } from '../../storage/ports.ts';
import type { CompareAnswer } from '../contract/compare.ts';
import { measured } from '../presentation/measured-period.ts';
import { costGap } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { costReasonOf } from '../presentation/reasons.ts';
import type { Shaped } from './shaped.ts';

const OTHER_HOURS =
  'The periods have different hours of the day: what changes from hour to hour appears as a difference.';

/** `region` of the function, for prices. */
export function comparison(before: Distribution, after: Distribution, region: string): Shaped<CompareAnswer> {
  const [was, is] = [measured(before, region), measured(after, region)];
  const result = comparePeriods(was, is);
  const body = {
    before: sideOf(before, was, region, result.before),
    after: sideOf(after, is, region, result.after),
    differences: [...result.differences],
    verdict: result.verdict,
    warnings: [
      ...warningsOf(before, after),
      ...(result.sameHours || before.counts.n === 0 || after.counts.n === 0 ? [] : [OTHER_HOURS]),
    ],
    priceAssumptions: priceAssumptions(
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

function warningsOf(before: Distribution, after: Distribution): string[] {
  const warnings: string[] = [];
  if (before.range.toMs > after.range.fromMs && after.range.toMs > before.range.fromMs) {
    warnings.push('The periods overlap: shared invocations count on both sides.');
  }
  const unknown = [before, after].flatMap(({ counts }) => unknownErrorsOf(counts) ?? []);
  if (unknown[0] !== undefined) {
    warnings.push(`The error rates cannot be compared. ${unknown[0].reason} ${ERRORS_REMEDY}`);
  }
  for (const [key, words] of [
    ['memoryMb', 'memory sizes'],
    ['version', 'versions'],
  ] as const) {
    const [a, b] = [before, after].map((side) => [...new Set(side.usage.map((slice) => slice[key] ?? 'unknown'))]);
    const text = [a, b].map((values) => values?.toSorted().join(', ') ?? '');
    if (text[0] !== text[1] && text[0] !== '' && text[1] !== '') {
      warnings.push(`The ${words} differ: ${text[0]} before, ${text[1]} after.`);
    }
  }
  const ratio = perDay(after) / perDay(before);
  if (ratio > TRAFFIC_CHANGE || ratio < 1 / TRAFFIC_CHANGE) {
    warnings.push(
      `The traffic per day is ${ratio >= 10 ? Math.round(ratio) : significant(ratio, 2)} times as high: possibly different callers.`,
    );
  }
  return warnings;
}

function perDay({ counts, range }: Distribution): number {
  return counts.n / (range.toMs - range.fromMs);
}
