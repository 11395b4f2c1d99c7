/** What tools put before a line, part by part; the forms are those of `aws logs tail`, awslogs, cw, saw and sam. */
import { describe, expect, test } from 'vitest';
import { readPrefixedLine, withoutLabel } from './text-line.ts';
import { readTimedLines } from './timed-lines.ts';

const T = 1_795_176_930_123;
const ISO = '2026-11-20T12:15:30.123Z';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const EVENT_ID = '3'.repeat(56);
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const START = `START RequestId: ${ID} Version: 7`;
const TIMEOUT = `${ISO} ${ID} Task timed out after 3.00 seconds`;
const line = (message: string, more: object = {}) => ({
  timestampMs: T,
  isConverted: false,
  stream: '',
  group: null,
  message,
  hidden: null,
  ...more,
});

describe('a line', () => {
  test.each<[string, string, object]>([
    ['a time', `${ISO} hello`, line('hello')],
    ['a time and a tab', `${ISO}\thello`, line('hello')],
    ['a time and nothing', `${ISO} `, line('')],
    ['a time and two blanks', `${ISO}  hello`, line(' hello')],
    ['a time in another zone', '2026-11-20T13:15:30.123+01:00 hello', line('hello')],
    ['a time and a stream', `${ISO} ${STREAM} hello`, line('hello', { stream: STREAM })],
    ['a stream and a time', `${STREAM} ${ISO} hello`, line('hello', { stream: STREAM })],
    [
      'a group, a stream and a time',
      `/aws/lambda/f ${STREAM} ${ISO} hello`,
      line('hello', { stream: STREAM, group: '/aws/lambda/f' }),
    ],
    [
      'both times of awslogs',
      `/aws/lambda/f ${STREAM} ${ISO} (${ISO}) hello`,
      line('hello', { stream: STREAM, group: '/aws/lambda/f' }),
    ],
    [
      'both times without brackets',
      `/aws/lambda/f ${STREAM} ${ISO} ${ISO} hello`,
      line('hello', { stream: STREAM, group: '/aws/lambda/f' }),
    ],
    ['a group and a time', `/aws/lambda/f ${ISO} hello`, line('hello', { group: '/aws/lambda/f' })],
    ['saw', `[${ISO}] (${STREAM}) hello`, line('hello', { stream: STREAM })],
    ['a stream in brackets', `[${STREAM}] ${ISO} hello`, line('hello', { stream: STREAM })],
    ['both in brackets', `[${STREAM}] [${ISO}] hello`, line('hello', { stream: STREAM })],
    ['a time in brackets', `[${ISO}] hello`, line('hello')],
    ['cw', `${ISO} - hello`, line('hello')],
    ['cw with the stream', `${ISO} - ${STREAM} - hello`, line('hello', { stream: STREAM })],
    ['cw with the group', `${ISO} - /aws/lambda/f - hello`, line('hello', { group: '/aws/lambda/f' })],
    ['cw with both', `${ISO} - g - ${STREAM} - hello`, line('hello', { stream: STREAM, group: 'g' })],
    ['cw with all', `${ISO} - g - ${STREAM} - ${EVENT_ID} - hello`, line('hello', { stream: STREAM, group: 'g' })],
    ['cw with the id', `${ISO} - ${EVENT_ID} - hello`, line('hello')],
    ['cw with a dash in the message', `${ISO} - hello - you`, line('hello - you')],
    ['epoch milliseconds and a tab', `${T}\thello`, line('hello')],
    ['and a comma', `${T},hello`, line('hello')],
    ['and a comma and a blank', `${T}, hello`, line('hello')],
    ['and quotes', `${T},"hello"`, line('hello')],
    ['and a quote that is not closed', `${T},"hello`, line('hello')],
    ['epoch seconds', `1795176930.123\thello`, line('hello', { isConverted: true })],
    ['a timeout, which holds its time', TIMEOUT, line(TIMEOUT)],
    ['a timeout behind its time', `${ISO} ${TIMEOUT}`, line(TIMEOUT)],
    ['Node’s own line', `${ISO}\t${ID}\tINFO\thello`, line(`${ISO}\t${ID}\tINFO\thello`)],
    ['Node’s own line of the init', `${ISO}\tundefined\tINFO\thello`, line(`${ISO}\tundefined\tINFO\thello`)],
    ['Node’s line behind a time and a blank', `${ISO} ${ID}\tINFO\thello`, line(`${ID}\tINFO\thello`)],
    ['a tab and no id', `${ISO}\tINFO\thello`, line('INFO\thello')],
    ['a platform line behind a known label', `orders-1  | ${ISO} ${START}`, line(START)],
    ['a platform line behind a named date', `20 Nov 2026 12:15:30.123 ${START}`, line(START)],
    [
      'a platform line behind a word',
      `${ISO} orders ${START}`,
      line(`orders ${START}`, { hidden: 'platform-line-behind-prefix' }),
    ],
    [
      'a record with its own time',
      `{"time":"${ISO}","type":"platform.x","record":{}}`,
      line(`{"time":"${ISO}","type":"platform.x","record":{}}`),
    ],
  ])('with %s', (_, text, expected) => {
    expect(readPrefixedLine(text)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['no time', 'hello'],
    ['a word first', `hello ${ISO}`],
    ['a platform line without a time', START],
    ['a time alone', ISO],
    ['an impossible time', '2026-02-30T12:15:30Z hello'],
    ['a time before Lambda', '2014-11-12T12:15:30Z hello'],
    ['a time without a clock', '2026-11-20 hello'],
    ['eight digits', '17951769\thello'],
    ['epoch milliseconds and a blank', `${T} hello`],
    ['impossible epoch milliseconds', `9${T}\thello`],
    ['a day alone', '2026/11/20 hello'],
    ['a group alone', '/aws/lambda/f hello'],
    ['a stream alone', `${STREAM} hello`],
    ['brackets alone', '[hello] you'],
    ['a named date and an application’s line', '20 Nov 2026 12:15:30.123 hello'],
    ['a record without a time', '{"level":"INFO"}'],
    ['nothing', ''],
  ])('with %s has no prefix', (_, text) => {
    expect(readPrefixedLine(text)).toBeNull();
  });
});

test.each([
  ['before a time', `orders-1  | ${ISO} hello`, '', `${ISO} hello`],
  ['before a platform line', `orders-1  | ${START}`, '', START],
  ['before an application’s line', 'orders-1  | hello', '', 'orders-1  | hello'],
  ['that the line before had', 'orders-1  | hello', 'orders-1  | ', 'hello'],
  ['that the line before had otherwise', 'orders-1  | hello', 'other-1  | ', 'orders-1  | hello'],
  ['of a pod', `[pod/a/b] ${ISO} hello`, '', `${ISO} hello`],
  ['that is none', 'hello', '', 'hello'],
])('a label %s', (_, text, known, expected) => {
  expect(withoutLabel(text, known)).toBe(expected);
});

describe('lines', () => {
  const read = (...lines: readonly string[]) => {
    const found: unknown[] = [];
    readTimedLines(
      lines.join('\n'),
      ({ stream, group }, { timestampMs }, message) => found.push([timestampMs - T, message, stream, group]),
      (reason, text) => found.push([reason, text]),
    );
    return found;
  };
  const later = '2026-11-20T12:15:30.125Z';
  const JSON_START = `{"time":"${later}","type":"platform.start","record":{"requestId":"a"}}`;

  test.each<[string, readonly string[], readonly unknown[]]>([
    ['one', [`${ISO} a`], [[0, 'a', '', null]]],
    [
      'two',
      [`${ISO} a`, `${later} b`],
      [
        [0, 'a', '', null],
        [2, 'b', '', null],
      ],
    ],
    [
      'one with further lines',
      [`${ISO} a`, 'and further text', '', '}', `${later} b`],
      [
        [0, 'a\nand further text\n}', '', null],
        [2, 'b', '', null],
      ],
    ],
    [
      'one without a time first',
      ['hello there', `${ISO} a`],
      [
        ['line-without-time', 'hello there'],
        [0, 'a', '', null],
      ],
    ],
    [
      'a short one first',
      ['hello', `${ISO} a`],
      [
        ['line-without-time', 'hello'],
        [0, 'a', '', null],
      ],
    ],
    [
      'a platform line without a time',
      [`${ISO} a`, START, 'further text'],
      [
        [0, 'a', '', null],
        ['line-without-time', START],
        ['line-without-time', 'further text'],
      ],
    ],
    [
      'a record with its time',
      [`${ISO} a`, JSON_START],
      [
        [0, 'a', '', null],
        [2, JSON_START, '', null],
      ],
    ],
    ['a record behind other text', [`END RequestId: a${JSON_START}`], [[2, JSON_START, '', null]]],
    [
      'a platform line behind a word',
      [`${ISO} a`, `${later} b ${START}`, 'further text'],
      [
        [0, 'a', '', null],
        ['platform-line-behind-prefix', `${later} b ${START}`],
        ['line-without-time', 'further text'],
      ],
    ],
    [
      'a time of day first',
      ['12:15:30', START],
      [
        ['time-incomplete', '12:15:30'],
        ['time-incomplete', START],
      ],
    ],
    [
      'a time of day with its half',
      [' 12:15:30.123456 pm ', START],
      [
        ['time-incomplete', ' 12:15:30.123456 pm '],
        ['time-incomplete', START],
      ],
    ],
    [
      'a time of day and then a time',
      ['12:15:30', `${ISO} a`, START],
      [
        ['time-incomplete', '12:15:30'],
        [0, 'a', '', null],
        ['line-without-time', START],
      ],
    ],
    [
      'a time of day without its seconds',
      ['12:15', START],
      [
        ['line-without-time', '12:15'],
        ['line-without-time', START],
      ],
    ],
    [
      'a time of day within text',
      ['at 12:15:30', START],
      [
        ['line-without-time', 'at 12:15:30'],
        ['line-without-time', START],
      ],
    ],
    [
      'labels',
      [`a-1  | ${ISO} a`, 'a-1  | further', 'a-1  | ', 'b-1  | text'],
      [[0, 'a\nfurther\nb-1  | text', '', null]],
    ],
    ['a stream', [`${ISO} ${STREAM} a`, 'further text'], [[0, 'a\nfurther text', STREAM, null]]],
    ['nothing', [], []],
  ])('%s', (_, lines, expected) => {
    expect(read(...lines)).toEqual(expected);
  });
});
