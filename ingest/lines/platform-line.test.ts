import { expect, test } from 'vitest';
import { gluedRecordAt, holdsFurtherLine, isPlatformLine, parsePlatformLine } from './platform-line.ts';

test.each([
  ['the shortest', 'x{"time":"type":"platform.', 1],
  ['without a character before it', '{"time":"type":"platform.', -1],
  ['after other text', 'END{"time":"2026-11-20T10:00:00Z","type":"platform.report"}', 3],
  ['after two records, the last one', '{"time":1,"type":"platform.a"}{"time":2,"type":"platform.b"}', 30],
  ['whose time is behind its type', 'x{"type":"platform.report","time":1}', -1],
  ['without a type', 'a longer text{"time":"2026-11-20"}', -1],
  ['without a time', 'a text{"tome":"type":"platform.', -1],
])('a platform record behind other text: %s', (_, text, expected) => {
  expect(gluedRecordAt(text)).toBe(expected);
});

const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const AT = '2026-11-20T10:00:00.123Z';

/** One line of each family, in the form of the Lambda Developer Guide, with the kind that it is. */
const LINES: readonly (readonly [kind: string, line: string])[] = [
  ['start', `START RequestId: ${ID} Version: $LATEST`],
  ['end', `END RequestId: ${ID}`],
  ['report', `REPORT RequestId: ${ID}\tDuration: 1 ms`],
  ['init-start', 'INIT_START Runtime Version: nodejs:22.v1\tRuntime Version ARN: arn'],
  ['init-report', 'INIT_REPORT Init Duration: 1 ms'],
  ['restore-start', 'RESTORE_START Runtime Version: java:21.v1'],
  ['restore-report', 'RESTORE_REPORT Restore Duration: 1 ms'],
  ['extension', 'EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE]'],
  ['telemetry-subscription', 'TELEMETRY\tName: a\tState: Subscribed\tTypes: [Platform]'],
  ['logs-subscription', 'LOGS\tName: a\tState: Subscribed\tTypes: [Platform]'],
  ['lambda-warning', 'LAMBDA_WARNING: Unhandled exception.'],
  ['fault', 'Unknown application error occurred'],
  ['fault', `RequestId: ${ID} Error: x`],
  ['fault', `${AT} ${ID} Task timed out after 3.00 seconds`],
  ['fault', 'ENILimitReachedException: x'],
  ['fault', 'EC2ThrottledException: x'],
  ['fault', 'SubnetIPAddressLimitReachedException: x'],
  ['start', `{"time":"${AT}","type":"platform.start","record":{"requestId":"${ID}"}}`],
];

test.each(LINES)('%s: %s', (kind, line) => {
  expect(parsePlatformLine(line)).toMatchObject({ ok: true, line: { kind } });
  // A word before it, and its first letter in the other case, make it an application's.
  const other = line.startsWith('{') ? `x${line}` : line.toLowerCase() === line ? `x${line}` : `x ${line}`;
  expect(parsePlatformLine(other)).toEqual({ ok: false, reason: 'not-platform' });
  expect(isPlatformLine(line)).toBe(true);
  expect(isPlatformLine(other)).toBe(false);
});

test.each(LINES.filter(([, line]) => !line.startsWith('2026')))('%s behind blanks: %s', (kind, line) => {
  for (const blank of [' ', '\t', '\n', '\r', '\v', '\f', ' \n\t '])
    expect(parsePlatformLine(blank + line)).toMatchObject({ ok: true, line: { kind } });
});

test.each([
  'STARTED RequestId: a',
  'START: RequestId: a',
  'ENDED RequestId: a',
  'REPORTED RequestId: a',
  'REPORT: RequestId: a',
  'RequestId:a Error: x',
  'INIT_STARTED Runtime Version: a',
  'INIT_REPORTS Init Duration: 1 ms',
  'INIT Runtime Version: a',
  'RESTORE_STARTS Runtime Version: a',
  'RESTORE_REPORTS Restore Duration: 1 ms',
  'TELEMETRYX\tName: a\tState: Subscribed\tTypes: [Platform]',
  'LOGSX\tName: a\tState: Subscribed\tTypes: [Platform]',
  'LAMBDA_WARNING Unhandled exception.',
  'Unknown application error',
  '{"time":"x","type":"platform","record":{}}',
  '{"a":1}',
  '',
  ' ',
])('%j is an application’s', (line) => {
  expect(parsePlatformLine(line)).toEqual({ ok: false, reason: 'not-platform' });
});

