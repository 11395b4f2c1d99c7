/** Lines of fluentd, logcli and epoch time one by one, and named dates; the forms are those that each tool prints. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../records/time.ts';
import { beginsWithEpoch, readLineForm } from './line-form.ts';
import { readNamedDate } from './local-date.ts';

const T = 1_795_176_930_123;
const ISO = '2026-11-20T12:15:30.123Z';
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const START = `START RequestId: ${ID} Version: 7`;
const event = (message: string, more: object = {}) => ({
  timestampMs: T,
  isConverted: false,
  message,
  stream: '',
  id: '',
  group: null,
  account: null,
  ...more,
});
const read = (...lines: readonly string[]) => readLineForm(`${lines.join('\n')}\n`);

describe('fluentd', () => {
  test.each<[string, string, object]>([
    ['a file', `${ISO}\taws.lambda\t{"a":"hello"}`, event('{"a":"hello"}')],
    ['standard output', `2026-11-20 12:15:30.123000000 +0000 aws.lambda: {"a":"hello"}`, event('{"a":"hello"}')],
    ['four blanks', `${ISO}    a.b:    {"a":"hello"}`, event('{"a":"hello"}')],
    ['signs in a tag', `${ISO}\tA_b*/$@-9.x\t{"a":"hello"}`, event('{"a":"hello"}')],
    [
      'a place in the record',
      `${ISO}\ta\t{"a":"hello","log_group":"g","log_stream":"s"}`,
      event('{"a":"hello","log_group":"g","log_stream":"s"}', { group: 'g', stream: 's' }),
    ],
    ['a platform line', `${ISO}\ta\t{"log":"${START}"}`, event(START)],
    [
      'a platform line with a time of its own',
      `2026-11-20T12:15:31Z\ta\t{"log":"${START}","time":"${ISO}"}`,
      event(START),
    ],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toEqual({ events: [expected], problems: [] });
  });

  test.each([
    ['a record that is a list', `${ISO}\ta\t[{"a":"hello"}]`],
    ['a record that is cut off', `${ISO}\ta\t{"a":"hello"`],
    ['no tag', `${ISO}\t{"a":"hello"}`],
    ['a tag of 301 characters', `${ISO}\t${'t'.repeat(301)}\t{"a":"hello"}`],
    ['an impossible time', `2026-02-30T12:15:30Z\ta\t{"a":"hello"}`],
    ['five blanks', `${ISO}     a:{"a":"hello"}`],
  ])('with %s is another form', (_, line) => {
    expect(read(line)).toBeNull();
  });
});

describe('logcli', () => {
  test.each<[string, string, object]>([
    ['labels', `${ISO} {log_group="g", log_stream="s"} hello`, event('hello', { group: 'g', stream: 's' })],
    [
      'labels without blanks',
      `${ISO} {log_group="g",log_stream="s"} hello`,
      event('hello', { group: 'g', stream: 's' }),
    ],
    ['escapes in a label', `${ISO} {log_group="a\\"b\\\\c"} hello`, event('hello', { group: 'a"b\\c' })],
    ['no labels', `${ISO} {} hello`, event('hello')],
    ['blanks behind the labels', `${ISO} {a="b"}     hello`, event('hello')],
    ['four blanks before them', `${ISO}    {a="b"} hello`, event('hello')],
    ['another zone', `2026-11-20T13:15:30.123+01:00 {a="b"} hello`, event('hello')],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toEqual({ events: [expected], problems: [] });
  });

  test.each([
    ['a name with a dash', `${ISO} {a-b="c"} hello`],
    ['a label that is not closed', `${ISO} {a="b} hello`],
    ['no blank behind the labels', `${ISO} {a="b"}hello`],
    ['an impossible time', '2026-02-30T12:15:30Z {a="b"} hello'],
  ])('with %s is another form', (_, line) => {
    expect(read(line)).toBeNull();
  });
});

