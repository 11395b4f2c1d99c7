/** Texts of the pages. Expected texts were worked out by hand from the definitions. */
import { afterEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../ingest/records/time.ts';
import { localUnits } from '../ingest/text/local-units.ts';
import {
  ago,
  between,
  duration,
  errorNote,
  errorPercent,
  interval,
  list,
  ofLargest,
  quantileBasis,
  quantileInterval,
  time,
  visible,
  wastedText,
} from './format.ts';
import { setCatalogue } from './i18n/translate.ts';

afterEach(() => setCatalogue('en', {}));

const known = { value: 0.05, low: 0.02, high: 0.11, n: 200, failures: 10, unknown: null };
const unknown = { invocations: 40, reason: 'r', remedy: 'm' };

test('an error rate is a percentage; a lower bound of the known failures where errors are unknown', () => {
  expect(errorPercent(known)).toBe('5.0 %');
  // 10 of 200 are known: 5 %, whatever the value says.
  expect(errorPercent({ ...known, value: null, unknown })).toBe('≥ 5.0 %');
  expect(errorPercent({ ...known, value: null, failures: 0, unknown })).toBe('unknown');
  expect(errorPercent({ ...known, value: null, failures: 0, n: 0, unknown })).toBe('–');
});

test('two texts name their unit once; digits are no unit', () => {
  expect(between('8.10 min', '9.90 min')).toBe('8.10–9.90 min');
  expect(between('59 s', '1.20 min')).toBe('59 s–1.20 min');
  expect(between('40', '50')).toBe('40–50');
});

test('the basis of an error rate is its interval, or the failures that are known', () => {
  expect(errorNote(known)).toBe('2.0–11 %, n=200, assumes independent invocations');
  expect(errorNote({ ...known, unknown })).toBe('only 10 failures reported by Lambda itself are known');
  expect(errorNote({ ...known, failures: 1, unknown })).toBe('only 1 failure reported by Lambda itself is known');
});

test('an interval shows both ends, n, and how it was made', () => {
  const rate = { value: 0.05, low: 0.004, high: 0.42, n: 12_345 };
  expect(interval(rate)).toBe('0.40–42 %, n=12.3 k, assumes independent invocations');
  expect(interval({ ...rate, blocks: 24 })).toBe('0.40–42 %, n=12.3 k, from 24 blocks of time');
  expect(interval({ value: null, low: null, high: null, n: 0 })).toBe('no data');
});

test('the interval of a quantile shows both ends, n, blocks of time, and why there is none', () => {
  const known = { low: 200.4, high: 265.1, effectiveN: 90, reason: null };
  const missing = { low: null, high: null, effectiveN: 9, reason: 'The 51 values are worth 9; 72 are required.' };
  const intervals = { p50: known, p95: { ...known, high: 1313 }, p99: missing, blocks: 9, resolution: 0.01 };
  const found = { p50: 228, p95: 1086, p99: 3012, n: 12_345, intervals };
  expect(quantileInterval(found, 'p50')).toBe('200–265 ms');
  expect(quantileInterval(found, 'p95')).toBe('200 ms–1.31 s');
  expect(quantileInterval(found, 'p99')).toBe('no interval');
  expect(quantileBasis(found, ['p50', 'p95'])).toBe('n=12.3 k, from 9 blocks of time');
  expect(quantileBasis(found, ['p50', 'p99'])).toBe(
    'n=12.3 k, from 9 blocks of time. No interval of p99: The 51 values are worth 9; 72 are required.',
  );
  const none = { ...found, n: 51, intervals: { ...intervals, p95: missing } };
  expect(quantileBasis(none, ['p95', 'p99'])).toBe(
    'n=51. No interval of p95 and p99: The 51 values are worth 9; 72 are required.',
  );
  const both = { ...found, intervals: { ...intervals, p95: { ...missing, reason: 'Another.' } } };
  expect(quantileBasis(both, ['p95', 'p99'])).toBe(
    'n=12.3 k. No interval of p95: Another. No interval of p99: The 51 values are worth 9; 72 are required.',
  );
  const open = { ...missing, low: 900, reason: 'The 51 values are worth 9; 72 are required to know the upper end.' };
  const half = { ...found, intervals: { ...intervals, p95: open } };
  expect(quantileInterval(half, 'p95')).toBe('≥ 900 ms');
  expect(quantileBasis(half, ['p95', 'p99'])).toBe(
    'n=12.3 k, from 9 blocks of time. p95: The 51 values are worth 9; 72 are required to know the upper end. ' +
      'No interval of p99: The 51 values are worth 9; 72 are required.',
  );
  expect(quantileBasis({ ...found, n: 0 }, ['p50'])).toBe('no data');
});

test('the cost of failed attempts is a lower bound where errors are unknown', () => {
  expect(wastedText(12.5, null)).toBe('$12.50');
  expect(wastedText(12.5, unknown)).toBe('at least $12.50');
  expect(wastedText(0, unknown)).toBe('an unknown amount');
  expect(wastedText(0, null)).toBe('$0.00');
});

test('times are shown in UTC, or in the time zone of the browser', () => {
  const ms = Date.UTC(2026, 10, 21, 3, 4, 5, 678);
  expect(time(ms, 'utc')).toBe('2026-11-21 03:04:05');
  expect(time('2026-11-21T03:04:05.678Z', 'utc', true)).toBe('2026-11-21 03:04:05.678');
  expect(time(null, 'utc')).toBe('–');
  const at = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  expect(time(ms, 'local')).toBe(`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`);
});

test.each([
  [-5, '0 s ago'],
  [89, '89 s ago'],
  [90, '2 min ago'],
  [600, '10 min ago'],
  [5_399, '90 min ago'],
  [5_400, '2 h ago'],
  [129_599, '36 h ago'],
  [129_600, '2 days ago'],
  [864_000, '10 days ago'],
])('%i s ago reads "%s"', (seconds, text) => {
  expect(ago(1_000_000_000_000 - seconds * 1000, 1_000_000_000_000)).toBe(text);
});

test.each([
  ['\u001b[31m', '\\u001b[31m'],
  ['a\u0000b', 'a\\u0000b'],
  ['a\u202eb', 'a\\u202eb'],
  ['a\u200bb', 'a\\u200bb'],
  ['\u2066a\u2069', '\\u2066a\\u2069'],
  ['\ufeffa', '\\ufeffa'],
  ['\u0085', '\\u0085'],
  // An Arabic letter mark, a line separator and a tag character.
  ['a\u061cb', 'a\\u061cb'],
  ['a\u2028b', 'a\\u2028b'],
  ['a\u{e0041}b', 'a\\u{e0041}b'],
  ['\r', '\\u000d'],
  ['tab\tand line\nstay', 'tab\tand line\nstay'],
  ['Grüße, 世界 🎉', 'Grüße, 世界 🎉'],
])('hidden characters are escaped: %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('bars are in percent of the largest; what is not known has none', () => {
  expect(ofLargest([0.02, null, 0.04])).toEqual([50, 0, 100]);
  expect(ofLargest([0, null])).toEqual([0, 0]);
  expect(ofLargest([])).toEqual([]);
});

test('words of numbers and times are in the language of the reader', async () => {
  setCatalogue('ja', (await import('./i18n/ja.ts')).catalogue, localUnits);
  expect([1.5, 90_000, 3 * HOUR_MS, 2.5 * DAY_MS, null].map(duration)).toEqual([
    '1.5\u00A0ms',
    '1.50 分',
    '3.00 時間',
    '2.50 日',
    '–',
  ]);
  expect([ago(0, 4000), ago(0, 2 * HOUR_MS), list(['p95', 'p99'])]).toEqual(['4 秒前', '2 時間前', 'p95、p99']);
  expect(errorPercent({ ...known, value: null, failures: 0, unknown })).toBe('不明');
  setCatalogue('ko', (await import('./i18n/ko.ts')).catalogue, localUnits);
  expect([duration(90_000), ago(0, 4000), list(['p95', 'p99'])]).toEqual(['1.50분', '4초 전', 'p95 및 p99']);
  expect(wastedText(12.5, unknown)).toBe('최소 $12.50');
});
