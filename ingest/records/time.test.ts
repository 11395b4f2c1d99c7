/**
 * Times as people and scripts write them. Expected times were worked out by hand; forms that RFC 3339 allows are from its sections
 * 5.6 and 5.8.
 */
import { expect, test } from 'vitest';
import { durationMs, durationText, iso, parseIsoTime, parseRfc3339, parseTime } from './time.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

test.each([
  ['2026-11-21T12:00:00Z', NOON],
  ['2026-11-21T12:00:00.000Z', NOON],
  ['2026-11-21T12:00:00.5Z', NOON + 500],
  ['2026-11-21T12:00:00.123456789Z', NOON + 123],
  ['2026-11-21T14:00:00+02:00', NOON],
  ['2026-11-21T06:30:00-05:30', NOON],
  ['2026-11-22T01:45:00.25+13:45', NOON + 250],
  ['2026-11-21T12:00:00-00:00', NOON],
  ['2026-11-21t12:00:00z', NOON],
  ['2026-11-21 12:00:00Z', NOON],
  // Section 5.8: a leap second, here and in a time zone.
  ['1990-12-31T23:59:60Z', Date.UTC(1991, 0, 1)],
  ['1990-12-31T15:59:60-08:00', Date.UTC(1991, 0, 1)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
])('%s is a time of RFC 3339', (text, ms) => {
  expect(parseRfc3339(text)).toBe(ms);
  expect(parseIsoTime(text)).toBe(ms);
  expect(parseTime(text, 0)).toBe(ms);
});

// Valid in ISO 8601, which may leave out seconds, the colon of the zone, the zone (UTC here), or the clock.
test.each([
  ['2026-11-21', Date.UTC(2026, 10, 21)],
  ['2026-11-21T12:00', NOON],
  ['2026-11-21 12:00:30', NOON + 30_000],
  ['2026-11-21T12:00:00', NOON],
  ['2026-11-21T12:00:00,25Z', NOON + 250],
  ['2026-11-21T14:00:00+0200', NOON],
  ['2026-11-21T14:00+02:00', NOON],
])('%s is a time of ISO 8601 only', (text, ms) => {
  expect(parseIsoTime(text)).toBe(ms);
  expect(parseRfc3339(text)).toBeNull();
});

test.each([
  '2026-02-30T00:00:00Z',
  '2025-02-29',
  '2026-13-01T00:00:00Z',
  '2026-11-21T25:00:00Z',
  '2026-11-21T12:60:00Z',
  '2026-11-21T12:00:61Z',
  '2026-11-21T12:00:60Z',
  '2026-11-21T12:00:00+24:00',
  '2026-11-21T12:00:00.Z',
  '2026-11-21T12:00:00 UTC',
  '21 Nov 2026',
  'Sat, 21 Nov 2026 12:00:00 GMT',
  'yesterday',
  ' 2026-11-21T12:00:00Z',
  '2026-11-21T12:00:00Z\n',
  '',
])('%j is no time', (text) => {
  expect(parseRfc3339(text)).toBeNull();
  expect(parseIsoTime(text)).toBeNull();
  expect(parseTime(text, 0)).toBeNull();
});

test('a time relative to now has a sign, a number and a unit', () => {
  expect(parseTime('now', NOON)).toBe(NOON);
  const shifts = { s: 1000, m: 60_000, h: 3600 * 1000, d: 86_400 * 1000, w: 604_800 * 1000 };
  for (const [unit, ms] of Object.entries(shifts)) {
    expect(parseTime(`now-3${unit}`, NOON)).toBe(NOON - 3 * ms);
    expect(parseTime(`now+12${unit}`, NOON)).toBe(NOON + 12 * ms);
  }
  for (const text of ['now-', 'now-1', 'now-1y', 'now1h', 'know', 'nowadays', 'now-1234567s', 'xnow', 'now-1h ago'])
    expect(parseTime(text, NOON), text).toBeNull();
  expect(parseTime('1700000000000', 0)).toBe(1_700_000_000_000);
  expect(parseTime('1700000000000000', 0)).toBeNull();
});

test('durations are sums of numbers with a unit, and are written in the shortest form', () => {
  expect(durationMs('1w2d3h4m5s6ms')).toBe((604_800 + 172_800) * 1000 + 10_800_000 + 240_000 + 5000 + 6);
  expect(durationMs('90m')).toBe(5_400_000);
  expect(durationMs('never')).toBe(0);
  expect(durationText(5_400_000)).toBe('1h30m');
  expect(durationText(0)).toBe('0s');
  expect(durationText((604_800 + 86_400) * 1000 + 1001)).toBe('1w1d1s1ms');
});

test('each day of the calendar is where the platform has it, and no other day exists', () => {
  const wrong: string[] = [];
  for (const year of [0, 1900, 1970, 2000, 2023, 2024, 2100, 9999])
    for (let month = 0; month <= 13; month += 1)
      for (let day = 0; day <= 32; day += 1) {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        if (parseIsoTime(text) !== (exists ? date.getTime() : null)) wrong.push(text);
      }
  expect(wrong).toEqual([]);
});

test('ISO times are those of Date, also of times that follow in the same minute', () => {
  const minute = Date.UTC(2026, 10, 29, 20, 41);
  const texts = [0, 7, 59_999, 60_000, 60_010, -1, 1.9].map((ms) => iso(minute + ms));
  expect(texts).toEqual([
    '2026-11-29T20:41:00.000Z',
    '2026-11-29T20:41:00.007Z',
    '2026-11-29T20:41:59.999Z',
    '2026-11-29T20:42:00.000Z',
    '2026-11-29T20:42:00.010Z',
    '2026-11-29T20:40:59.999Z',
    '2026-11-29T20:41:00.001Z',
  ]);
  expect([-1, -0.5, 0.5, -59_999].map(iso)).toEqual([
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '1970-01-01T00:00:00.000Z',
    '1969-12-31T23:59:00.001Z',
  ]);
  expect([-8.64e15, -8.64e15 + 1, 8.64e15].map(iso)).toEqual([
    '-271821-04-20T00:00:00.000Z',
    '-271821-04-20T00:00:00.001Z',
    '+275760-09-13T00:00:00.000Z',
  ]);
  for (const ms of [8.64e15 + 1, -8.64e15 - 1, Number.NaN]) expect(() => iso(ms)).toThrow(RangeError);
});
