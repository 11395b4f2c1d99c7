/** Lines of inits and restores, from "Understanding the Lambda execution environment lifecycle"; values read by hand. */
import { expect, test } from 'vitest';
import { parsePlatformLine } from './platform-line.ts';

test.each<[string, object]>([
  ['INIT_REPORT Init Duration: 5 ms\tDuration: 6 ms', { initDurationMs: 5 }],
  ['INIT_REPORT Duration: 6 ms\tInit Duration: 5 ms', { initDurationMs: 5 }],
  ['INIT_REPORT Duration: 6 ms\tPhase: invoke', { initDurationMs: 6, phase: 'invoke' }],
  ['INIT_REPORT Init Duration: 0.00 ms', { initDurationMs: 0 }],
  ['INIT_REPORT Init Duration: 5 ms\tInitialization Type: on-demand', { initializationType: 'on-demand' }],
  [
    'INIT_REPORT Init Duration: 5 ms\\tPhase: init\\tStatus: error\\tError Type: E\\n',
    { initDurationMs: 5, phase: 'init', status: 'error', errorType: 'E' },
  ],
  ['RESTORE_REPORT Restore Duration: 5 ms\tDuration: 6 ms', { restoreDurationMs: 5 }],
  ['RESTORE_REPORT Duration: 6 ms\tRestore Duration: 5 ms', { restoreDurationMs: 5 }],
  ['RESTORE_REPORT Restore Duration: 0.00 ms', { restoreDurationMs: 0 }],
  [
    'RESTORE_REPORT Restore Duration: 5 ms\\tStatus: error\\tError Type: E\\n',
    { restoreDurationMs: 5, status: 'error', errorType: 'E' },
  ],
  ['INIT_START Runtime Version: a\\tRuntime Version ARN: b\\n', { runtimeVersion: 'a', runtimeVersionArn: 'b' }],
  ['RESTORE_START Runtime Version: a\\tRuntime Version ARN: b\\n', { runtimeVersion: 'a', runtimeVersionArn: 'b' }],
  ['INIT_START Runtime Version:\tRuntime Version ARN: b', { runtimeVersion: null, runtimeVersionArn: 'b' }],
])('%j', (message, line) => {
  expect(parsePlatformLine(message)).toMatchObject({ ok: true, time: null, line });
});

test.each([
  ['INIT_REPORT Init Duration: 5 ms\tPhase: init\tPhase: invoke', 'field-repeated'],
  ['RESTORE_REPORT Restore Duration: 5 ms\tStatus: a\tStatus: b', 'field-repeated'],
  // What has no field of a report is an application’s, whatever it repeats.
  ['INIT_REPORT Error Type: x\tError Type: y', 'not-platform'],
  ['RESTORE_REPORT Error Type: x\tError Type: y', 'not-platform'],
])('%j is none: %s', (message, reason) => {
  expect(parsePlatformLine(message)).toEqual({ ok: false, reason });
});

/** The line, so that the last of these characters is the 4,096th or later. */
const lineOf = (head: string, tail: string, chars: number) =>
  parsePlatformLine(head.padEnd(chars - tail.length) + tail);

test.each([
  ['INIT_REPORT Init Duration: 5 ms', 'Status: error', 'status', 'error'],
  ['RESTORE_REPORT Restore Duration: 5 ms', 'Status: error', 'status', 'error'],
  ['INIT_START Runtime Version: a', 'Runtime Version ARN: b-cdef', 'runtimeVersionArn', 'b-cdef'],
  ['RESTORE_START Runtime Version: a', 'Runtime Version ARN: b-cdef', 'runtimeVersionArn', 'b-cdef'],
  ['EXTENSION Name: a\tState: b\tEvents: []', 'Error Type: E.Failed', 'errorType', 'E.Failed'],
  ['START  RequestId: a', 'Version: 1234567', 'version', '1234567'],
])('%s: 4,096 characters are read', (head, tail, member, value) => {
  expect(lineOf(head, tail, 4096)).toMatchObject({ line: { [member]: value } });
  expect(lineOf(head, tail, 4097)).toMatchObject({ line: { [member]: value.slice(0, -1) } });
});
