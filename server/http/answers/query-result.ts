/** The result of a structured query: ranked groups, each with its values over time. */

import { iso } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import { failedUsage, unpricedInvocations } from '../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { AT_LIST_PRICE, factorsOf } from '../../analytics/cost/terms.ts';
import type { MetricName } from '../../analytics/metrics/catalogue.ts';
import { unitOf, unknownOf, valuesOf } from '../../analytics/metrics/catalogue.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { AggregateGroup, AggregatePoint, Dimension } from '../../storage/ports.ts';
import type { StructuredAnswer } from '../contract/query.ts';
import { costGap } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { sentenceOf } from '../presentation/reasons.ts';
import type { Shaped } from './shaped.ts';

const PRICED: ReadonlySet<MetricName> = new Set(['costUsd', 'wastedUsd']);

interface ResultForm {
  readonly metric: MetricName;
  readonly aggregations: readonly string[];
  readonly groupBy: readonly Dimension[];
  /** Width of the buckets, ms; null for totals only. */
  readonly widthMs: number | null;
  /** An aggregation or a dimension. */
  readonly order: { readonly by: string; readonly isAscending: boolean };
  readonly limit: number;
  /** A result with more points is returned without groups; the handler refuses it. */
  readonly mostPoints: number;
  readonly terms: PriceTerms;
}

/** `whole` has the totals over the range, `inTime` the buckets. */
export function queryResult(
  whole: ReaderResult<'aggregate'>,
  inTime: ReaderResult<'aggregate'> | null,
  { metric, aggregations, groupBy, widthMs, order, limit, mostPoints, terms }: ResultForm,
): Shaped<StructuredAnswer, { readonly points: number }> {
  const points = (inTime?.groups ?? []).reduce((sum, one) => sum + one.points.length, 0);
  const seconds = (whole.range.toMs - whole.range.fromMs) / 1000;
  const series = new Map((inTime?.groups ?? []).map((one) => [keyOf(one), one.points]));
  const groups = (points > mostPoints ? [] : whole.groups).flatMap((one) => {
    const [point] = one.points;
    if (point === undefined) return [];
    return [
      {
        group: Object.fromEntries(groupBy.map((field, at) => [field, one.group[at] ?? null])),
        ...valuesOf(
          metric,
          aggregations,
          { ...point, blocks: one.blocks, factors: factorsOf(terms, whole.range) },
          seconds,
        ),
        unknown: unknownOf(metric, point.counts),
        costReason: costReasonOf(metric, point),
        series: (series.get(keyOf(one)) ?? []).map((at) => {
          const fromMs = at.fromMs ?? 0;
          const factors = factorsOf(terms, { fromMs, toMs: fromMs + (widthMs ?? 1000) });
          const { n, values } = valuesOf(metric, aggregations, { ...at, factors }, (widthMs ?? 1000) / 1000);
          return { at: iso(fromMs), n, values };
        }),
      },
    ];
  });
  const sign = order.isAscending ? 1 : -1;
  const rank = (one: (typeof groups)[number]) =>
    (order.by in one.values ? one.values[order.by] : one.group[order.by]) ?? null;
  const nameOf = (one: (typeof groups)[number]) => JSON.stringify(Object.values(one.group));
  // Break ties by name, so that both stores return the same order.
  const inOrder = groups.toSorted((a, b) => sign * compare(rank(a), rank(b)) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const body = {
    range: { from: iso(whole.range.fromMs), to: iso(whole.range.toMs), bucketMs: widthMs ?? whole.range.widthMs },
    metric,
    unit: unitOf(metric),
    aggregations: [...aggregations],
    groups: inOrder.slice(0, limit),
    ...(PRICED.has(metric)
      ? priceAssumptions(
          whole.groups.flatMap((one) => one.points.flatMap(({ usage }) => usage)),
          whole.range,
          terms,
        )
      : { priceAssumptions: [] }),
    total: groups.length,
    truncated: groups.length > limit,
  };

  return { body, meta: { points } };
}

/** Which usage has a price does not depend on the time. */
function costReasonOf(metric: MetricName, { usage, counts }: AggregatePoint): string | null {
  if (metric === 'costUsd') return sentenceOf(costGap(unpricedInvocations(usage, AT_LIST_PRICE), counts.n));
  if (metric !== 'wastedUsd') return null;
  return sentenceOf(costGap(unpricedInvocations(failedUsage(usage), AT_LIST_PRICE), errorsOf(counts)));
}

function keyOf({ group }: AggregateGroup): string {
  return JSON.stringify(group);
}

/** Sorts null before numbers, in both directions. */
function compare(a: string | number | boolean | null, b: string | number | boolean | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareText(String(a), String(b));
}
