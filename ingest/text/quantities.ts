/** Formats numbers for people: the one home of number formats of pages, sentences, alerts and the CLI. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';

/** Shown for null: unknown is never shown as zero. */
export const DASH = '–';

/** `1,234`, and from ten thousand on three significant digits: `12.3 k`. */
export function count(n: number | null): string {
  if (n === null) return DASH;
  if (n >= 1e9) return `${(n / 1e9).toPrecision(3)} G`;
  if (n >= 1e6) return `${(n / 1e6).toPrecision(3)} M`;
  if (n >= 1e4) return `${(n / 1e3).toPrecision(3)} k`;
  return integer(n);
}

/** All digits of a whole number: `1,234,567`. Fractions are rounded. */
export function integer(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** `1 request`, `12,345 requests`; a fraction below 100 with two significant digits. */
export function plural(n: number, noun: string): string {
  return `${n >= 100 || Number.isInteger(n) ? integer(n) : significant(n, 2)} ${noun}${n === 1 ? '' : 's'}`;
}

/** At most `digits` significant digits, without trailing zeros: `0.35`, `12.5`. */
export function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** Exactly `digits` decimals: `12.30`. */
export function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

/** A length of time given in ms, with three significant digits in the unit that fits: `1.5 ms`, `12.3 s`, `2.00 h`. */
export function duration(ms: number | null): string {
  if (ms === null) return DASH;
  if (ms >= 2 * DAY_MS) return `${(ms / DAY_MS).toPrecision(3)} days`;
  if (ms >= 2 * HOUR_MS) return `${(ms / HOUR_MS).toPrecision(3)} h`;
  if (ms >= MINUTE_MS) return `${(ms / MINUTE_MS).toPrecision(3)} min`;
  if (ms >= 1000) return `${(ms / 1000).toPrecision(3)} s`;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${significant(ms, 3)} ms`;
}

/** A sum of seconds, with two significant digits below 10. */
export function seconds(value: number | null): string {
  if (value === null) return DASH;
  return value >= 10 || value === 0 ? `${count(value)} s` : `${significant(value, 2)} s`;
}

/** A ratio (0.071) as percent (`7.1 %`), with two or three digits. */
export function percent(ratio: number | null): string {
  if (ratio === null) return DASH;
  const scaled = ratio * 100;
  if (scaled === 0) return '0 %';
  return `${scaled >= 10 ? scaled.toFixed(0) : scaled >= 1 ? scaled.toFixed(1) : scaled.toPrecision(2)} %`;
}

/** A change of a ratio with its sign: `+12 %`, `-3.4 %`. */
export function signedPercent(ratio: number): string {
  return `${ratio >= 0 ? '+' : '-'}${percent(Math.abs(ratio))}`;
}

/** An amount in USD; below one cent with two significant digits. */
export function usd(value: number | null): string {
  if (value === null) return DASH;
  if (value < 0) return `-${usd(-value)}`;
  if (value >= 100) return `$${integer(value)}`;
  return value >= 0.01 || value === 0 ? `$${value.toFixed(2)}` : `$${value.toPrecision(2)}`;
}

/** A size in bytes: `1.5 KiB`, `12.0 MiB`. */
export function byteSize(value: number): string {
  if (value >= 2 ** 30) return `${(value / 2 ** 30).toFixed(1)} GiB`;
  if (value >= 2 ** 20) return `${(value / 2 ** 20).toFixed(1)} MiB`;
  return `${(value / 2 ** 10).toFixed(1)} KiB`;
}

/** A memory size in MB, as AWS prints it. */
export function mb(value: number | null): string {
  return value === null ? DASH : `${value} MB`;
}

/** A value in the unit of an alert's metric, precise enough to be compared with its threshold. */
export function quantity(value: number, unit: string): string {
  switch (unit) {
    case 'ratio':
      return `${significant(100 * value, 3)} %`;
    case 'USD':
      return `$${value.toFixed(2)}`;
    case 'count':
    case '':
      return significant(value, 4);
    default:
      return `${significant(value, 4)} ${unit}`;
  }
}
