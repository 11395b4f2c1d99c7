/** Time ranges as people write them, on Saturday 28 November 2026, 08:00 UTC. Expected times were worked out by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { readRange } from './time-text.ts';

const NOW = Date.UTC(2026, 10, 28, 8);

function read(text: string, zone = 'utc'): string {
  const range = readRange(text, zone, NOW);
  return range.ok ? `${range.from} ${range.to}`.replaceAll(':00.000Z', 'Z') : range.reason;
}

describe('relative', () => {
  test.each([
    ['3h', 'now-3h now'],
    ['15 min', 'now-15m now'],
    ['last 2 days', 'now-2d now'],
    ['Past 1 Week', 'now-1w now'],
    ['now-7d', 'now-7d now'],
    ['now-7d to now-1d', 'now-7d now-1d'],
    ['now-2h/now-1h', 'now-2h now-1h'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));
});

describe('ISO 8601', () => {
  test.each([
    ['2026-11-20', '2026-11-20T00:00Z 2026-11-21T00:00Z'],
    ['2026-11-20T09:00/2026-11-20T12:00', '2026-11-20T09:00Z 2026-11-20T12:00Z'],
    ['2026-11-20 09:00 – 12:00', '2026-11-20T09:00Z 2026-11-20T12:00Z'],
    ['2026-11-20T09:00Z/2026-11-21T09:00+02:00', '2026-11-20T09:00Z 2026-11-21T07:00Z'],
    ['2026-11-20 to 2026-11-22', '2026-11-20T00:00Z 2026-11-22T00:00Z'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));

  test('without a zone it is the time of the page’s clocks; Tokyo is nine hours ahead', () => {
    expect(read('2026-11-20', 'Asia/Tokyo')).toBe('2026-11-19T15:00Z 2026-11-20T15:00Z');
    expect(read('2026-11-20T09:00Z/2026-11-20T19:00', 'Asia/Tokyo')).toBe('2026-11-20T09:00Z 2026-11-20T10:00Z');
  });
});

describe('the calendar', () => {
  test.each([
    ['today', '2026-11-28T00:00Z 2026-11-28T08:00Z'],
    ['Yesterday', '2026-11-27T00:00Z 2026-11-28T00:00Z'],
    ['this week', '2026-11-23T00:00Z 2026-11-28T08:00Z'],
    ['last week', '2026-11-16T00:00Z 2026-11-23T00:00Z'],
    ['this month', '2026-11-01T00:00Z 2026-11-28T08:00Z'],
    ['last month', '2026-10-01T00:00Z 2026-11-01T00:00Z'],
    ['this year', '2026-01-01T00:00Z 2026-11-28T08:00Z'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));

  test('is that of the zone: in Honolulu it is still 27 November, ten hours behind', () => {
    expect(read('yesterday', 'Pacific/Honolulu')).toBe('2026-11-26T10:00Z 2026-11-27T10:00Z');
  });

  test('the day on which clocks of Berlin went back has 25 hours', () => {
    expect(read('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00Z 2026-10-25T23:00Z');
  });
});

describe('words', () => {
  test.each([
    ['last monday 9:00–12:00', '2026-11-23T09:00Z 2026-11-23T12:00Z'],
    // The next one has not been yet.
    ['monday 9am', '2026-11-23T09:00Z 2026-11-23T10:00Z'],
    ['last friday', '2026-11-27T00:00Z 2026-11-28T00:00Z'],
    ['friday 22:00 to 02:00', '2026-11-27T22:00Z 2026-11-28T02:00Z'],
    ['nov 1 to nov 3', '2026-11-01T00:00Z 2026-11-04T00:00Z'],
    ['from nov 3 9:00 until nov 4', '2026-11-03T09:00Z 2026-11-05T00:00Z'],
    ['october', '2026-10-01T00:00Z 2026-11-01T00:00Z'],
    ['may', '2026-05-01T00:00Z 2026-06-01T00:00Z'],
    ['5pm', '2026-11-27T17:00Z 2026-11-27T18:00Z'],
    ['two hours ago', '2026-11-28T06:00Z 2026-11-28T08:00Z'],
    ['since yesterday', '2026-11-27T00:00Z 2026-11-28T08:00Z'],
    ['nov 20 9:00 UTC', '2026-11-20T09:00Z 2026-11-20T10:00Z'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));

  test('clock times are those of the zone, or of the zone they name', () => {
    expect(read('last monday 9:00–12:00', 'Asia/Tokyo')).toBe('2026-11-23T00:00Z 2026-11-23T03:00Z');
    expect(read('nov 20 9:00 UTC', 'Asia/Tokyo')).toBe('2026-11-20T09:00Z 2026-11-20T10:00Z');
  });
});

describe('refused', () => {
  test.each(['', 'hello', 'yesterday 9-12', '25:00', '2026-02-30', 'between 10:00 and 11:00 on tuesday', '1/2/3'])(
    '%s',
    (text) => expect(read(text)).toMatch(/is not understood. What is: 3h, yesterday,/),
  );
  test.each([
    ['2026-11-20T12:00/2026-11-20T09:00', 'would end before it begins'],
    ['now-1h to now-2h', 'would end before it begins'],
    ['2027-01-01', 'has not begun yet'],
    ['tomorrow', 'has not begun yet'],
    ['now', 'has not begun yet'],
  ])('%s', (text, reason) => expect(read(text)).toContain(reason));
});

test('any text gives a range in order or a reason', () => {
  law(
    fc.property(fc.string({ maxLength: 40 }), fc.constantFrom('utc', 'Asia/Tokyo'), (text, zone) => {
      const range = readRange(text, zone, NOW);
      expect(range.ok ? range.from.length + range.to.length : range.reason.length).toBeGreaterThan(0);
    }),
  );
});
