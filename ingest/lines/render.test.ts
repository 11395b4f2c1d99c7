/** Lines of the simulated fleet, in the form in which the Lambda Developer Guide shows those of Lambda. */
import { expect, test } from 'vitest';
import {
  renderEnd,
  renderExit,
  renderExtension,
  renderInitReport,
  renderInitStart,
  renderReport,
  renderRestoreReport,
  renderRestoreStart,
  renderStart,
  renderTimeout,
} from './render.ts';

const REPORT = {
  requestId: 'a',
  durationMs: 12.35,
  billedDurationMs: 13,
  memorySizeMb: 512,
  maxMemoryUsedMb: 91,
  initDurationMs: null,
  restoreDurationMs: null,
  billedRestoreDurationMs: null,
  status: null,
  errorType: null,
  trace: null,
};
const HEAD =
  'REPORT RequestId: a\tDuration: 12.35 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 91 MB';
const TRACE = { traceId: 't', segmentId: 's', sampled: true };

test.each([
  ['a warm start', {}, `${HEAD}\t\n`],
  ['an init', { initDurationMs: 100 }, `${HEAD}\tInit Duration: 100.00 ms\t\n`],
  [
    'a restore',
    { restoreDurationMs: 300.5, billedRestoreDurationMs: 2 },
    `${HEAD}\tRestore Duration: 300.50 ms\tBilled Restore Duration: 2 ms\t\n`,
  ],
  [
    'a failure',
    { status: 'error', errorType: 'Runtime.ExitError' },
    `${HEAD}\tStatus: error\tError Type: Runtime.ExitError\n`,
  ],
  ['a status alone', { status: 'timeout' }, `${HEAD}\tStatus: timeout\n`],
  ['a trace', { trace: TRACE }, `${HEAD}\t\nXRAY TraceId: t\tSegmentId: s\tSampled: true\t\n`],
  [
    'a trace that is not sampled',
    { trace: { ...TRACE, sampled: false } },
    `${HEAD}\t\nXRAY TraceId: t\tSegmentId: s\tSampled: false\t\n`,
  ],
  [
    'a trace that does not say so',
    { trace: { ...TRACE, sampled: null } },
    `${HEAD}\t\nXRAY TraceId: t\tSegmentId: s\t\n`,
  ],
  ['a trace without its id', { trace: { ...TRACE, traceId: null } }, `${HEAD}\t\n`],
  ['a trace without its segment', { trace: { ...TRACE, segmentId: null } }, `${HEAD}\t\n`],
])('REPORT of %s', (_, more, expected) => {
  expect(renderReport({ ...REPORT, ...more })).toBe(expected);
});

test.each([
  ['START', renderStart('a', '$LATEST'), 'START RequestId: a Version: $LATEST\n'],
  ['END', renderEnd('a'), 'END RequestId: a\n'],
  [
    'INIT_START',
    renderInitStart('nodejs:22.v1', 'arn'),
    'INIT_START Runtime Version: nodejs:22.v1\tRuntime Version ARN: arn\n',
  ],
  [
    'RESTORE_START',
    renderRestoreStart('java:21.v1', 'arn'),
    'RESTORE_START Runtime Version: java:21.v1\tRuntime Version ARN: arn\n',
  ],
  [
    'INIT_REPORT',
    renderInitReport({ initDurationMs: 9.5, phase: 'init', status: 'timeout', errorType: 'Sandbox.Timedout' }),
    'INIT_REPORT Init Duration: 9.50 ms\tPhase: init\tStatus: timeout\tError Type: Sandbox.Timedout\n',
  ],
  [
    'INIT_REPORT, parts of it',
    renderInitReport({ initDurationMs: null, phase: 'invoke', status: null, errorType: null }),
    'INIT_REPORT Phase: invoke\n',
  ],
  [
    'RESTORE_REPORT',
    renderRestoreReport({ restoreDurationMs: 1.5, status: null, errorType: null }),
    'RESTORE_REPORT Restore Duration: 1.50 ms\n',
  ],
  [
    'RESTORE_REPORT of a failure',
    renderRestoreReport({ restoreDurationMs: null, status: 'error', errorType: 'x' }),
    'RESTORE_REPORT Restore Duration: 0.00 ms\tStatus: error\tError Type: x\n',
  ],
  [
    'EXTENSION',
    renderExtension({ name: 'a', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'], errorType: null }),
    'EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n',
  ],
  [
    'EXTENSION that failed',
    renderExtension({ name: 'a', state: 'LaunchError', events: [], errorType: 'x' }),
    'EXTENSION\tName: a\tState: LaunchError\tEvents: []\tError Type: x\n',
  ],
  [
    'a timeout',
    renderTimeout('2026-11-20T10:00:00.123Z', 'a', 3),
    '2026-11-20T10:00:00.123Z a Task timed out after 3.00 seconds\n\n',
  ],
  [
    'an exit',
    renderExit('a', 'exit status 1', 'Runtime.ExitError'),
    'RequestId: a Error: exit status 1\nRuntime.ExitError\n',
  ],
])('%s', (_, line, expected) => {
  expect(line).toBe(expected);
});
