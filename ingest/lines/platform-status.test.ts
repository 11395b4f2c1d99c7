import { expect, test } from 'vitest';
import { levelOfLine, platformLevel, statedStatus } from './platform-status.ts';

const ID = '632d3270-354e-4504-96e1-e3a74218c002';
const REPORT = `REPORT RequestId: ${ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t`;
const record = (type: string, content: object): string =>
  JSON.stringify({ time: '2026-11-20T10:00:00.000Z', type: `platform.${type}`, record: content });

test.each([
  [`START RequestId: ${ID} Version: 1\n`, null],
  [`END RequestId: ${ID}\n`, null],
  [`${REPORT}\n`, null],
  [`${REPORT}Status: timeout\n`, 'timeout'],
  [`${REPORT}Status: error\tError Type: Runtime.OutOfMemory\n`, 'error'],
  [`2026-11-20T10:00:03.000Z ${ID} Task timed out after 3.00 seconds\n\n`, 'timeout'],
  [`RequestId: ${ID} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n`, 'error'],
  [`RequestId: ${ID} Status: timeout ErrorType: Sandbox.Timedout\n`, 'timeout'],
  [`RequestId: ${ID} Process exited before completing request\n`, 'error'],
  ['Unknown application error occurred\nRuntime.Unknown\n', 'error'],
  ['INIT_REPORT Init Duration: 9999.21 ms\tPhase: init\tStatus: timeout\n', 'timeout'],
  ['INIT_REPORT Init Duration: 1234.56 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n', 'error'],
  ['INIT_REPORT Init Duration: 500.00 ms\tPhase: init\n', null],
  [record('report', { requestId: ID, status: 'success', metrics: { durationMs: 1 } }), 'success'],
  [record('report', { requestId: ID, status: 'failure', metrics: { durationMs: 1 } }), 'failure'],
  [record('report', { requestId: ID, status: 'timeout', metrics: { durationMs: 1 } }), 'timeout'],
  [record('runtimeDone', { requestId: ID, status: 'error', errorType: 'Runtime.ExitError' }), 'error'],
  [record('initReport', { phase: 'init', status: 'error', metrics: { durationMs: 1 } }), 'error'],
  // Lines of an application, whatever they say.
  ['[ERROR] Task timed out after 3.00 seconds', null],
  ['Status: error', null],
  ['{"type":"platform.report","status":"error"}', null],
])('%j states %s', (message, expected) => {
  expect(statedStatus(message)).toBe(expected);
  expect(platformLevel(message)).toBe(expected === null || expected === 'success' ? null : 'error');
});

test('lines of a function have the level that they state themselves', () => {
  expect(levelOfLine('[WARNING]\tslow', false)).toBe('warn');
  expect(levelOfLine(`${REPORT}Status: timeout\n`, true)).toBe('error');
});
