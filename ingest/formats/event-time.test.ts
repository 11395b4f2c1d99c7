/** Times of log events in every unit and form. Expected values come from `date -u -d … +%s%3N`. */
import { expect, test } from 'vitest';
import { HOUR_MS, logTimeEnd, logTimeMs, parseIsoTime } from '../records/time.ts';
import { readEventTime, readTimeText, TIME } from './event-time.ts';
import { readLogReference } from './export-event.ts';

const MS = 1_795_176_930_123; // 2026-11-20T12:15:30.123Z

test.each([
  ['milliseconds', MS, MS, false],
  ['milliseconds with a fraction', MS + 0.75, MS, false],
  ['seconds', 1_795_176_930, 1_795_176_930_000, true],
  ['seconds with a fraction', 1_795_176_930.123, MS, true],
  ['microseconds', 1_795_176_930_123_999, MS, true],
  ['nanoseconds', 1_795_176_930_123_000_000, MS, true],
  ['text of milliseconds', '1795176930123', MS, false],
  ['text of seconds', '1795176930', 1_795_176_930_000, true],
  ['text of microseconds', '1795176930123999', MS, true],
  ['text of nanoseconds', '1795176930123999999', MS, true],
  ['text of seconds with a fraction', '1795176930.123', MS, true],
  ['a date of PowerShell', '/Date(1795176930123)/', MS, false],
  ['ISO 8601', '2026-11-20T12:15:30.123Z', MS, false],
  ['ISO 8601 with a zone', '2026-11-20T17:45:30.123+05:30', MS, false],
  ['a time of a console, without a zone', ' 2026-11-20 12:15:30.123 ', MS, false],
  ['a zone in brackets', '2026-11-20 13:15:30,123 (+0100)', MS, false],
  ['milliseconds as text, with a fraction', '1795176930123.75', MS, false],
  ['the first second', '1415836800', 1_415_836_800_000, true],
  ['the first second, as a number', 1_415_836_800, 1_415_836_800_000, true],
  ['the first millisecond', '1415836800000', 1_415_836_800_000, false],
  ['the last millisecond', '4102444800000', 4_102_444_800_000, false],
  ['the last second', '4102444800', 4_102_444_800_000, true],
  ['the last microsecond', '4102444800000000', 4_102_444_800_000, true],
  ['the last nanosecond', '4102444800000000000', 4_102_444_800_000, true],
  ['seconds with nine decimals', '1795176930.123456789', MS, true],
  ['blanks around digits', ' 1795176930123 ', MS, false],
  ['a time with one bracket', '2026-11-20 13:15:30 (+0100', MS - 123, false],
  ['the day of the first function', Date.UTC(2014, 10, 13), Date.UTC(2014, 10, 13), false],
])('%s', (_, value, timestampMs, isConverted) => {
  expect(readEventTime(value)).toEqual({ timestampMs, isConverted });
});

test('a time as text may have blanks around it', () => {
  expect(readTimeText(' 2026-11-20T12:15:30.123Z\t')).toBe(MS);
});

test.each([
  ['before Lambda', Date.UTC(2014, 10, 13) - 1],
  ['before Lambda, as text', '2014-11-12T23:59:59Z'],
  ['after this century', Date.UTC(2100, 0, 1) + 1],
  ['zero', 0],
  ['negative', -MS],
  ['not a number', Number.NaN],
  ['eight digits', '17951769'],
  ['twenty digits', '17951769301230000000'],
  ['digits and more', '1795176930123x'],
  ['eleven digits', '17951769301'],
  ['fourteen digits', '17951769301230'],
  ['the second before the first', '1415836799'],
  ['the second before the first, as a number', 1_415_836_799],
  ['the millisecond before the first', '1415836799999'],
  ['the second after the last', '4102444801'],
  ['the millisecond after the last', '4102444800001'],
  ['a point without decimals', '1795176930.'],
  ['ten decimals', '1795176930.1234567891'],
  ['two points', '1795176930.1.2'],
  ['a date of PowerShell of twelve digits', '/Date(179517693012)/'],
  ['a date of PowerShell in text', 'x/Date(1795176930123)/'],
  ['a date of PowerShell and more', '/Date(1795176930123)/x'],
  ['a date of PowerShell before Lambda', '/Date(1415836799999)/'],
  ['a date alone', '2026-11-20'],
  ['the 13th month', '2026-13-20T12:15:30Z'],
  ['30 February', '2026-02-30T12:15:30Z'],
  ['25 o’clock', '2026-11-20T25:15:30Z'],
  ['empty', ''],
  ['null', null],
  ['a boolean', true],
])('%s is no time of a log event', (_, value) => {
  expect(readEventTime(value)).toBeNull();
});

