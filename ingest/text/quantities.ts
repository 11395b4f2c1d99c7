/** Formats numbers for people: the one home of number formats of pages, sentences, alerts and the CLI. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';

/** Shown for null: unknown is never shown as zero. */
export const DASH = '–';

/** `1,234`, and from ten thousand on three significant digits: `12.3 k`. */
export function count(n: number | null): string {
  if (n === null) return DASH;
  if (n < 0) return `-${count(-n)}`;
  if (Math.round(n) < 1e4) return integer(n);
  // A number that rounds up to the next unit is shown in it: 999,950 is `1.00 M`.
  const [size, prefix] = PREFIXES.find(([one]) => Number(n.toPrecision(3)) >= one) ?? THOUSANDS;
  return `${digits(n / size, 3)} ${prefix}`;
}

const THOUSANDS = [1e3, 'k'] as const;
const PREFIXES = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], THOUSANDS] as const;

/** Exactly `n` significant digits, and all digits of whole numbers; never with an exponent. */
function digits(value: number, n: number): string {
  const text = value.toPrecision(n);
  if (!text.includes('e')) return text;
  return Math.abs(value) >= 1
    ? integer(value)
    : value.toLocaleString('en-US', { minimumSignificantDigits: n, maximumSignificantDigits: n });
}

/** Between the digits of a number, in front of each group of three. */
const GROUPS = /\B(?=(?:\d{3})+$)/g;

/** All digits of a whole number: `1,234,567`. Fractions are rounded. Loads no tables of languages, which takes 12 ms in each process. */
export function integer(n: number): string {
  const whole = Math.round(n);
  // Longer numbers have exponents as texts.
  return Math.abs(whole) < 1e21 ? String(whole).replaceAll(GROUPS, ',') : whole.toLocaleString('en-US');
}

/** `1 request`, `12,345 requests`; a fraction below 100 with two significant digits. */
export function plural(n: number, noun: string): string {
  return `${n >= 100 || Number.isInteger(n) ? integer(n) : significant(n, 2)} ${noun}${n === 1 ? '' : 's'}`;
}

/** At most `digits` significant digits, without trailing zeros: `0.35`, `12.5`. */
export function significant(value: number, digits: number): string {
  const text = String(Number(value.toPrecision(digits)));
  return text.includes('e')
    ? value.toLocaleString('en-US', { maximumSignificantDigits: digits, useGrouping: false })
    : text;
}

/** Exactly `digits` decimals: `12.30`. */
export function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

/** A length of time given in ms, with three significant digits in the unit that fits: `1.5 ms`, `12.3 s`, `2.00 h`. */
export function duration(ms: number | null): string {
  if (ms === null) return DASH;
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms >= 2 * DAY_MS) return `${digits(ms / DAY_MS, 3)} days`;
  if (ms >= 2 * HOUR_MS) return `${digits(ms / HOUR_MS, 3)} h`;
  if (ms >= MINUTE_MS) return `${digits(ms / MINUTE_MS, 3)} min`;
  if (Math.round(ms) >= 1000) return `${digits(ms / 1000, 3)} s`;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${significant(ms, 3)} ms`;
}

/** A length of time that is chosen, not measured, given in ms: `1 h`, `1.5 min`, `1 day`. Fractions have three significant digits. */
export function chosenLength(ms: number): string {
  const [size, unit] = CHOSEN_UNITS.find(([one]) => ms >= one) ?? [1, 'ms'];
  return unit === 'day' ? plural(ms / size, unit) : `${significant(ms / size, 3)} ${unit}`;
}

const CHOSEN_UNITS = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [1000, 's'],
] as const;

/** A sum of seconds, with two significant digits below 10. */
export function seconds(value: number | null): string {
  if (value === null) return DASH;
  if (value < 0) return `-${seconds(-value)}`;
  return value >= 10 ? `${count(value)} s` : `${significant(value, 2)} s`;
}

/** A ratio (0.071) as percent (`7.1 %`), with two or three digits. */
export function percent(ratio: number | null): string {
  if (ratio === null) return DASH;
  const scaled = ratio * 100;
  if (scaled === 0) return '0 %';
  if (scaled < 0) return `-${percent(-ratio)}`;
  return `${scaled >= 10 ? integer(scaled) : scaled >= 1 ? scaled.toFixed(1) : digits(scaled, 2)} %`;
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
  return value >= 0.01 || value === 0 ? `$${value.toFixed(2)}` : `$${digits(value, 2)}`;
}

/** A size in bytes: `1.5 KiB`, `12.0 MiB`. */
export function byteSize(value: number): string {
  if (value >= 2 ** 30) return `${(value / 2 ** 30).toFixed(1)} GiB`;
  if (value >= 2 ** 20) return `${(value / 2 ** 20).toFixed(1)} MiB`;
  if (value >= 2 ** 10) return `${(value / 2 ** 10).toFixed(1)} KiB`;
  return `${integer(value)} B`;
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
      return preciseUsd(value);
    case 'count':
    case '':
      return allDigits(value);
    default:
      return `${allDigits(value)} ${unit}`;
  }
}

/** All digits of numbers from 1,000 on, four significant digits below. */
function allDigits(value: number): string {
  return Math.abs(value) >= 1000 ? integer(value) : significant(value, 4);
}

/** Cents, and two significant digits below ten cents: `$1,876,503.25`, `$0.0034`. */
function preciseUsd(value: number): string {
  if (value < 0) return `-${preciseUsd(-value)}`;
  if (value === 0 || value >= 0.1)
    return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${value >= 0.01 && Number(value.toFixed(2)) === value ? value.toFixed(2) : digits(value, 2)}`;
}