test.each([
  [`START\tRequestId: ${ID}\tVersion: 7`, { kind: 'start', requestId: ID, version: '7' }],
  [`START  RequestId: ${ID} Version: 7`, { kind: 'start', requestId: ID, version: '7' }],
  [`START RequestId: ${ID}`, { kind: 'start', requestId: ID, version: null }],
  [`START RequestId: ${ID}\\tVersion: 7\\n`, { kind: 'start', requestId: ID, version: '7' }],
  [`END\tRequestId: ${ID}`, { kind: 'end', requestId: ID, timedOutAfterSec: null }],
  [`END RequestId: ${ID}\\n`, { kind: 'end', requestId: ID, timedOutAfterSec: null }],
  [`END RequestId: ${ID} Task timed out after 3.5 seconds`, { kind: 'end', timedOutAfterSec: 3.5 }],
  [`REPORT\tRequestId: ${ID}\tDuration: 1 ms`, { kind: 'report', requestId: ID, durationMs: 1 }],
  ['INIT_START\tRuntime Version: a', { kind: 'init-start', runtimeVersion: 'a', runtimeVersionArn: null }],
  ['INIT_REPORT\tDuration: 5 ms', { kind: 'init-report', initDurationMs: 5 }],
  [
    'INIT_REPORT Status: error\tError Type: Runtime.ExitError',
    { initDurationMs: null, errorType: 'Runtime.ExitError' },
  ],
  ['INIT_REPORT Phase: invoke', { kind: 'init-report', phase: 'invoke', status: null }],
  ['RESTORE_REPORT Status: timeout', { kind: 'restore-report', restoreDurationMs: null, status: 'timeout' }],
  ['RESTORE_REPORT Duration: 5 ms\tError Type: x', { restoreDurationMs: 5, errorType: 'x' }],
])('%j', (text, expected) => {
  expect(parsePlatformLine(text)).toMatchObject({ ok: true, line: expected });
});

test.each([
  ['START RequestId:', 'start-without-request-id'],
  ['START RequestId: \tVersion: 7', 'start-without-request-id'],
  [`START          RequestId: ${ID}`, 'not-platform'],
  [`START Id: ${ID}`, 'not-platform'],
  [`START START RequestId: ${ID} Version: 7`, 'not-platform'],
  [`START x START\tRequestId: ${ID} Version: 7`, 'not-platform'],
  [`END END RequestId: ${ID}`, 'not-platform'],
  [`END x END\tRequestId: ${ID}`, 'not-platform'],
  [`END          RequestId: ${ID}`, 'not-platform'],
  [`END Id: ${ID}`, 'not-platform'],
  ['REPORT RequestId: \tDuration: 1 ms', 'report-without-request-id'],
  [`REPORT RequestId: ${ID}`, 'report-without-fields'],
  [`REPORT RequestId: ${ID}\tInit Duration: 1 ms`, 'report-without-fields'],
  ['INIT_START Version: 7', 'not-platform'],
  ['INIT_REPORT Error Type: x', 'not-platform'],
  ['RESTORE_START Version: 7', 'not-platform'],
  ['RESTORE_REPORT Error Type: x', 'not-platform'],
])('%j is none: %s', (text, reason) => {
  expect(parsePlatformLine(text)).toEqual({ ok: false, reason });
});

test.each([
  ['two lines', `START RequestId: a Version: 1\nEND RequestId: a`, true],
  ['without a line end between', `END RequestId: aREPORT RequestId: a`, true],
  ['with an escaped tab', String.raw`END RequestId: a START\tRequestId: a`, true],
  ['four blanks after the word', 'END RequestId: a START    RequestId: a', true],
  ['five blanks after the word', 'END RequestId: a START     RequestId: a', false],
  ['one line', 'START RequestId: a Version: 1', false],
  ['one line behind blanks', ' \n START RequestId: a Version: 1', false],
  ['one line behind a word', 'x START RequestId: a', true],
  ['the id of a failure', 'START RequestId: a\nRequestId: a Error: x', false],
  [
    'reports of an init and a restore',
    'END RequestId: a\nINIT_REPORT RequestId: a\nRESTORE_REPORT RequestId: a',
    false,
  ],
  ['another word', 'END RequestId: a\nBEGIN RequestId: a', false],
  ['a document that holds lines', '{"a":"END RequestId: a\nSTART RequestId: b"}', false],
  ['a document behind a blank', ' {"a":"END RequestId: a"}', true],
  ['sixteen characters of the word and its blanks', String.raw`END RequestId: aREPORT\t\t\t\tRequestId: a`, true],
  ['a line of two failures', 'RequestId: a Error: x\nRequestId: b Error: y', false],
  ['nothing', '', false],
])('whether another line follows: %s', (_, message, expected) => {
  expect(holdsFurtherLine(message)).toBe(expected);
});
