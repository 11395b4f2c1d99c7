/** When reports are due, worked out by hand from calendars and the changes of time zones. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, iso } from '../../../ingest/records/time.ts';
import { instantOf, wallClockAt } from '../../../ingest/records/zoned-time.ts';
import { previousOf } from '../../http/contract/periods.ts';
import { boundsOf, lastDue, lastWhole, nextDue } from './schedule-times.ts';

const at = (text: string): number => Date.parse(text);
const WEEKLY = { every: 'week', weekday: 1, day: 1, hour: 8, timeZone: 'Europe/Berlin' } as const;
const MONTHLY = { every: 'month', weekday: 1, day: 1, hour: 8, timeZone: 'UTC' } as const;
const shown = ({ period, dueMs }: ReturnType<typeof lastDue>) => [period.key, iso(dueMs)];

describe('wall clocks', () => {
  test.each([
    // Berlin: UTC+1, and UTC+2 from 29 March to 25 October 2026.
    ['2026-01-15T08:00:00Z', 'Europe/Berlin', '2026-01-15T07:00:00.000Z'],
    ['2026-07-15T08:00:00Z', 'Europe/Berlin', '2026-07-15T06:00:00.000Z'],
    // 02:30 does not exist on 29 March: an hour later, 03:30 in summer time.
    ['2026-03-29T02:30:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    // 02:30 comes twice on 25 October: the first, in summer time.
    ['2026-10-25T02:30:00Z', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-11-23T00:00:00Z', 'Asia/Tokyo', '2026-11-22T15:00:00.000Z'],
    ['2026-11-23T00:00:00Z', 'Asia/Kathmandu', '2026-11-22T18:15:00.000Z'],
    // Samoa went over the date line: 30 December 2011 does not exist.
    ['2011-12-31T00:00:00Z', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    // Beirut changes at midnight: 00:00 of 29 March 2026 does not exist.
    ['2026-03-29T00:00:00Z', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ])('%s in %s', (wall, zone, instant) => {
    expect(iso(instantOf(at(wall), zone))).toBe(instant);
  });

  test('an instant is found again by what clocks show', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Chatham',
    ];
    const seconds = fc.integer({ min: at('2015-01-01') / 1000, max: at('2030-01-01') / 1000 });
    void fc.assert(
      fc.property(seconds, fc.constantFrom(...zones), (second, zone) => {
        const found = instantOf(wallClockAt(second * 1000, zone), zone);
        // The same, or the first of two that show the same.
        expect(wallClockAt(found, zone)).toBe(wallClockAt(second * 1000, zone));
        expect(found).toBeLessThanOrEqual(second * 1000);
      }),
    );
  });
});

describe('due reports', () => {
  test('a week is due after it ended, at the hour of the zone in summer and in winter', () => {
    // Monday 23 November 2026, 08:00 in Berlin.
    expect(shown(lastDue(WEEKLY, at('2026-11-23T07:00:00Z')))).toEqual(['2026-W47', '2026-11-23T07:00:00.000Z']);
    expect(shown(lastDue(WEEKLY, at('2026-11-23T06:59:59Z')))).toEqual(['2026-W46', '2026-11-16T07:00:00.000Z']);
    expect(shown(nextDue(WEEKLY, at('2026-11-23T06:59:59Z')))).toEqual(['2026-W47', '2026-11-23T07:00:00.000Z']);
    expect(shown(nextDue(WEEKLY, at('2026-11-23T07:00:00Z')))).toEqual(['2026-W48', '2026-11-30T07:00:00.000Z']);
    // Summer time began on 29 March and ended on 25 October.
    expect(shown(lastDue(WEEKLY, at('2026-03-30T06:00:00Z')))).toEqual(['2026-W13', '2026-03-30T06:00:00.000Z']);
    expect(shown(lastDue(WEEKLY, at('2026-10-26T07:00:00Z')))).toEqual(['2026-W43', '2026-10-26T07:00:00.000Z']);
  });

  test('another day of the week reports the same week later', () => {
    expect(shown(lastDue({ ...WEEKLY, weekday: 3 }, at('2026-11-25T07:00:00Z')))).toEqual([
      ...['2026-W47', '2026-11-25T07:00:00.000Z'],
    ]);
    expect(shown(lastDue({ ...WEEKLY, weekday: 7 }, at('2026-11-28T00:00:00Z')))).toEqual([
      ...['2026-W46', '2026-11-22T07:00:00.000Z'],
    ]);
  });

  test('a month is due after it ended, over the turn of a year and in February', () => {
    expect(shown(lastDue(MONTHLY, at('2027-01-01T08:00:00Z')))).toEqual(['2026-12', '2027-01-01T08:00:00.000Z']);
    expect(shown(nextDue(MONTHLY, at('2026-12-31T23:00:00Z')))).toEqual(['2026-12', '2027-01-01T08:00:00.000Z']);
    expect(shown(lastDue({ ...MONTHLY, day: 28 }, at('2027-02-28T08:00:00Z')))).toEqual([
      ...['2027-01', '2027-02-28T08:00:00.000Z'],
    ]);
  });

  test('weeks and months are those of the time zone', () => {
    // Sunday 22 November, 20:00 in UTC: Monday in Tokyo.
    expect(lastWhole({ every: 'week', timeZone: 'Asia/Tokyo' }, at('2026-11-22T20:00:00Z')).key).toBe('2026-W47');
    expect(lastWhole({ every: 'week', timeZone: 'UTC' }, at('2026-11-22T20:00:00Z')).key).toBe('2026-W46');
    const { fromMs, toMs } = boundsOf(
      lastWhole({ every: 'month', timeZone: 'Europe/Berlin' }, at('2026-11-05')),
      'Europe/Berlin',
    );
    // October has the hour of winter time twice.
    expect([iso(fromMs), iso(toMs)]).toEqual(['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z']);
    expect(toMs - fromMs).toBe(31 * DAY_MS + HOUR_MS);
  });

  test('each period is due exactly once, whatever the zone, the day and the hour', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kolkata'];
    void fc.assert(
      fc.property(
        fc.constantFrom('week' as const, 'month' as const),
        fc.record({
          weekday: fc.integer({ min: 1, max: 7 }),
          day: fc.integer({ min: 1, max: 28 }),
          hour: fc.integer({ min: 0, max: 23 }),
          timeZone: fc.constantFrom(...zones),
        }),
        fc.integer({ min: at('2020-01-01') / 1000, max: at('2030-01-01') / 1000 }),
        (every, times, second) => {
          const nowMs = second * 1000;
          const [last, next] = [lastDue({ every, ...times }, nowMs), nextDue({ every, ...times }, nowMs)];
          expect(last.dueMs).toBeLessThanOrEqual(nowMs);
          expect(next.dueMs).toBeGreaterThan(nowMs);
          expect(previousOf(next.period).key).toBe(last.period.key);
          // What is reported has ended.
          expect(boundsOf(last.period, times.timeZone).toMs).toBeLessThanOrEqual(last.dueMs);
          expect(shown(lastDue({ every, ...times }, next.dueMs))).toEqual(shown(next));
        },
      ),
    );
  });
});
