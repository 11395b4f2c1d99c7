/** Phrases of summaries: figures with their sample size and interval. */
import { duration, integer, percent, plural } from '../../ingest/text/quantities.ts';
import type { ErrorRate, Rate } from '../http/contract/common.ts';

/** `2.7 % (95 % interval 2.2 % to 3.3 %, n = 3,749)`. */
export function rateText({ value, low, high, n }: Rate): string {
  if (value === null) return `not known (n = ${integer(n)})`;
  return low === null || high === null
    ? `${percent(value)} (n = ${integer(n)})`
    : `${percent(value)} (95 % interval ${percent(low)} to ${percent(high)}, n = ${integer(n)})`;
}

/** {@link rateText} with the number of failures; where errors are unknown, how many are known. */
export function errorRateText(rate: ErrorRate): string {
  const failures = plural(rate.failures, 'failure');
  if (rate.unknown === null) return `${failures}, ${rateText(rate)}`;
  const span =
    rate.low === null || rate.high === null ? '' : `, between ${percent(rate.low)} and ${percent(rate.high)}`;
  return `at least ${failures}${span} (n = ${integer(rate.n)}); of ${plural(rate.unknown.invocations, 'invocation')} it is not known whether the handler threw`;
}

interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly n: number;
}

interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/** `p50 262 ms (226 ms to 317 ms), p95 384 ms (324 ms or more), p99 392 ms, n = 36`. */
export function quantilesText(
  { p50, p95, p99, n }: Quantiles,
  intervals?: Readonly<Record<'p50' | 'p95' | 'p99', Interval>>,
): string {
  if (n === 0) return 'not known (n = 0)';
  const parts = Object.entries({ p50, p95, p99 }).map(
    ([name, value]) => `${name} ${duration(value)}${intervalText(intervals?.[name as 'p50'])}`,
  );
  return `${parts.join(', ')}, n = ${integer(n)}`;
}

function intervalText(interval: Interval | undefined): string {
  if (interval === undefined || interval.low === null) return '';
  if (interval.high === null) return ` (${duration(interval.low)} or more)`;
  return ` (${duration(interval.low)} to ${duration(interval.high)})`;
}

/** `2026-11-21 07:00 to 2026-11-28 08:00 UTC`. */
export function rangeText({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${minuteText(from)} to ${minuteText(to)} UTC`;
}

/** `2026-11-21 07:00`, of a time in ISO 8601. */
export function minuteText(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

/** `40 timeout, 25 exit`, most first. */
export function countsText(counts: readonly { readonly name: string; readonly n: number }[]): string {
  return counts
    .toSorted((a, b) => b.n - a.n)
    .map(({ name, n }) => `${integer(n)} ${name}`)
    .join(', ');
}

/** A line that says how many entries are not listed; none if all are. */
export function restText(listed: number, total: number): readonly string[] {
  return total <= listed ? [] : [`${integer(total - listed)} more are not listed here.`];
}
