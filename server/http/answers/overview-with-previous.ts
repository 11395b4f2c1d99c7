/** The overview beside the period of equal length before it. */

import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { rateDifference } from '../../analytics/statistics/rate-difference.ts';
import type { FleetAggregate, MetricAnswer } from '../../storage/ports.ts';
import type { OverviewAnswer, PreviousPeriod } from '../contract/overview.ts';
import type { DeclaredCosts } from '../presentation/present.ts';
import { overview } from './overview.ts';
import type { Shaped } from './shaped.ts';

export function overviewWithPrevious(
  fleet: FleetAggregate,
  metrics: MetricAnswer,
  before: FleetAggregate,
  nowMs: number,
  declared: DeclaredCosts,
  terms: PriceTerms,
): Shaped<OverviewAnswer> {
  const { body, meta } = overview(fleet, metrics, nowMs, declared, terms);
  // Findings of the time before are not asked for: they need no metrics.
  const earlier = overview(before, { range: before.range, metrics: [] }, nowMs, declared, terms).body;
  return {
    body: { ...body, previous: previousOf(body, earlier, firstSeenMs(fleet, before)) },
    meta,
  };
}

function previousOf(now: OverviewAnswer, before: OverviewAnswer, firstMs: number): PreviousPeriod {
  const areErrorsKnown = now.errorRate.unknown === null && before.errorRate.unknown === null;
  return {
    range: before.range,
    isComplete: firstMs <= Date.parse(before.range.from),
    invocations: before.invocations,
    errors: before.errors,
    errorRate: before.errorRate,
    userFeltColdStarts: before.userFeltColdStarts,
    userFeltColdStartRate: before.userFeltColdStartRate,
    coldStartSeconds: before.coldStartSeconds,
    costUsd: before.costUsd,
    coverage: before.coverage,
    series: before.series.filter(({ at }) => Date.parse(at) + before.range.bucketMs > firstMs),
    differences: {
      errorRate: areErrorsKnown ? rateDifference(before.errorRate, now.errorRate) : null,
      userFeltColdStartRate: rateDifference(before.userFeltColdStartRate, now.userFeltColdStartRate),
    },
  };
}

/** When the first of these functions was seen; infinite without any. */
function firstSeenMs(...fleets: readonly FleetAggregate[]): number {
  return fleets
    .flatMap(({ functions }) => functions)
    .reduce((first, { identity }) => Math.min(first, identity.firstSeenMs), Number.POSITIVE_INFINITY);
}
