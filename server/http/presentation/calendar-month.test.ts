import { expect, test } from 'vitest';
import { calendarMonth, utcDayOf } from './calendar-month.ts';

const month = (at: string, zone: string) => {
  const { name, fromMs, toMs } = calendarMonth(Date.parse(at), zone);
  return [name, new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
};

test('a month begins and ends at midnight of the zone, with its clock changes', () => {
  expect(month('2026-11-30T13:00:00Z', 'UTC')).toEqual([
    '2026-11',
    '2026-11-01T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
  ]);
  // Berlin has summer time until 25 October 2026.
  expect(month('2026-10-15T12:00:00Z', 'Europe/Berlin')).toEqual([
    '2026-10',
    '2026-09-30T22:00:00.000Z',
    '2026-10-31T23:00:00.000Z',
  ]);
  expect(month('2026-11-30T20:00:00Z', 'Asia/Kolkata')).toEqual([
    '2026-12',
    '2026-11-30T18:30:00.000Z',
    '2026-12-31T18:30:00.000Z',
  ]);
  expect(month('2027-01-01T03:00:00Z', 'America/New_York')).toEqual([
    '2026-12',
    '2026-12-01T05:00:00.000Z',
    '2027-01-01T05:00:00.000Z',
  ]);
  expect(() => month('2026-11-30T20:00:00Z', 'Nowhere/Town')).toThrow(RangeError);
});

test('a day of UTC around a time', () => {
  expect(utcDayOf(Date.UTC(2026, 10, 30))).toEqual({ fromMs: Date.UTC(2026, 10, 30), toMs: Date.UTC(2026, 11, 1) });
  expect(utcDayOf(Date.UTC(2026, 10, 30, 23, 59)).fromMs).toBe(Date.UTC(2026, 10, 30));
});