describe('epoch time', () => {
  test.each<[string, string, object]>([
    ['milliseconds', `${T} hello`, event('hello')],
    ['seconds', `1795176930 hello`, event('hello', { timestampMs: T - 123, isConverted: true })],
    ['seconds with a fraction', `1795176930.123456789 hello`, event('hello', { isConverted: true })],
    ['microseconds', `${T}000 hello`, event('hello', { isConverted: true })],
    ['nanoseconds', `${T}000000 hello`, event('hello', { isConverted: true })],
    ['four blanks', `${T}    hello`, event('hello')],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toEqual({ events: [expected], problems: [] });
    expect(beginsWithEpoch(line)).toBe(true);
  });

  test.each([
    ['eleven digits', '17951769301 hello'],
    ['five blanks', `${T}     hello`],
    ['a tab', `${T}\thello`],
    ['nothing behind it', `${T} `],
    ['ten decimals', '1795176930.1234567890 hello'],
    ['a word before it', `at ${T} hello`],
  ])('%s: none', (_, line) => {
    expect(beginsWithEpoch(line)).toBe(false);
  });

  test('before 2014 is none, though it may begin a line', () => {
    expect(read('1000000000 hello')).toBeNull();
    expect(beginsWithEpoch('1000000000 hello')).toBe(true);
  });
});

describe('lines of a form', () => {
  test('at least half of the lines with a time are in it', () => {
    expect(read(`${T} a`, `${ISO} b`)).toEqual({ events: [event('a'), event('b')], problems: [] });
    expect(read(`${T} a`, `${ISO} b`, `${ISO} c`)).toBeNull();
  });

  test('are recognised among the first fifty', () => {
    const others = (n: number) => Array.from({ length: n }, () => 'text');
    expect(read(...others(49), `${T} a`)?.events).toEqual([event('a')]);
    expect(read(...others(50), `${T} a`)).toBeNull();
  });

  test('other lines continue the one before; platform lines, and lines before the first, are problems', () => {
    expect(read('first', `${T} a`, ' b', '', 'c', START, 'd', `${T} ${START}`, `${T} tail: ${START}`, 'e')).toEqual({
      events: [event('a\n b\nc\nd'), event(START)],
      problems: [
        { reason: 'line-without-time', text: 'first' },
        { reason: 'line-without-time', text: START },
        { reason: 'platform-line-behind-prefix', text: `${T} tail: ${START}` },
        { reason: 'line-without-time', text: 'e' },
      ],
    });
  });
});

describe('a named date before a line', () => {
  const AT = Date.UTC(2026, 10, 20, 12, 15, 30);
  test.each<[string, number]>([
    ['20 Nov 2026 12:15:30 ', AT],
    ['20-Nov-2026 12:15:30 ', AT],
    ['20/Nov/2026:12:15:30 ', AT],
    ['2026 Nov 20 12:15:30 ', AT],
    ['2026-Nov-20, 12:15:30 ', AT],
    ['Nov 20, 2026 12:15:30 ', AT],
    ['Nov. 20 2026, 12:15:30 ', AT],
    ['November 20, 2026 @ 12:15:30 ', AT],
    ['Fri, 20 Nov 2026 12:15:30 GMT ', AT],
    ['Friday 20 Nov 2026 12:15:30 ', AT],
    ['Fri Nov 20 12:15:30 2026 ', AT],
    ['Nov  6 12:15:30 2026 ', Date.UTC(2026, 10, 6, 12, 15, 30)],
    ['20 Nov 2026 1:15:30 PM ', AT + HOUR_MS],
    ['20 Nov 2026 12:15:30.5 ', AT + 500],
    ['20 Nov 2026 12:15:30,123456789 ', AT + 123],
    ['20 Nov 2026 13:15:30 +01:00 ', AT],
    ['[20 Nov 2026 12:15:30] ', AT],
    ['[20 Nov 2026 12:15:30] - ', AT],
    ['20 Nov 2026 12:15:30 | ', AT],
    ['20 Nov 2026 12:15:30 : ', AT],
    ['20 Nov 2026 12:15:30\t', AT],
  ])('%j', (prefix, timestampMs) => {
    expect(readNamedDate(`${prefix}hello`)).toEqual({ timestampMs, end: prefix.length });
  });

  test.each([
    '20 Nov 2026 12:15 ',
    '20 Nov 26 12:15:30 ',
    '31 Nov 2026 12:15:30 ',
    '20 Foo 2026 12:15:30 ',
    '20 nov 2026 12:15:30 ',
    '20 Nov 2026 12:15:30',
    'at 20 Nov 2026 12:15:30 ',
    '20 Nov 2026 25:15:30 ',
    'Nov 20 12:15:30 ',
    '20.11.2026 12:15:30 ',
    '',
  ])('%j is none', (prefix) => {
    expect(readNamedDate(`${prefix}hello`)).toBeNull();
  });
});
