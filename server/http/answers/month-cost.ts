/** Cost of the current calendar month: until now, and a forecast of all of it. */

import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { totalCost, unpricedInvocations } from '../../analytics/cost/cost.ts';
import { costForecast, FEWEST_FORECAST_DAYS, MOST_FORECAST_DAYS } from '../../analytics/cost/forecast.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import type { FleetAggregate } from '../../storage/ports.ts';
import type { BucketCounts } from '../../storage/questions/fleet/types.ts';
import type { MonthCostAnswer } from '../contract/month-cost.ts';
import type { CalendarMonth } from '../presentation/calendar-month.ts';
import { edgeRead, utcDayOf } from '../presentation/calendar-month.ts';
import { costGap } from '../presentation/present.ts';
import { costReasonOf } from '../presentation/reasons.ts';
import type { Shaped } from './shaped.ts';

export function monthCost(
  days: FleetAggregate,
  edge: FleetAggregate,
  month: CalendarMonth & { readonly timeZone: string },
  nowMs: number,
  terms: PriceTerms,
): Shaped<MonthCostAnswer> {
  const usdOf = ({ fromMs, usage }: BucketCounts, widthMs: number): number | null =>
    totalCost(usage, factorsOf(terms, { fromMs, toMs: fromMs + widthMs }))?.usd ?? null;
  const whole = days.buckets.filter(({ fromMs }) => fromMs >= edgeRead(month, nowMs).toMs);
  const buckets = [
    ...edge.buckets.map((bucket) => [bucket, edge.range.widthMs] as const),
    ...whole.map((bucket) => [bucket, DAY_MS] as const),
  ];
  const priced = buckets.flatMap(([bucket, widthMs]) => usdOf(bucket, widthMs) ?? []);
  const costUsd = priced.length === 0 ? null : priced.reduce((sum, usd) => sum + usd, 0);
  const invocations = buckets.reduce((sum, [{ counts }]) => sum + counts.n, 0);
  const unpriced = buckets.reduce(
    (sum, [{ usage, fromMs }, widthMs]) =>
      sum + unpricedInvocations(usage, factorsOf(terms, { fromMs, toMs: fromMs + widthMs })),
    0,
  );
  const todayMs = utcDayOf(nowMs).fromMs;
  const byDay = new Map(days.buckets.map((bucket) => [bucket.fromMs, usdOf(bucket, DAY_MS) ?? 0]));
  const known = knownDays(days, todayMs);
  const rest = costForecast(
    known.map((at) => byDay.get(at) ?? 0),
    (month.toMs - nowMs) / DAY_MS,
  );
  const forecast =
    rest === null || costUsd === null
      ? null
      : { value: costUsd + rest.value, low: costUsd + rest.low, high: costUsd + rest.high, weeks: rest.weeks };
  const body = {
    month: month.name,
    timeZone: month.timeZone,
    range: { from: iso(edge.range.fromMs), to: iso(nowMs), bucketMs: DAY_MS },
    endsAt: iso(month.toMs),
    costUsd,
    ...costReasonOf(invocations === 0 ? reasonOf('cost-no-invocations-in-month') : costGap(unpriced, invocations)),
    forecast,
    forecastReason: forecast === null ? noForecast(costUsd, known.length) : null,
    forecastDays:
      forecast === null && costUsd !== null ? { known: known.length, required: FEWEST_FORECAST_DAYS } : null,
    days: days.buckets
      .filter(({ fromMs }) => fromMs >= utcDayOf(month.fromMs).fromMs)
      .map((bucket) => ({ at: iso(bucket.fromMs), costUsd: usdOf(bucket, DAY_MS) })),
  };
  return { body, meta: null };
}

/** Whole days before today since the first function was seen: a day without invocations costs nothing, one before is not known. */
function knownDays({ functions }: FleetAggregate, todayMs: number): readonly number[] {
  const firstMs = functions.reduce((first, { identity }) => Math.min(first, identity.firstSeenMs), todayMs);
  const known: number[] = [];
  for (let at = todayMs - MOST_FORECAST_DAYS * DAY_MS; at < todayMs; at += DAY_MS) if (at >= firstMs) known.push(at);
  return known;
}

function noForecast(costUsd: number | null, days: number): string {
  if (costUsd === null) return 'The cost of this month is not known';
  return `Not known, because data covers ${days} whole days before today: ${FEWEST_FORECAST_DAYS} are required`;
}
