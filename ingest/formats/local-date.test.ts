/** Dates in the forms of spreadsheets and log services. The expected times are written out by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import { blank, expectVariant, iso, REPORT, readForm, START, STREAM, T } from '../../test/support/export-forms.ts';
import { law } from '../../test/support/law.ts';
import { dayOrderOf, readLocalTime, readNamedDate } from './local-date.ts';

/** 26 November 2026, 10:00:01 UTC. */
const AT = { ok: true, timestampMs: Date.UTC(2026, 10, 26, 10, 0, 1) } as const;
const EVENING = { ok: true, timestampMs: Date.UTC(2026, 10, 26, 22, 0, 1) } as const;

test.each([
  ['26.11.2026 10:00:01', AT],
  ['26.11.2026 10:00:01,000', AT],
  ['26/11/2026 10:00:01', AT],
  ['26-11-2026, 10:00:01', AT],
  ['11/26/2026 10:00:01 AM', AT],
  ['11/26/2026, 10:00:01 PM', EVENING],
  ['2026/11/26 10:00:01', AT],
  ['Nov 26, 2026 @ 10:00:01.000', AT],
  ['November 26, 2026 10:00:01 am', AT],
  ['Thu, 26 Nov 2026 10:00:01 GMT', AT],
  ['26/Nov/2026:10:00:01 +0000', AT],
  ['26 Nov 2026 11:00:01 +0100', AT],
  ['2026 Nov 26 10:00:01', AT],
  ['2026-Nov-26 10:00:01.000', AT],
  ['2026/Nov/26, 10:00:01 UTC', AT],
  ['Thu Nov 26 10:00:01 2026', AT],
  ['Thu Nov 26 10:00:01 UTC 2026', AT],
  ['Thu Nov 26 11:00:01.000 +0100 2026', AT],
  ['2026 Nov 26 10:00', { ok: false, reason: 'time-rounded' }],
  ['2026 Foo 26 10:00:01', { ok: false, reason: 'row-without-time' }],
  ['Thu Nov 31 10:00:01 2026', { ok: false, reason: 'row-without-time' }],
  ['1.795687201000E+12', AT],
  ['26.11.2026 10:00', { ok: false, reason: 'time-rounded' }],
  ['11/26/2026 10:00 AM', { ok: false, reason: 'time-rounded' }],
  ['1.79569E+12', { ok: false, reason: 'time-rounded' }],
  ['1,79569E+12', { ok: false, reason: 'time-rounded' }],
  ['11/26/2026 13:00:01 PM', { ok: false, reason: 'row-without-time' }],
  ['31.11.2026 10:00:01', { ok: false, reason: 'row-without-time' }],
  ['26 Foo 2026 10:00:01', { ok: false, reason: 'row-without-time' }],
  ['yesterday', { ok: false, reason: 'row-without-time' }],
])('%s', (text, expected) => {
  expect(readLocalTime(text, () => dayOrderOf([text]))).toEqual(expected);
});

