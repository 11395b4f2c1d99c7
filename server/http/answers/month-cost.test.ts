/** The cost of a month, worked out by hand: one invocation at 1,024 MB of x86 in us-east-1 costs $2e-7 and $1.66667e-5 a second. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { workedFunction } from '../../../test/support/worked-rows.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { calendarMonth, daysRead, edgeRead } from '../presentation/calendar-month.ts';
import { monthCost } from './month-cost.ts';

const at = (iso: string): number => Date.parse(`${iso}Z`);
const NOW = at('2026-11-24T12:00');
const TERMS = { plans: [], tier: 1, logTier: 1 } as const;

/** Seconds that a thousand invocations were billed in a bucket. */
const bucket = (fromMs: number, billedS: number, memoryMb: number | null = 1024) => ({
  fromMs,
  counts: { ...noCounts(), n: 1000 },
  usage: [
    {
      ...{ region: 'us-east-1', memoryMb, architecture: 'x86_64', version: null },
      ...{ invocations: 1000, billedMs: 1000 * billedS, failed: 0, failedBilledMs: 0 },
    },
  ],
});
const fleet = (firstSeen: string, buckets: readonly ReturnType<typeof bucket>[], widthMs = DAY_MS) => ({
  range: { fromMs: buckets[0]?.fromMs ?? NOW, toMs: NOW, widthMs },
  functions: [
    {
      identity: { ...workedFunction.identity, firstSeenMs: at(firstSeen) },
      ...{ counts: noCounts(), usage: [], blocks: null },
    },
  ],
  buckets,
});
/** 1,000 requests cost $0.0002, a second $1.66667e-5. */
const usd = (billedS: number): number => 2e-4 + billedS * 1.66667e-5;
const berlin = { ...calendarMonth(NOW, 'Europe/Berlin'), timeZone: 'Europe/Berlin' };

test('of days of UTC, only the hours of the month in its zone count', () => {
  // November begins at 23:00 UTC of 31 October.
  expect(edgeRead(berlin, NOW)).toEqual({ fromMs: at('2026-10-31T23:00'), toMs: at('2026-11-01T00:00') });
  // 56 days before today are read, and no less than the month.
  expect(daysRead(berlin, NOW)).toEqual({ fromMs: at('2026-09-29T00:00'), toMs: NOW });
  const days = fleet('2026-10-31T00:00', [
    bucket(at('2026-10-31T00:00'), 500),
    bucket(at('2026-11-01T00:00'), 100),
    bucket(at('2026-11-24T00:00'), 50),
  ]);
  const edge = fleet('2026-10-31T00:00', [bucket(at('2026-10-31T23:00'), 20)], HOUR_MS);
  const { body } = monthCost(days, edge, berlin, NOW, TERMS);
  expect(body.month).toBe('2026-11');
  expect(body.costUsd).toBeCloseTo(usd(20) + usd(100) + usd(50), 12);
  expect(body.range).toEqual({
    from: '2026-10-31T23:00:00.000Z',
    to: '2026-11-24T12:00:00.000Z',
    bucketMs: DAY_MS,
  });
  expect([body.endsAt, body.costReason]).toEqual(['2026-11-30T23:00:00.000Z', null]);
  // Data covers 31 October to 23 November: 24 whole days, enough for three weeks.
  expect(body.forecast?.weeks).toBe(3);
});

test('the forecast adds the rest of the month, and is not known of too few days', () => {
  const utc = { ...calendarMonth(NOW, 'UTC'), timeZone: 'UTC' };
  // 1 November is read with the beginning of the month.
  expect(edgeRead(utc, NOW)).toEqual({ fromMs: at('2026-11-01T00:00'), toMs: at('2026-11-02T00:00') });
  const all = Array.from({ length: 36 }, (_, day) => bucket(at('2026-10-20T00:00') + day * DAY_MS, 100));
  const edge = fleet('2026-10-20T00:00', [bucket(at('2026-11-01T00:00'), 100)]);
  const { body } = monthCost(fleet('2026-10-20T00:00', all), edge, utc, NOW, TERMS);
  // 24 days until now, of which the last is half over but cost as much as the others; 6.5 days to come.
  expect(body.costUsd).toBeCloseTo(24 * usd(100), 12);
  expect(body.forecast?.value).toBeCloseTo(30.5 * usd(100), 12);
  expect([body.forecast?.weeks, body.forecastReason, body.forecastDays]).toEqual([5, null, null]);
  const young = monthCost(fleet('2026-11-03T08:00', all), edge, utc, NOW, TERMS).body;
  // Whole days from 4 to 23 November.
  expect([young.forecast, young.forecastReason]).toEqual([
    null,
    'Not known, because data covers 20 whole days before today: 21 are required',
  ]);
  expect(young.forecastDays).toEqual({ known: 20, required: 21 });
});

test('what has no price is said, and no invocations are no cost of zero', () => {
  const utc = { ...calendarMonth(NOW, 'UTC'), timeZone: 'UTC' };
  const none = monthCost(fleet('2026-11-03T08:00', []), fleet('2026-11-03T08:00', []), utc, NOW, TERMS).body;
  expect(none.forecastDays).toBeNull();
  expect([none.costUsd, none.costReason, none.forecastReason]).toEqual([
    null,
    'No invocations in this month',
    'The cost of this month is not known',
  ]);
  const unpriced = fleet('2026-11-03T08:00', [bucket(at('2026-11-05T00:00'), 5, null)]);
  const { costUsd, costReason } = monthCost(unpriced, fleet('2026-11-03T08:00', []), utc, NOW, TERMS).body;
  expect(costUsd).toBeNull();
  expect(costReason).toContain('No REPORT line states billed duration');
});
