/** What GetMetricData costs. Pure. */
import { DAY_MS, MINUTE_MS } from '../records/time.ts';
import { plural, usd } from '../text/quantities.ts';

/**
 * List price of a metric in a request, USD: up to five statistics of one metric count once, however many points come
 * (https://aws.amazon.com/cloudwatch/pricing/, as of November 2026).
 */
const USD_PER_METRIC = 0.01 / 1000;
const MONTH_MS = 30 * DAY_MS;

/** List price of requesting so many metrics in each interval of 30 days, USD. */
export function monthlyUsd(metrics: number, intervalMs: number): number {
  return metrics * (MONTH_MS / intervalMs) * USD_PER_METRIC;
}

/** Says what is read how often, and its price. */
export function priceSentence(metrics: number, intervalMs: number): string {
  const minutes = intervalMs / MINUTE_MS;
  const every = minutes === 1 ? 'every minute' : `every ${minutes} minutes`;
  const price = usd(monthlyUsd(metrics, intervalMs));
  return `${plural(metrics, 'metric')} ${every}: about ${price} a month (list price of GetMetricData).`;
}