test.each([
  // One digit or two of day and month, each mark, either order.
  ['6/1/2026 10:00:01', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['6/1/2026 10:00:01', 'month-first', Date.UTC(2026, 5, 1, 10, 0, 1)],
  ['06-01-2026 10:00:01', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['6.12.2026 10:00:01', 'day-first', Date.UTC(2026, 11, 6, 10, 0, 1)],
  ['16/1/2026 10:00:01', 'day-first', Date.UTC(2026, 0, 16, 10, 0, 1)],
  ['1/16/2026 23:59:59', 'month-first', Date.UTC(2026, 0, 16, 23, 59, 59)],
  ['12/31/2026 00:00:00', 'month-first', Date.UTC(2026, 11, 31)],
  [' 06/01/2026 10:00:01 ', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['06/01/2026T10:00:01', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['06/01/2026,  10:00:01', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['6/1/2026 9:00:01', 'day-first', Date.UTC(2026, 0, 6, 9, 0, 1)],
  ['06/01/2026 10:00:01.25', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1, 250)],
  ['06/01/2026 10:00:01,123456789', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1, 123)],
  ['06/01/2026 10:00:01 +0530', 'day-first', Date.UTC(2026, 0, 6, 4, 30, 1)],
  ['06/01/2026 10:00:01-05:30', 'day-first', Date.UTC(2026, 0, 6, 15, 30, 1)],
  ['06/01/2026 10:00:01Z', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['06/01/2026 10:00:01 UTC', 'day-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['06/01/2026 12:00:01 AM', 'day-first', Date.UTC(2026, 0, 6, 0, 0, 1)],
  ['06/01/2026 12:00:01 p.m.', 'day-first', Date.UTC(2026, 0, 6, 12, 0, 1)],
  ['06/01/2026 1:00:01PM', 'day-first', Date.UTC(2026, 0, 6, 13, 0, 1)],
  ['06/01/2026 11:00:01\u202fPM', 'day-first', Date.UTC(2026, 0, 6, 23, 0, 1)],
  ['06/06/2026 10:00:01', 'unknown', Date.UTC(2026, 5, 6, 10, 0, 1)],
  ['2026.01.06 10:00:01', 'unknown', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['2026/1/6, 10:00:01', 'month-first', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['Jan 6, 2026, 10:00:01', 'unknown', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['Tuesday, January 6 2026 10:00:01', 'unknown', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['Sept. 6, 2026 10:00:01', 'unknown', Date.UTC(2026, 8, 6, 10, 0, 1)],
  ['6-Jan-2026 10:00:01', 'unknown', Date.UTC(2026, 0, 6, 10, 0, 1)],
  ['Wed 6 Dec 2028, 10:00:01', 'unknown', Date.UTC(2028, 11, 6, 10, 0, 1)],
] as const)('%s, %s', (text, order, timestampMs) => {
  expect(readLocalTime(text, () => order)).toEqual({ ok: true, timestampMs });
});

test.each([
  ['two marks', '06/01-2026 10:00:01'],
  ['a year of two digits', '06/01/26 10:00:01'],
  ['three digits of a day', '006/01/2026 10:00:01'],
  ['the 13th month', '06/13/2026 10:00:01'],
  ['day 0', '00/01/2026 10:00:01'],
  ['minute 60', '06/01/2026 10:60:01'],
  ['second 61', '06/01/2026 10:00:61'],
  ['hour 25', '06/01/2026 25:00:01'],
  ['hour 0 of a half of the day', '06/01/2026 0:00:01 AM'],
  ['hour 13 of a half of the day', '06/01/2026 13:00:01 AM'],
  ['words after it', '06/01/2026 10:00:01 Uhr'],
  ['words before it', 'am 06/01/2026 10:00:01'],
  ['another zone', '06/01/2026 10:00:01 CET'],
  ['a zone of 25 hours', '06/01/2026 10:00:01 +2500'],
  ['a time before Lambda', '06/01/2014 10:00:01'],
  ['a time of the next century', '06/01/2101 10:00:01'],
  ['a letter in the year', '06/01/2O26 10:00:01'],
  ['a letter in the clock', '06/01/2026 1O:00:01'],
  ['another mark in the clock', '06/01/2026 10.00.01'],
  ['a name that is no month', 'Foo 6, 2026 10:00:01'],
  ['a month of two letters', 'Ja 6, 2026 10:00:01'],
  ['year first with two marks', '2026/01.06 10:00:01'],
  ['a colon alone', ':'],
  ['nothing', ''],
])('a date with %s is no time', (_, text) => {
  expect(readLocalTime(text, () => 'day-first')).toEqual({ ok: false, reason: 'row-without-time' });
});

test.each<readonly [text: string, expected: number | 'time-rounded' | 'row-without-time']>([
  // 13 digits and more are exact; fewer are rounded.
  ['1.795687201426E+12', 1_795_687_201_426],
  ['1.795687201426e12', 1_795_687_201_426],
  ['1,795687201426E+12', 1_795_687_201_426],
  ['1.79568720142E+12', 'time-rounded'],
  ['1.7956872014261E+12', 'time-rounded'],
  ['1.795687201426123E+15', 1_795_687_201_426],
  ['1.795687201426E+18', 1_795_687_201_426],
  ['1E+12', 'time-rounded'],
  ['9.795687201426E+12', 'row-without-time'],
  ['11.795687201426E+12', 'row-without-time'],
  ['1.795687201426E-12', 'row-without-time'],
  ['1.795687201426', 'row-without-time'],
])('%s of a spreadsheet', (text, expected) => {
  expect(readLocalTime(text, () => 'unknown')).toEqual(
    typeof expected === 'number' ? { ok: true, timestampMs: expected } : { ok: false, reason: expected },
  );
});

test.each([
  [['13/1/2026 10:00:00'], 'day-first'],
  [['1/13/2026 10:00:00'], 'month-first'],
  [['12/12/2026 10:00:00'], 'unknown'],
  [['1.2.2026 10:00:00'], 'day-first'],
  [[' 1/13/2026 10:00:00 '], 'month-first'],
  [['1-13-2026 10:00:00 AM'], 'month-first'],
  // What is no date decides nothing.
  [['13 apples'], 'unknown'],
  [['13/1 10:00:00'], 'unknown'],
  [['1/13/26 10:00:00'], 'unknown'],
  [['x13/1/2026 10:00:00'], 'unknown'],
  [['2026/11/26 10:00:01', '3/4/2026 10:00:00'], 'unknown'],
  [['13/1/2026 10:00:00', '14/1/2026 10:00:00', '3/4/2026 10:00:00'], 'day-first'],
  [['13/1/2026 10:00:00', '1/13/2026 10:00:00', '14/1/2026 10:00:00'], 'unknown'],
  [[], 'unknown'],
])('the order of day and month in %j: %s', (cells, expected) => {
  expect(dayOrderOf(cells)).toBe(expected);
});

test('one date decides for all; none and two that disagree do not', () => {
  expect(dayOrderOf(['03/04/2026 10:00:00', '13/04/2026 10:00:00'])).toBe('day-first');
  expect(dayOrderOf(['03/04/2026 10:00:00', '04/13/2026 10:00:00'])).toBe('month-first');
  expect(dayOrderOf(['03/04/2026 10:00:00'])).toBe('unknown');
  expect(dayOrderOf(['13/04/2026 10:00:00', '04/13/2026 10:00:00'])).toBe('unknown');
  expect(readLocalTime('03/04/2026 10:00:00', () => 'unknown')).toEqual({ ok: false, reason: 'date-order-ambiguous' });
});

const csv = (header: string, row: (ms: number, message: string) => string): string =>
  `${header}\n${row(T, START)}\n${row(T + 12, REPORT)}\n`;
const clock = (ms: number): string => blank(ms).slice(11);

const VARIANTS: readonly Variant[] = [
  ['Datadog', csv('"Date","Host","Service","Message"', (ms, text) => `"${iso(ms)}","","orders","${text}\n"`), ''],
  [
    'Grafana',
    csv('"Time","Line","labels","tsNs"', (ms, text) => `"2026-11-26 11:00:01","${text}","{}","${ms}000000"`),
    '',
  ],
  ['Kibana', csv('"@timestamp",message', (ms, text) => `"Nov 26, 2026 @ ${clock(ms)}","${text}"`), ''],
  ['Athena', csv('"time","msg"', (ms, text) => `"${blank(ms)} UTC","${text}"`), ''],
  ['a spreadsheet of Germany', csv('timestamp;message', (ms, text) => `26.11.2026 ${clock(ms)};${text}`), ''],
  [
    'a spreadsheet of the United States',
    csv('timestamp,message', (ms, text) => `"11/26/2026, ${clock(ms)} AM","${text}"`),
    '',
  ],
  [
    'columns of other names',
    csv('log_stream,event_time,content', (ms, text) => `${STREAM},${iso(ms)},"${text}"`),
    STREAM,
  ],
];
describe('CSV', () => {
  test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

  test.each([
    ['03/04/2026 10:00:00', 'date-order-ambiguous'],
    ['1.79569E+12', 'time-rounded'],
    ['soon', 'row-without-time'],
  ])('%s is refused: %s', (time, reason) => {
    expect(readForm(`timestamp,message\n${time},${START}\n`)).toMatchObject({ events: [], reasons: [reason] });
  });
});

test('law: a rendered date is read back, whatever its form', () => {
  const two = (n: number): string => String(n).padStart(2, '0');
  law(
    fc.property(
      fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2099, 0, 1) }),
      fc.constantFrom('day-first' as const, 'month-first' as const),
      fc.constantFrom('/', '-'),
      fc.boolean(),
      (atMs, order, mark, twelve) => {
        const at = new Date(atMs);
        const [day, month] = [two(at.getUTCDate()), two(at.getUTCMonth() + 1)];
        const hour = at.getUTCHours();
        const rest = `${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
        const time = twelve ? `${((hour + 11) % 12) + 1}:${rest} ${hour < 12 ? 'AM' : 'PM'}` : `${two(hour)}:${rest}`;
        const date = (order === 'day-first' ? [day, month] : [month, day])
          .concat(String(at.getUTCFullYear()))
          .join(mark);
        expect(readLocalTime(`${date} ${time}`, () => order)).toEqual({ ok: true, timestampMs: atMs });
      },
    ),
  );
});

describe('before a platform line', () => {
  test.each([
    '2026 Nov 26 10:00:01',
    '2026-Nov-26 10:00:01.000',
    '26/Nov/2026:10:00:01 +0000',
    '[26/Nov/2026:10:00:01 +0000]',
    '26 Nov 2026 10:00:01,000 -',
    'Nov 26, 2026 10:00:01 AM',
    'Nov 26, 2026 @ 10:00:01.000',
    'Thu, 26 Nov 2026 10:00:01 GMT',
    'Thu Nov 26 10:00:01 2026',
    '[Thu Nov 26 10:00:01.000000 2026]',
  ])('%s', (date) => {
    const { events, reasons } = readForm(`${date} ${START}\n${date} ${REPORT}\n`);
    expect(reasons).toEqual([]);
    expect(events.map(({ timestampMs, message }) => [timestampMs, message.trim()])).toEqual([
      [AT.timestampMs, START.trim()],
      [AT.timestampMs, REPORT.trim()],
    ]);
  });

  test.each(['11/26/2026 10:00:01', 'Nov 26 10:00:01', '2026 Nov 26 10:00', '2026 Foo 26 10:00:01', '26 Nov 10:00:01'])(
    '%s is reported',
    (date) => {
      const { events, reasons } = readForm(`${date} ${REPORT}\n`);
      expect(events).toEqual([]);
      expect(reasons).toHaveLength(1);
    },
  );

  test('a line of an application that begins with a date stays part of its event', () => {
    const { events } = readForm(`2026-11-26T10:00:01.000Z one\n2026 Nov 26 10:00:01 two\n`);
    expect(events.map(({ message }) => message.trim())).toEqual(['one\n2026 Nov 26 10:00:01 two']);
  });
});

test('the order of day and month is asked for dates that begin with a number and a mark', () => {
  const asked: string[] = [];
  const read = (text: string): unknown =>
    readLocalTime(text, () => {
      asked.push(text);
      return 'day-first';
    });
  for (const text of ['x', '{', 'Nov 20, 2026, 10:00:00 AM', '2026/11/20 10:00:00', '20 Nov 2026 10:00:00', '10:00'])
    read(text);
  expect(asked).toEqual([]);
  for (const text of ['1/2/2026 10:00:00', '20.11.2026 10:00:00', '20-11-2026 10:00']) read(text);
  expect(asked).toEqual(['1/2/2026 10:00:00', '20.11.2026 10:00:00', '20-11-2026 10:00']);
});

test.each([
  '26 Nov 2026 10:00:00 ',
  '6 Nov 2026 10:00:00 ',
  '26-Nov-2026 10:00:00\t',
  '2026/Nov/26 10:00:00 ',
  '[26 Nov 2026 10:00:00] ',
  'Thu, 26 Nov 2026 10:00:00 ',
  'Nov 26, 2026 10:00:00 ',
])('%j begins with a named date', (prefix) => {
  const day = prefix.startsWith('6') ? 6 : 26;
  expect(readNamedDate(`${prefix}x`)).toEqual({ timestampMs: Date.UTC(2026, 10, day, 10), end: prefix.length });
});

test.each(['260 Nov 2026 10:00:00 x', '26. Nov 2026 10:00:00 x', '1795888751 Nov x', '[x] 26 Nov 2026 10:00:00 x'])(
  '%j begins with none',
  (line) => {
    expect(readNamedDate(line)).toBeNull();
  },
);
