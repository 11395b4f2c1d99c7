/** Handler that compares two periods of a function. */

import { DAY_MS, HOUR_MS, iso } from '../../../ingest/records/time.ts';
import { significant } from '../../../ingest/text/quantities.ts';
import { coverageOf } from '../../analytics/metrics/counts.ts';
import { unknownErrorsOf } from '../../analytics/metrics/error-rate.ts';
import type { Distribution, TimeRange } from '../../storage/ports.ts';
import type { CompareAnswer } from '../contract/compare.ts';
import { compareRoutes } from '../contract/compare.ts';
import { implement } from '../implement.ts';
import { measured } from '../presentation/measured-period.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf } from '../query.ts';

export const compareHandlers = implement(compareRoutes, {
  comparePeriods: async ({ context, query }) => {
    const { functionId, region } = await functionOf(query.function, context.store);
    const { version, memoryMb } = query;
    const periods = [
      periodOf('before', query.before, context.now()),
      periodOf('after', query.after, context.now()),
    ] as const;
    const blockMs = blockOf(periods.map(({ fromMs, toMs }) => toMs - fromMs));
    const ask = (range: TimeRange): Promise<Distribution> =>
      context.store.read.distribution({ ...range, functionId, version, memoryMb, blockMs });
    const [before, after] = await Promise.all([ask(periods[0]), ask(periods[1])]);
    const result = await context.analysis.run('compare', {
      before: measured(before, region),
      after: measured(after, region),
    });
    return {
      before: sideOf(before, region, result.before),
      after: sideOf(after, region, result.after),
      differences: [...result.differences],
      verdict: result.verdict,
      warnings: [
        ...warningsOf(before, after),
        ...(result.sameHours || before.counts.n === 0 || after.counts.n === 0 ? [] : [OTHER_HOURS]),
      ],
    };
  },
});

/** Parses a period. @throws ProblemError that names the period. */
function periodOf(field: 'before' | 'after', text: string, nowMs: number): TimeRange {
  const [from = '', to = ''] = text.split('/');
  let range: TimeRange;
  try {
    range = rangeOf({ from, to }, nowMs);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const message = error.errors?.map((one) => `${one.field} ${one.message}`).join('; ') ?? error.message;
    throw new ProblemError('invalid-request', `The period "${field}" is not valid`, [{ field, message }]);
  }
  if (range.toMs - range.fromMs < SHORTEST_MS) {
    throw new ProblemError('invalid-request', `The period "${field}" is too short`, [
      { field, message: 'must be at least five minutes' },
    ]);
  }
  return range;
}

const SHORTEST_MS = 300_000;
const OTHER_HOURS =
  'The periods have different hours of the day: what changes from hour to hour appears as a difference.';

/** Width of the blocks of time that show how much invocations depend on each other. */
function blockOf(spans: readonly number[]): number {
  const [shortest, longest] = [Math.min(...spans), Math.max(...spans)];
  if (shortest < 12 * HOUR_MS && longest <= 2 * DAY_MS) return SHORTEST_MS;
  return longest > 31 * DAY_MS && shortest >= 14 * DAY_MS ? DAY_MS : HOUR_MS;
}
/** Warn if traffic grew or shrank by this factor. */
const TRAFFIC_CHANGE = 3;

function sideOf(
  found: Distribution,
  region: string,
  [p50 = null, p95 = null, p99 = null]: readonly (number | null)[],
): CompareAnswer['before'] {
  const { n, errors, coldStarts, durationMs, costPer1kUsd } = measured(found, region);
  const { fromMs, toMs, widthMs } = found.range;
  return {
    range: { from: iso(fromMs), to: iso(toMs), bucketMs: widthMs },
    n,
    errors,
    coldStarts,
    quantiles: { p50, p95, p99, n },
    histogram: durationMs.map(([ms, count]) => ({ ms, n: count })),
    costPer1kUsd,
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
    warnings.push(`The error rates cannot be compared. ${unknown[0].reason} ${unknown[0].remedy}`);
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
