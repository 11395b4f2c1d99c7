/** Functions as subjects of findings from metrics of CloudWatch, which has them by name. */

import type { CountedMetric } from '../../analytics/metrics/counted-metrics.ts';
import { COUNTED_METRICS } from '../../analytics/metrics/counted-metrics.ts';
import { PLATFORM_METRICS } from '../../analytics/metrics/platform.ts';
import type { PlatformCounts, PlatformSums } from '../../analytics/metrics/platform-counts.ts';
import { platformCounts } from '../../analytics/metrics/platform-counts.ts';
import type { MetricAnswer } from '../../storage/ports.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';

/** What CloudWatch counted, by the id of the function. */
export function platformCountsOf({ metrics }: MetricAnswer): ReadonlyMap<string, PlatformCounts> {
  const sums = new Map<string, Map<CountedMetric, PlatformSums>>();
  for (const metric of COUNTED_METRICS) {
    const found = metrics.find(({ name }) => name === PLATFORM_METRICS[metric].name);
    for (const { group, total, buckets } of found?.groups ?? []) {
      const [id] = group;
      // Points of no function are those of accounts.
      if (id === undefined || id === null) continue;
      const mine = sums.get(id) ?? new Map<CountedMetric, PlatformSums>();
      sums.set(id, mine.set(metric, { total, parts: buckets }));
    }
  }
  return new Map([...sums].map(([id, mine]) => [id, platformCounts(mine)]));
}

/** Functions of which no invocation is known: all of their requests may have been throttled. */
export function withoutInvocations(
  platform: ReadonlyMap<string, PlatformCounts>,
  rows: readonly { readonly id: string }[],
) {
  const known = new Set(rows.map(({ id }) => id));
  return [...platform]
    .filter(([id]) => !known.has(id))
    .map(([id, counts]) => ({
      id,
      name: id.split(':').slice(2).join(':'),
      counts: noCounts(),
      blocks: null,
      runtime: null,
      support: null,
      waste: null,
      platform: counts,
    }));
}
