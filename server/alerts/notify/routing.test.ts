/** Mute times, groups and inhibitions. */
import { describe, expect, test } from 'vitest';
import { isTimeZone } from '../../../ingest/records/time-zone.ts';
import { groupKeyOf, inhibitor, isMuteTime, labelsOfGroupKey } from './routing.ts';

describe('mute times', () => {
  const FRIDAY = '2026-11-20';
  const at = (time: string, day = FRIDAY) => Date.parse(`${day}T${time}:00Z`);

  test('time zone, midnight, daylight saving time', () => {
    const nights = { timeZone: 'Europe/Berlin', weekdays: [5], from: '22:00', to: '06:00' };
    expect(isMuteTime(nights, at('21:30'))).toBe(true); // Friday, 22:30
    expect(isMuteTime(nights, at('20:30'))).toBe(false);
    expect(isMuteTime(nights, at('04:59', '2026-11-21'))).toBe(true); // Saturday morning
    expect(isMuteTime(nights, at('05:00', '2026-11-21'))).toBe(false);
    expect(isMuteTime(nights, Date.parse('2026-07-24T20:30:00Z'))).toBe(true); // In summer 22:30
  });

  test.each([
    ['07:59', false],
    ['08:00', true],
    ['16:59', true],
    ['17:00', false],
  ])('from 08:00 to 17:00, at %s', (time, expected) => {
    const hours = { timeZone: 'UTC', weekdays: [5], from: '08:00', to: '17:00' };
    expect(isMuteTime(hours, at(time))).toBe(expected);
    expect(isMuteTime({ ...hours, weekdays: [4, 6] }, at(time))).toBe(false);
  });

  test.each([
    ['Friday evening', at('22:00'), true],
    ['Friday before it', at('21:59'), false],
    ['Friday morning is of Thursday', at('05:59'), false],
    ['Saturday morning', at('05:59', '2026-11-21'), true],
    ['Saturday when it ends', at('06:00', '2026-11-21'), false],
    ['Saturday evening', at('23:00', '2026-11-21'), false],
  ])('over midnight, of Fridays: %s', (_, ms, expected) => {
    expect(isMuteTime({ timeZone: 'UTC', weekdays: [5], from: '22:00', to: '06:00' }, ms)).toBe(expected);
  });

  test('of Sundays over midnight, Monday morning belongs to it', () => {
    const sundays = { timeZone: 'UTC', weekdays: [7], from: '22:00', to: '06:00' };
    expect(
      [at('23:00', '2026-11-22'), at('01:00', '2026-11-23'), at('01:00', '2026-11-22')].map((ms) =>
        isMuteTime(sundays, ms),
      ),
    ).toEqual([true, true, false]);
  });

  test('a whole day, and each day of the week', () => {
    const days = [1, 2, 3, 4, 5, 6, 7].map((weekday) =>
      ['16', '17', '18', '19', '20', '21', '22'].filter((day) =>
        isMuteTime({ timeZone: 'UTC', weekdays: [weekday], from: '00:00', to: '24:00' }, at('00:00', `2026-11-${day}`)),
      ),
    );
    // 16 November 2026 is a Monday.
    expect(days).toEqual([['16'], ['17'], ['18'], ['19'], ['20'], ['21'], ['22']]);
  });

  test('names of time zones', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});

describe('groups', () => {
  test('alerts with the same values share one; a missing label counts as empty', () => {
    const labels = { b: '2', a: '1' };
    expect(groupKeyOf(labels, ['b', 'a'])).toBe('[["a","1"],["b","2"]]');
    expect(groupKeyOf(labels, ['c'])).toBe('[["c",""]]');
    expect(groupKeyOf(labels, [])).toBe('[]');
    // Each alert on its own.
    expect(groupKeyOf(labels, ['x', '...'])).toBe('[["a","1"],["b","2"]]');
    expect(labelsOfGroupKey(groupKeyOf(labels, ['...']))).toEqual(labels);
  });

  test.each(['', '{', '{}', '1', '[1]', '[["a"]]', '[["a",1]]', '[[1,"a"]]'])('%j is no key', (key) => {
    expect(labelsOfGroupKey(key)).toBe(null);
  });
});

describe('inhibitions', () => {
  const is = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
  const down = { source: [is('kind', 'down')], target: [is('kind', 'slow')], equal: ['team'] };

  test('a firing source holds back targets with equal labels, and nothing else', () => {
    const isInhibited = inhibitor(
      [down],
      [
        { kind: 'down', team: 'a' },
        { kind: 'other', team: 'b' },
      ],
    );
    expect(isInhibited({ kind: 'slow', team: 'a' })).toBe(true);
    expect(isInhibited({ kind: 'slow', team: 'b' })).toBe(false);
    expect(isInhibited({ kind: 'fast', team: 'a' })).toBe(false);
    expect(isInhibited({ kind: 'slow' })).toBe(false);
    expect(inhibitor([down], [])({ kind: 'slow', team: 'a' })).toBe(false);
  });

  test('labels that both lack are equal', () => {
    expect(inhibitor([down], [{ kind: 'down' }])({ kind: 'slow' })).toBe(true);
    // As in Alertmanager, an empty label is a missing one.
    expect(inhibitor([down], [{ kind: 'down', team: '' }])({ kind: 'slow' })).toBe(true);
    expect(inhibitor([{ ...down, equal: [] }], [{ kind: 'down', team: 'a' }])({ kind: 'slow', team: 'b' })).toBe(true);
  });

  test('an alert never inhibits itself', () => {
    const self = { source: [is('team', 'a')], target: [is('team', 'a')], equal: [] };
    expect(inhibitor([self], [{ team: 'a' }])({ team: 'a' })).toBe(false);
    // Any of several inhibitions suffices.
    expect(inhibitor([self, down], [{ kind: 'down', team: 'a' }])({ kind: 'slow', team: 'a' })).toBe(true);
  });
});
