/** How texts without times are told from others; lines of the Lambda Developer Guide and of the tools' own output. */
import { describe, expect, test } from 'vitest';
import { lowerFirst } from './powershell.ts';
import { isServerlessOutput } from './serverless-output.ts';
import { withoutColours } from './terminal-colours.ts';
import { areMessages, hasTimedLine, logTailOf, untimedFormOf } from './untimed-messages.ts';

const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const START = `START RequestId: ${ID} Version: 7`;
const TIMED = `{"time":"2026-11-20T12:15:30.123Z","type":"platform.start","record":{"requestId":"${ID}"}}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each<[string, Readonly<Record<string, unknown>>, string | null]>([
  ['an answer', { StatusCode: 200, LogResult: base64('ä') }, 'ä'],
  ['without a status', { LogResult: base64('ä') }, 'ä'],
  ['a status that is text', { StatusCode: '200', LogResult: base64('ä') }, null],
  ['no base64', { LogResult: '%' }, null],
  ['no text', { LogResult: 5 }, null],
  ['nothing', { StatusCode: 200 }, null],
])('the log tail of %s', (_, value, tail) => {
  expect(logTailOf(value)).toBe(tail);
});

test.each<[string, readonly unknown[], boolean]>([
  ['a platform line', [START], true],
  ['a platform line among others', ['hello', START], true],
  ['other texts', ['hello'], false],
  ['a platform line and a number', [START, 5], false],
  ['a record with its time', [TIMED], false],
  ['nothing', [], false],
])('messages: %s', (_, values, expected) => {
  expect(areMessages(values)).toBe(expected);
});

test.each([
  [`hello\n${TIMED}`, true],
  [`${TIMED}\nhello`, true],
  [`${START}\nhello`, false],
  [`2026-11-20T12:15:30.123Z ${ID} Task timed out after 3.00 seconds`, true],
  ['', false],
])('a tail with a time: %j', (text, expected) => {
  expect(hasTimedLine(text)).toBe(expected);
});

describe('the form of a text', () => {
  const quoted = JSON.stringify(START);
  test.each<[string, string, string | null]>([
    ['messages in quotes', `${quoted}\n"hello"\n`, 'messages-without-times'],
    ['with commas', `${quoted},\n"hello"\n`, 'messages-without-times'],
    ['behind blanks, with blank lines', `\n  ${quoted}\n\n"hello"\n`, 'messages-without-times'],
    ['one of them no message', `${quoted}\nhello\n`, null],
    ['two commas', `${quoted},,\n`, null],
    ['none of them a platform line', '"hello"\n', null],
    ['a quote that is not first', `x\n${quoted}\n`, null],
    ['among the first fifty lines', `${'"x"\n'.repeat(49)}${quoted}\nhello`, 'messages-without-times'],
    ['behind them', `${'"x"\n'.repeat(50)}${quoted}\n`, null],
    ['serverless logs 4', `START - ${ID}\n`, 'serverless-logs-without-times'],
    ['a platform line', START, null],
    ['nothing', '', null],
  ])('%s', (_, text, reason) => {
    expect(untimedFormOf(text)).toBe(reason);
  });
});

test.each<[string, boolean]>([
  [`START - ${ID}`, true],
  [`END - ${ID}`, true],
  [`REPORT - ${ID}`, true],
  [`START - ${ID} - Version: $LATEST`, true],
  [`START - ${ID}\r\nx`, true],
  [`hello\nSTART - ${ID} \t\nx`, true],
  [`START - ${ID} x`, false],
  [`START - ${ID} - Version:`, false],
  [`a START - ${ID}`, false],
  [`INIT - ${ID}`, false],
  ['START - 3a7f3b6c', false],
  [START, false],
  ['END Duration: 12.34 ms Memory Used: 64 MB', true],
  ['END Duration: 12.34 ms (init: 200.5 ms) Memory Used: 64 MB', true],
  ['END Duration: 12.34 ms (init:200 ms)\tMemory Used: 64 MB', true],
  ['hello\nEND Duration: 12 ms Billed Duration: 13 ms', true],
  ['END Duration: 12.34 ms', false],
  ['END Duration: 12.34 s Memory Used: 64 MB', false],
  ['an END Duration: 12.34 ms Memory Used: 64 MB', false],
  ['END Duration: 12.34 ms (other: 2 ms) Memory Used: 64 MB', false],
])('%j is output of serverless logs: %s', (text, expected) => {
  expect(isServerlessOutput(text)).toBe(expected);
});

test('PowerShell writes names with capitals, where it writes those of an event', () => {
  expect(lowerFirst({ Message: 'x', Timestamp: 1, LogStreamName: 's', '': 5 })).toEqual({
    message: 'x',
    timestamp: 1,
    logStreamName: 's',
    '': 5,
  });
  for (const other of [{ Message: 'x' }, { Timestamp: 1 }, { message: 'x', timestamp: 1, Level: 'INFO' }])
    expect(lowerFirst(other)).toBe(other);
});

test.each([
  ['\u001b[32mgreen\u001b[0m', 'green'],
  ['a\u001b[mb', 'ab'],
  ['a\u001b[1;31;40mb', 'ab'],
  [`a\u001b[${'1'.repeat(32)}mb`, 'ab'],
  [`a\u001b[${'1'.repeat(33)}mb`, `a\u001b[${'1'.repeat(33)}mb`],
  ['a\u001b[2Jb', 'a\u001b[2Jb'],
  ['a[32mb', 'a[32mb'],
])('%j without colours', (text, expected) => {
  expect(withoutColours(text)).toBe(expected);
});
