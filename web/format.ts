/** Texts of the pages in the language of the reader: rates with their basis, times, lists, and log text made visible. */

import { escaped } from '../ingest/text/printable.ts';
import * as english from '../ingest/text/quantities.ts';
import { DASH, usd } from '../ingest/text/quantities.ts';
import type { ErrorRate, QuantilesWithIntervals, Rate } from '../server/http/contract/common.ts';
import { sentencesText, sentenceText } from './i18n/lists.ts';
import { reasonText } from './i18n/reason.ts';
import { shownLanguage, t, withUnits } from './i18n/translate.ts';
import type { Zone } from './state/zone.ts';
import { zoneOffsetMs } from './state/zone.ts';

/** Formats of ingest/text/quantities.ts with the units of the reader's language. */
const local =
  <Given extends readonly unknown[]>(format: (...given: Given) => string) =>
  (...given: Given): string =>
    withUnits(format(...given));

export const count = local(english.count);
export const duration = local(english.duration);
export const chosenLength = local(english.chosenLength);
export const seconds = local(english.seconds);
export const percent = local(english.percent);
export const signedPercent = local(english.signedPercent);
export const quantity = local(english.quantity);

/** `p95 and p99`, `a, b, and c`. */
export function list(texts: readonly string[]): string {
  return new Intl.ListFormat(shownLanguage()).format(texts);
}

/** An error rate; `≥ 3 %` of known failures where errors are unknown. */
export function errorPercent({ value, failures, n, unknown }: ErrorRate): string {
  if (unknown === null || n === 0) return percent(value);
  return failures === 0 ? t('unknown') : `≥ ${percent(failures / n)}`;
}

/** The basis of an error rate: its interval, or why it is not known. */
export function errorNote(rate: ErrorRate): string {
  if (rate.unknown === null) return interval(rate);
  return t(
    'only {n, plural, one {# failure reported by Lambda itself is} other {# failures reported by Lambda itself are}} known',
    { n: rate.failures },
  );
}

/** The 95 % interval of a rate, with n and what it assumes. */
export function interval(rate: Rate): string {
  if (rate.value === null) return t('no data');
  const range = between(percent(rate.low), percent(rate.high));
  const n = count(rate.n);
  return rate.blocks === undefined
    ? t('{range}, n={n}, assumes independent invocations', { range, n })
    : t('{range}, n={n}, from {blocks, plural, one {# block} other {# blocks}} of time', {
        range,
        n,
        blocks: rate.blocks,
      });
}

type QuantileName = Exclude<keyof QuantilesWithIntervals, 'n' | 'intervals'>;

/** The 95 % interval of a quantile: `200–265 ms`; `≥ 200 ms` where its upper end is not known. */
export function quantileInterval({ intervals }: QuantilesWithIntervals, name: QuantileName): string {
  const { low, high } = intervals[name];
  if (low === null) return t('no interval');
  return high === null ? `≥ ${duration(low)}` : between(duration(low), duration(high));
}

/** What intervals of quantiles are computed from, without why one is missing. */
export function quantileSample({ intervals, n }: QuantilesWithIntervals, names: readonly QuantileName[]): string {
  if (n === 0) return t('no data');
  return names.some((name) => intervals[name].low !== null)
    ? t('n={n}, from {blocks, plural, one {# block} other {# blocks}} of time', {
        n: count(n),
        blocks: intervals.blocks,
      })
    : `n=${count(n)}`;
}

/** What the intervals of quantiles come from, and why some of them are not known. */
export function quantileBasis(quantiles: QuantilesWithIntervals, names: readonly QuantileName[]): string {
  const { intervals, n } = quantiles;
  if (n === 0) return t('no data');
  const missing = new Map<string, { readonly reason: string; readonly isOpen: boolean; readonly of: QuantileName[] }>();
  for (const name of names) {
    const { low, reason: sentence, reasonCode } = intervals[name];
    if (sentence === null) continue;
    const reason = reasonText(sentence, reasonCode);
    const key = `${low === null}${reason}`;
    const known = missing.get(key);
    if (known === undefined) missing.set(key, { reason, isOpen: low !== null, of: [name] });
    else known.of.push(name);
  }
  const basis = quantileSample(quantiles, names);
  if (missing.size === 0) return basis;
  const reasons = [...missing.values()].map(({ reason, isOpen, of }) =>
    isOpen
      ? t('{label}: {reason}', { label: list(of), reason })
      : t('No interval of {names}: {reason}', { names: list(of), reason }),
  );
  return sentencesText(sentenceText(basis), ...reasons);
}

/** Two texts; a unit that both have is named once. */
export function between(low: string, high: string): string {
  const unit = /[^\d.,]+$/.exec(high)?.[0] ?? '';
  if (unit === '') return `${low}–${high}`;
  return `${low.endsWith(unit) ? low.slice(0, -unit.length) : low}–${high}`;
}

/** Cost of failed attempts; `at least` where errors are unknown. */
export function wastedText(wastedUsd: number, unknown: ErrorRate['unknown']): string {
  if (unknown === null) return usd(wastedUsd);
  return wastedUsd === 0 ? t('an unknown amount') : t('at least {amount}', { amount: usd(wastedUsd) });
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
  if (seconds < 90) return t('{n, number} s ago', { n: seconds });
  if (seconds < 5400) return t('{n, number} min ago', { n: Math.round(seconds / 60) });
  return seconds < 129_600
    ? t('{n, number} h ago', { n: Math.round(seconds / 3600) })
    : t('{n, number} days ago', { n: Math.round(seconds / 86_400) });
}

/** Escapes characters that a reader would not see or that change the order of others: log text is untrusted. */
export function visible(text: string): string {
  return escaped(text);
}
