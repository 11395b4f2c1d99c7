import { expect, test } from 'vitest';
import { monthsUntil, periodOf, previousOf, weeksUntil } from '../../../server/http/contract/periods.ts';
import { periodText } from './period-text.ts';

/** A Saturday. */
const NOW_MS = Date.UTC(2026, 10, 28, 8);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const span = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => [iso(fromMs), iso(toMs)];

test('months are those of the calendar, over the turn of a year', () => {
  expect(monthsUntil(Date.UTC(2026, 1, 10), 3).map((month) => [month.key, periodText(month)])).toEqual([
    ['2026-02', 'February 2026'],
    ['2026-01', 'January 2026'],
    ['2025-12', 'December 2025'],
  ]);
  expect(span(monthsUntil(Date.UTC(2028, 1, 10), 1)[0] ?? { fromMs: 0, toMs: 0 })).toEqual([
    '2028-02-01',
    '2028-03-01',
  ]);
});

test('weeks begin on Monday and have the number of ISO 8601', () => {
  const [week, before] = weeksUntil(NOW_MS, 2);
  if (week === undefined) throw new Error('no week');
  expect([week.key, periodText(week)]).toEqual(['2026-W48', 'Week 48, 2026-11-23 to 2026-11-29']);
  expect(span(week)).toEqual(['2026-11-23', '2026-11-30']);
  expect(before?.key).toBe('2026-W47');
  // A Monday and a Sunday themselves.
  expect(weeksUntil(Date.UTC(2026, 10, 23), 1)[0]?.key).toBe('2026-W48');
  expect(weeksUntil(Date.UTC(2026, 10, 22, 23), 1)[0]?.key).toBe('2026-W47');
});

test.each([
  // 2026 has 53 weeks: its first of January is a Thursday.
  [Date.UTC(2026, 0, 1), '2026-W01'],
  [Date.UTC(2025, 11, 29), '2026-W01'],
  [Date.UTC(2026, 11, 31), '2026-W53'],
  [Date.UTC(2027, 0, 3), '2026-W53'],
  [Date.UTC(2027, 0, 4), '2027-W01'],
])('the week of %d is %s', (ms, key) => {
  const [week] = weeksUntil(ms, 1);
  expect(week?.key).toBe(key);
  expect(periodOf(key)).toEqual(week);
});

test.each(['2026-13', '2026-00', '2026-W00', '2025-W53', '2026-W54', 'x', ''])('%s is no period', (key) => {
  expect(periodOf(key)).toBeNull();
});

test('the period before', () => {
  const before = (key: string) => {
    const period = periodOf(key);
    return period === null ? null : previousOf(period).key;
  };
  expect(['2026-11', '2026-01', '2026-W48', '2027-W01'].map(before)).toEqual([
    '2026-10',
    '2025-12',
    '2026-W47',
    '2026-W53',
  ]);
});
