/** Rest and silence by the calendar. Monday 2 November 2026 is the first day of every record. */
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { ActiveDay } from './silence.ts';
import { isQuiet, silenceProbability } from './silence.ts';

const MONDAY = Date.UTC(2026, 10, 2) / DAY_MS;
type Works = (hour: number, weekday: number, day: number) => boolean;

/** Days and hours since Monday, 2 November, 00:00 UTC. Nothing is logged from `stopsAt` on. */
const at = (day: number, hour = 0): number => day * 24 + hour;
const quiet = (works: Works, now: number, stopsAt = now): boolean =>
  isQuiet(record(works, Math.min(now, stopsAt)), (MONDAY * 24 + now) * HOUR_MS);

function record(works: Works, until: number, from = 0): readonly ActiveDay[] {
  const days: ActiveDay[] = [];
  for (let day = 0; at(day) < until; day += 1) {
    let hours = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      if (at(day, hour) >= from && at(day, hour) < until && works(hour, day % 7, day)) hours += 2 ** hour;
    }
    if (hours > 0) days.push({ day: MONDAY + day, hours });
  }
  return days;
}

const isWeekday = (weekday: number): boolean => weekday < 5;
const office: Works = (hour, weekday) => isWeekday(weekday) && hour >= 8 && hour < 18;
/** Nine to five in Los Angeles is 17:00 to 01:00 UTC: Friday's work ends on a Saturday in UTC. */
const losAngeles: Works = (hour, weekday) =>
  (isWeekday(weekday) && hour >= 17) || (hour < 1 && weekday >= 1 && weekday <= 5);
const always: Works = () => true;

const RESTS: readonly [string, Works][] = [
  ['office hours', office],
  ['office hours in Los Angeles', losAngeles],
  ['around the clock on weekdays', (_, weekday) => isWeekday(weekday)],
  ['every day from 6 to 22', (hour) => hour >= 6 && hour < 22],
  ['once a night', (hour) => hour === 2],
  ['Fridays until noon', (hour, weekday) => isWeekday(weekday) && hour >= 8 && hour < (weekday === 4 ? 12 : 18)],
  ['Sunday to Thursday', (hour, weekday) => (weekday === 6 || weekday < 4) && hour >= 7 && hour < 17],
  ['once a week', (hour, weekday) => weekday === 1 && hour === 4],
  ['every third hour', (hour) => hour % 3 === 0],
];

describe('rest', () => {
  test.each(RESTS)('%s: at no hour of the fourth week', (_, works) => {
    const wrong = Array.from({ length: 168 }, (__, hour) => at(21) + hour).filter((now) => quiet(works, now));
    expect(wrong).toEqual([]);
  });

  test('the first weekend of a record is not known to be worked', () => {
    const works: Works = (_, weekday) => isWeekday(weekday);
    for (let now = at(5); now < at(7); now += 1) expect(quiet(works, now)).toBe(false);
  });

  test('a public holiday of a function that rests at the weekend', () => {
    expect(quiet((hour, weekday, day) => office(hour, weekday, day) && day !== 23, at(23, 20))).toBe(false);
  });
});

describe('stopped', () => {
  test.each<[string, Works, number, number]>([
    ['office hours, at 9:00, found at 15:00', office, at(17, 9), at(17, 15)],
    ['office hours in Los Angeles, at 18:00, found at midnight', losAngeles, at(17, 18), at(18, 0)],
    ['around the clock, at 9:00, found at 13:00', always, at(17, 9), at(17, 13)],
    ['around the clock, shortly before midnight, found in the morning', always, at(16, 23), at(17, 6)],
    ['around the clock, on a Saturday', always, at(19, 9), at(19, 13)],
    ['every day from 6 to 22, at 8:00, found at 14:00', (hour) => hour >= 6 && hour < 22, at(17, 8), at(17, 14)],
    ['office hours, for a working week', office, at(14, 0), at(18, 20)],
  ])('%s', (_, works, stopsAt, now) => {
    expect(quiet(works, now, stopsAt)).toBe(true);
  });

  test('one night job that did not run is not enough, four are', () => {
    const nightly: Works = (hour) => hour === 2;
    expect(quiet(nightly, at(17, 12), at(17))).toBe(false);
    expect(quiet(nightly, at(20, 12), at(17))).toBe(true);
  });
});

