/** Formats numbers and times for people. Null is shown as a dash, never as zero. */
import type { ErrorRate, Rate } from '../server/http/contract/common.ts';

const DASH = '–';

/** `1,234`, and from ten thousand on three significant digits: `12.3 k`. */
export function count(n: number | null): string {
  if (n === null) return DASH;
  if (n >= 1e9) return `${(n / 1e9).toPrecision(3)} G`;
  if (n >= 1e6) return `${(n / 1e6).toPrecision(3)} M`;
  if (n >= 1e4) return `${(n / 1e3).toPrecision(3)} k`;
  return Math.round(n).toLocaleString('en-US');
}

/** A duration in ms, with three significant digits in the unit that fits. */
export function ms(value: number | null): string {
  if (value === null) return DASH;
  if (value >= 60_000) return `${(value / 60_000).toPrecision(3)} min`;
  if (value >= 1000) return `${(value / 1000).toPrecision(3)} s`;
  return value >= 100 ? `${Math.round(value)} ms` : `${Number(value.toPrecision(3))} ms`;
}

/** `1 request`, `2 requests`. */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** A sum of seconds, with two significant digits below 10. */
export function seconds(value: number | null): string {
  if (value === null) return '–';
  return value >= 10 || value === 0 ? `${count(value)} s` : `${Number(value.toPrecision(2))} s`;
}

/** A ratio as percent. */
export function percent(value: number | null): string {
  if (value === null) return DASH;
  const scaled = value * 100;
  if (scaled === 0) return '0 %';
  return `${scaled >= 10 ? scaled.toFixed(0) : scaled >= 1 ? scaled.toFixed(1) : scaled.toPrecision(2)} %`;
}

/** An error rate; `≥ 3 %` of known failures where errors are unknown. */
export function errorPercent({ value, failures, n, unknown }: ErrorRate): string {
  if (unknown === null || n === 0) return percent(value);
  return failures === 0 ? 'unknown' : `≥ ${percent(failures / n)}`;
}

/** The basis of an error rate: its interval, or why it is not known. */
export function errorNote(rate: ErrorRate): string {
  return rate.unknown === null
    ? interval(rate)
    : `unknown beyond ${plural(rate.failures, 'fault')} of Lambda’s own lines`;
}

/** The 95 % interval of a rate, with n. */
export function interval(rate: Rate): string {
  if (rate.value === null) return 'no data';
  const low = percent(rate.low).replace(' %', '');
  return `${low}–${percent(rate.high)}, n=${count(rate.n)}`;
}

/** An amount in USD; below one cent with two significant digits. */
export function usd(value: number | null): string {
  if (value === null) return DASH;
  if (value >= 100) return `$${Math.round(value).toLocaleString('en-US')}`;
  return value >= 0.01 || value === 0 ? `$${value.toFixed(2)}` : `$${value.toPrecision(2)}`;
}

/** Cost of failed attempts; `at least` where errors are unknown. */
export function wastedText(wastedUsd: number, { unknown }: Pick<ErrorRate, 'unknown'>): string {
  if (unknown === null) return usd(wastedUsd);
  return wastedUsd === 0 ? 'an unknown amount' : `at least ${usd(wastedUsd)}`;
}

export function mb(value: number | null): string {
  return value === null ? DASH : `${value} MB`;
}

export function bytes(value: number): string {
  if (value >= 2 ** 30) return `${(value / 2 ** 30).toFixed(1)} GiB`;
  if (value >= 2 ** 20) return `${(value / 2 ** 20).toFixed(1)} MiB`;
  return `${(value / 2 ** 10).toFixed(1)} KiB`;
}

export type Zone = 'utc' | 'local';

/** `2026-11-21 03:04:05` in the chosen time zone. */
export function time(iso: string | number | null, zone: Zone, withMs = false): string {
  if (iso === null) return DASH;
  const date = new Date(iso);
  const shown = zone === 'utc' ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shown
    .toISOString()
    .slice(0, withMs ? 23 : 19)
    .replace('T', ' ');
}

/** `4 s ago`. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

/** Escapes control, zero-width and bidirectional characters: log text is untrusted. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
