/** Texts of the pages: rates with their basis, times, and log text made visible. */
import { escaped } from '../ingest/text/printable.ts';
import { count, DASH, duration, percent, plural, usd } from '../ingest/text/quantities.ts';
import type { ErrorRate, QuantilesWithIntervals, Rate } from '../server/http/contract/common.ts';
import type { Zone } from './state/zone.ts';
import { zoneOffsetMs } from './state/zone.ts';

/** An error rate; `≥ 3 %` of known failures where errors are unknown. */
export function errorPercent({ value, failures, n, unknown }: ErrorRate): string {
  if (unknown === null || n === 0) return percent(value);
  return failures === 0 ? 'unknown' : `≥ ${percent(failures / n)}`;
}

/** The basis of an error rate: its interval, or why it is not known. */
export function errorNote(rate: ErrorRate): string {
  return rate.unknown === null
    ? interval(rate)
    : `only ${plural(rate.failures, 'failure')} reported by Lambda itself ${rate.failures === 1 ? 'is' : 'are'} known`;
}

/** The 95 % interval of a rate, with n and what it assumes. */
export function interval(rate: Rate): string {
  if (rate.value === null) return 'no data';
  const low = percent(rate.low).replace(' %', '');
  const basis = rate.blocks === undefined ? 'assumes independent invocations' : `from ${rate.blocks} blocks of time`;
  return `${low}–${percent(rate.high)}, n=${count(rate.n)}, ${basis}`;
}

type QuantileName = Exclude<keyof QuantilesWithIntervals, 'n' | 'intervals'>;

/** The 95 % interval of a quantile: `200–265 ms`; `≥ 200 ms` where its upper end is not known. */
export function quantileInterval({ intervals }: QuantilesWithIntervals, name: QuantileName): string {
  const { low, high } = intervals[name];
  if (low === null) return 'no interval';
  return high === null ? `≥ ${duration(low)}` : between(duration(low), duration(high));
}

/** What intervals of quantiles are computed from, without why one is missing. */
export function quantileSample({ intervals, n }: QuantilesWithIntervals, names: readonly QuantileName[]): string {
  if (n === 0) return 'no data';
  return names.some((name) => intervals[name].low !== null)
    ? `n=${count(n)}, from ${plural(intervals.blocks, 'block')} of time`
    : `n=${count(n)}`;
}

/** What the intervals of quantiles come from, and why some of them are not known. */
export function quantileBasis(quantiles: QuantilesWithIntervals, names: readonly QuantileName[]): string {
  const { intervals, n } = quantiles;
  if (n === 0) return 'no data';
  const missing = new Map<string, string[]>();
  for (const name of names) {
    const { low, reason } = intervals[name];
    if (reason === null) continue;
    const text = `${low === null ? 'No interval of ' : ''}%: ${reason}`;
    missing.set(text, [...(missing.get(text) ?? []), name]);
  }
  const basis = quantileSample(quantiles, names);
  const reasons = [...missing].map(([text, without]) => ` ${text.replace('%', without.join(' and '))}`);
  return reasons.length === 0 ? basis : `${basis}.${reasons.join('')}`;
}

/** Two texts; a unit that both have is named once. */
export function between(low: string, high: string): string {
  const unit = /\s.*$/.exec(high)?.[0] ?? '';
  if (unit === '') return `${low}–${high}`;
  return `${low.endsWith(unit) ? low.slice(0, -unit.length) : low}–${high}`;
}

/** Cost of failed attempts; `at least` where errors are unknown. */
export function wastedText(wastedUsd: number, unknown: ErrorRate['unknown']): string {
  if (unknown === null) return usd(wastedUsd);
  return wastedUsd === 0 ? 'an unknown amount' : `at least ${usd(wastedUsd)}`;
}

/** `2026-11-21 03:04:05` in the chosen time zone. */
export function time(iso: string | number | null, zone: Zone, withMs = false): string {
  if (iso === null) return DASH;
  const ms = new Date(iso).getTime();
  return new Date(ms + zoneOffsetMs(ms, zone))
    .toISOString()
    .slice(0, withMs ? 23 : 19)
    .replace('T', ' ');
}

/** Values in percent of the largest, for bars; what is not known has none. */
export function ofLargest(values: readonly (number | null)[]): readonly number[] {
  const most = Math.max(...values.map((value) => value ?? 0));
  return values.map((value) => (value === null || most <= 0 ? 0 : (value / most) * 100));
}

/** `4 s ago`. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

/** Escapes characters that a reader would not see or that change the order of others: log text is untrusted. */
export function visible(text: string): string {
  return escaped(text);
}
