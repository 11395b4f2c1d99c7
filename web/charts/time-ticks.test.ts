import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { law } from '../../test/support/law.ts';
import { lengthTicks, shareTicks, tickText, timeTicks } from './time-ticks.ts';

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

test('a day has ticks on full hours', () => {
  const from = Date.parse('2026-11-20T10:17:00Z');
  expect(timeTicks(from, from + 24 * HOUR_MS, 9).map(iso)).toEqual([
    '2026-11-20T12:00',
    '2026-11-20T15:00',
    '2026-11-20T18:00',
    '2026-11-20T21:00',
    '2026-11-21T00:00',
    '2026-11-21T03:00',
    '2026-11-21T06:00',
    '2026-11-21T09:00',
  ]);
});

test('days begin at midnight of the displayed time zone', () => {
  const from = Date.parse('2026-11-20T10:00:00Z');
  const ticks = timeTicks(from, from + 72 * HOUR_MS, 4, 5.5 * HOUR_MS);
  expect(ticks.map(iso)).toEqual(['2026-11-20T18:30', '2026-11-21T18:30', '2026-11-22T18:30']);
});

test('ticks lie in the range, evenly spaced, and are no more than asked for', () => {
  law(
    fc.property(
      fc.integer({ min: 0, max: 2e12 }),
      fc.integer({ min: 1, max: 2e11 }),
      fc.integer({ min: 2, max: 30 }),
      (fromMs, lengthMs, maxTicks) => {
        const ticks = timeTicks(fromMs, fromMs + lengthMs, maxTicks);
        expect(ticks.length).toBeLessThanOrEqual(maxTicks);
        for (const tick of ticks) expect(tick >= fromMs && tick <= fromMs + lengthMs).toBe(true);
        const steps = ticks.slice(1).map((tick, at) => tick - (ticks[at] ?? 0));
        expect(new Set(steps).size).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('an empty range has no ticks', () => expect(timeTicks(5, 5, 10)).toEqual([]));

test('a tick shows the day at midnight of the displayed time zone, and the time of day elsewhere', () => {
  const at = (text: string, offsetHours = 0) => tickText(Date.parse(text), offsetHours * HOUR_MS);
  expect(at('2026-11-20T00:00:00Z')).toBe('11-20');
  expect(at('2026-11-20T15:30:00Z')).toBe('15:30');
  expect(at('2026-11-20T15:30:10Z')).toBe('15:30:10');
  // Half past six in the evening is midnight of the next day in India.
  expect(at('2026-11-20T18:30:00Z', 5.5)).toBe('11-21');
});

test('lengths of time have ticks on full minutes, seconds or milliseconds, whatever fits', () => {
  const minute = 60_000;
  expect(lengthTicks(0, 10 * minute, 11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n * minute));
  expect(lengthTicks(0, 10 * minute, 7)).toEqual([0, 2, 4, 6, 8, 10].map((n) => n * minute));
  expect(lengthTicks(0, 158_000, 5)).toEqual([0, 60_000, 120_000]);
  expect(lengthTicks(0, 4500, 5)).toEqual([0, 2000, 4000]);
  expect(lengthTicks(30, 480, 6)).toEqual([100, 200, 300, 400]);
  expect(lengthTicks(0, 0.4, 6)).toEqual([]);
  expect(lengthTicks(0, 0, 6)).toEqual([]);
});

test('shares have ticks on quarters, tenths and their parts, the whole among them', () => {
  expect(shareTicks(0, 1, 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(shareTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(shareTicks(0, 0.12, 4)).toEqual([0, 0.05, 0.1]);
  expect(shareTicks(0, 0.0004, 4)).toEqual([]);
});