test.each<[string, number | null]>([
  ['2026-11-20 13:15:30.123 (+0100', MS],
  ['2026-11-20 13:15:30.123 +0100)', MS],
  ['2026-11-20 13:15:30.123 +01:00)', MS],
  ['2026-11-20T03:45:30,123(-08:30', MS],
  ['2026-02-30 13:15:30 (+0100', null],
  ['2026-11-20 25:15:30 (+0100', null],
  ['2014-11-12 23:59:59 (+0000', null],
  ['2100-01-01 00:00:01 (+0000', null],
  ['2026-11-20 13:15:30 ((+0100', null],
  ['2026-11-20 13:15:30 (+0100 x', null],
  ['2026-11-20 13:15:30 x', null],
  ['x 2026-11-20 13:15:30', null],
  ['', null],
])('a time with one bracket, or with more than a time: %j', (text, ms) => {
  expect(readTimeText(text)).toBe(ms);
});

test('a time as text', () => {
  expect(readTimeText('2026-11-20 12:15:30 UTC')).toBe(MS - 123);
  expect(readTimeText('2026-11-20 12:15:30-0830')).toBe(MS - 123 + 8.5 * HOUR_MS);
  expect(readTimeText('1795176930123')).toBeNull();
});

test('the reference of Logs Insights names account and group', () => {
  expect(readLogReference('111122223333:/aws/lambda/f')).toEqual({ account: '111122223333', group: '/aws/lambda/f' });
  expect(readLogReference('/aws/lambda/f')).toEqual({ account: null, group: '/aws/lambda/f' });
  expect(readLogReference('11112222333:/aws/lambda/f')).toMatchObject({ account: null });
  expect(readLogReference('1111222233334:g')).toEqual({ account: null, group: '1111222233334:g' });
  expect(readLogReference('x111122223333:g')).toEqual({ account: null, group: 'x111122223333:g' });
  expect(readLogReference('111122223333:g:h')).toEqual({ account: '111122223333', group: 'g:h' });
  expect(readLogReference('')).toEqual({ account: null, group: '' });
  expect(readLogReference('111122223333:')).toMatchObject({ account: null, group: '111122223333:' });
});

const ANCHORED = new RegExp(`^${TIME}`);

test.each([
  '2026-11-20T12:15:30.123456789Z x',
  '2026-11-20 12:15:30,1 UTC',
  '2026-11-20 12:15:30 (+01:00)',
  '2026-11-20T12:15:30-0830',
  '2026-11-20T12:15:30 x',
])('%s and texts like it end where the expression of a time ends', (text) => {
  const wrong: string[] = [];
  for (let at = 0; at < text.length; at += 1)
    for (const mark of ['', ...'09 TtZzUC.,:+-()x', '00', '.5', ' Z'])
      for (const removed of [0, 1, 2]) {
        const other = text.slice(0, at) + mark + text.slice(at + removed);
        if (logTimeEnd(`# ${other}`, 2) !== 2 + (ANCHORED.exec(other)?.[0].length ?? -3)) wrong.push(other);
      }
  expect(wrong).toEqual([]);
});

test('a time read by its characters is the one that ISO 8601 states', () => {
  const zones = ['Z', '+00:00', '-08:30', '+23:59', '+24:00', '+01:60'];
  const clocks = [
    '00:00:00',
    '12:15:30.1',
    '12:15:30.05',
    '23:59:60',
    '23:58:60',
    '24:00:00',
    '24:00:00.001',
    '12:60:00',
  ];
  for (const day of ['2026-11-20', '2024-02-29', '2026-02-29', '2026-00-01', '2026-13-01', '2026-11-31'])
    for (const clock of clocks)
      for (const zone of zones) {
        const text = `${day}T${clock}${zone}`;
        expect(logTimeMs(text, 0, text.length), text).toBe(parseIsoTime(text));
      }
  const bracketed = '2026-11-20 12:15:30.1239 (-0830)';
  expect(logTimeMs(bracketed, 0, bracketed.length)).toBe(MS + 8.5 * HOUR_MS);
});

/** The nearest number to the seconds decides, however many digits they have. */
test.each([
  ['1795888751.426', 1_795_888_751_426],
  ['1795888751.4', 1_795_888_751_400],
  ['1795888751.42649', 1_795_888_751_426],
  ['1795888751.4265', 1_795_888_751_427],
  ['1795888751.426499', 1_795_888_751_426],
  ['1795888751426.9', 1_795_888_751_426],
])('%s is a time', (text, timestampMs) => {
  expect(readEventTime(text)?.timestampMs).toBe(timestampMs);
});

test.each(['1795888751.', '1795888751.4x', '1795888751.42.6', '1795888751,426', '1795888751.4265000001'])(
  '%s is no time',
  (text) => {
    expect(readEventTime(text)).toBeNull();
  },
);