describe('silenceProbability', () => {
  test('two levels, by hand', () => {
    // Weekdays from 8 to 10, two weeks and a Monday; nothing on Tuesday, asked at 20:00. The day starts at 20:00 UTC
    // at the earliest, so Tuesday is one day: rest of Tuesdays (0 of 2, all days 4 of 15), or two silent hours that were
    // worked on both Tuesdays and on all eleven days.
    const works: Works = (hour, weekday) => isWeekday(weekday) && (hour === 8 || hour === 9);
    const rest = (0 + 4 / 15) / (2 + 1);
    const hour = (2 + 12 / 13) / (2 + 1);
    const found = silenceProbability(record(works, at(15)), (MONDAY * 24 + at(15, 12)) * HOUR_MS) ?? 0;
    const other = (0 + 1 / 13) / (2 + 1);
    // Monday 10:00 to its end, in hours that were never worked, and the same on Tuesday until 12:00.
    expect(found).toBeGreaterThan((rest + (1 - rest) * (1 - hour) ** 2) * (1 - other) ** 24);
    expect(found).toBeLessThan(rest + (1 - rest) * (1 - hour) ** 2);
  });

  /** Around the clock on these days, and silent for so many hours after the last of them. */
  const afterDays = (days: readonly number[], silentH: number) => {
    const last = Math.max(...days);
    const works: Works = (_, __, day) => days.includes(day);
    return silenceProbability(record(works, at(last + 1)), (MONDAY * 24 + at(last + 1, silentH)) * HOUR_MS);
  };
  const upTo = (days: number) => Array.from({ length: days }, (_, day) => day);

  test.each<[string, readonly number[], number, number]>([
    // A weekday that is not on record rests with 1/2; an hour that was worked on one day of one is with (1 + 1) / (1 + 2).
    ['one hour after one day', upTo(1), 1, 1 / 2 + (1 / 2) * (1 / 3)],
    ['two hours after one day', upTo(1), 2, 1 / 2 + (1 / 2) * (1 / 9)],
    ['a day and an hour after one day: two days, each of which may rest', upTo(1), 25, (1 / 2) * (1 / 2 + 1 / 6)],
    // Worked on two of two days: 3 / 4.
    ['one hour after two days', upTo(2), 1, 1 / 2 + (1 / 2) * (1 / 4)],
    // 9 / 10 for the hour on any day, and it was worked on the one such weekday: (1 + 0.9) / 2. That weekday never rested.
    ['one hour after eight days', upTo(8), 1, 1 - 0.95],
    // Two of twelve days rest, and the one Saturday did: (1 + 1/6) / 2. The hour is worked with 11/12 on days that do not.
    ['the first hour of the second Saturday', [0, 1, 2, 3, 4, 7, 8, 9, 10, 11], 1, 7 / 12 + (5 / 12) * (1 / 12)],
    // Three of five days rest, more than the half of an unknown weekday.
    ['one hour, where most days rest', [0, 4], 1, 0.6 + 0.4 * (1 / 4)],
  ])('%s', (_, days, silentH, expected) => {
    expect(afterDays(days, silentH)).toBeCloseTo(expected, 9);
  });

  test('on the day of its last activity a function does not rest', () => {
    // 36 hours from midnight on: fewest around 15:00, where its day begins. Each hour was worked on one day of one.
    const found = silenceProbability(record(always, at(1, 12)), (MONDAY * 24 + at(1, 14)) * HOUR_MS);
    expect(found).toBeCloseTo(1 / 9, 9);
  });

  test('days may come in any order', () => {
    const days = record(office, at(17, 9));
    const now = (MONDAY * 24 + at(17, 15)) * HOUR_MS;
    expect(silenceProbability(days.toReversed(), now)).toBe(silenceProbability(days, now));
  });

  test('a day of record, and a whole hour of silence, are enough', () => {
    const found = (hours: number, nowH: number) =>
      silenceProbability(record(always, hours), (MONDAY * 24 + nowH) * HOUR_MS);
    expect(found(24, 25)).not.toBeNull();
    expect(found(23, 25)).toBeNull();
    expect(found(24, 24.99)).toBeNull();
  });

  test('unknown without a whole silent hour or a day of record', () => {
    expect(silenceProbability(record(always, at(10)), (MONDAY * 24 + at(10)) * HOUR_MS + 1)).toBeNull();
    expect(silenceProbability(record(always, at(0, 23)), (MONDAY * 24 + at(3)) * HOUR_MS)).toBeNull();
    expect(silenceProbability([], MONDAY * DAY_MS)).toBeNull();
  });
});
