/** Whatever is not stored is counted by its reason, and the reasons add up. */
import { expect, test } from 'vitest';
import { batchOf } from '../../test/support/fleet-streams.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import type { IgnoredReason } from '../records/ignored.ts';
import { IGNORED_REASONS, ignoredCounters, readIgnoredCounters } from '../records/ignored.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';

function countsOf(message: string, logGroup = '/aws/lambda/checkout') {
  const identity = { account: '111122223333', region: 'eu-west-1', logGroup, logStream: '2026/11/20/[$LATEST]aa' };
  const { counts, deadLetters } = batchOf([{ identity, events: [{ timestampMs: AT, message, id: '1' }] }]);
  return { ...counts, reasons: deadLetters.map(({ reason }) => reason) };
}

const platform = (type: string, record: object): string =>
  JSON.stringify({ time: '2026-11-20T10:00:00.000Z', type: `platform.${type}`, record });
const trail = (event: object): string =>
  JSON.stringify({ eventSource: 'ec2.amazonaws.com', eventTime: '2026-11-20T10:00:00Z', eventID: 'e', ...event });
const update = (more: object): string =>
  trail({
    eventSource: 'lambda.amazonaws.com',
    eventName: 'UpdateFunctionCode20150331v2',
    requestParameters: { functionName: 'checkout', ...('dryRun' in more ? { dryRun: true } : {}) },
    ...more,
  });

// Records as the Lambda Telemetry API and CloudTrail document them.
test.each<[IgnoredReason, string]>([
  ['end', `END RequestId: ${ID}`],
  ['end', platform('end', { requestId: ID })],
  ['application', 'order 17 accepted'],
  ['application', '{"level":"INFO","msg":"ok"}'],
  ['platform', platform('requestComplete', { requestId: ID })],
  ['runtime-done-without-metrics', platform('runtimeDone', { requestId: ID, status: 'success' })],
  [
    'logs-dropped',
    platform('logsDropped', {
      reason: 'Consumer seems to have fallen behind',
      droppedRecords: 123,
      droppedBytes: 12345,
    }),
  ],
  ['other-call', trail({ eventName: 'CreateNetworkInterface', requestParameters: { description: 'ELB app/x' } })],
  ['dry-run', trail({ eventName: 'CreateNetworkInterface', errorCode: 'Client.DryRunOperation' })],
  ['dry-run', update({ dryRun: true })],
  ['failed-call', update({ errorCode: 'AccessDenied' })],
  [
    'accepted-traffic',
    '2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 443 49152 6 10 840 1795168800 1795168860 ACCEPT OK',
  ],
])('%s: %s', (reason, message) => {
  const isDocument = message.includes('eventSource') || message.endsWith('ACCEPT OK');
  expect(countsOf(message, isDocument ? 'trail' : undefined)).toMatchObject({
    events: 1,
    ignored: 1,
    ignoredBy: [[reason, 1]],
    reasons: [],
  });
});

test('a regional copy', () => {
  expect(countsOf('START RequestId', '/aws/lambda/web/shop.local')).toMatchObject({
    ignoredBy: [['regional-copy', 1]],
  });
});

test('action lines of bulk requests', () => {
  const body = '{"index":{"_index":"logs"}}\n{"message":"hello","timestamp":1795168800000}\n';
  const read = readRawLogs(Buffer.from(body), {
    logGroup: '/aws/lambda/checkout',
    logStream: 's',
    account: '',
    region: '',
  });
  expect(read).toMatchObject({ ignored: [['bulk-action', 1]] });
});

test.each([
  ['runtime-done-without-request-id', platform('runtimeDone', { status: 'success', metrics: { durationMs: 5 } })],
  ['runtime-done-without-request-id', platform('runtimeDone', { status: 'success' })],
  ['runtime-done-without-duration', platform('runtimeDone', { requestId: ID, metrics: { producedBytes: 3 } })],
  ['runtime-done-without-duration', platform('runtimeDone', { requestId: ID, metrics: {} })],
])('%s becomes a dead letter', (reason, message) => {
  expect(countsOf(message)).toMatchObject({ ignored: 0, reasons: [reason] });
});

test('counters of reasons are read back with what they mean', () => {
  const counters = Object.fromEntries(
    ignoredCounters([
      ['end', 3],
      ['logs-dropped', 7],
    ]),
  );
  expect(readIgnoredCounters({ ...counters, ignored: 10, accepted: 5 })).toEqual([
    { reason: 'logs-dropped', text: IGNORED_REASONS['logs-dropped'], n: 7 },
    { reason: 'end', text: IGNORED_REASONS.end, n: 3 },
  ]);
});

test.each([
  ['2026/11/20/[$LATEST]aa', 'Log stream 2026/11/20/[$LATEST]aa.'],
  ['', 'The log stream is unknown.'],
])('what goes to quarantine names its log stream: "%s"', (logStream, sentence) => {
  const identity = { account: '111122223333', region: 'eu-west-1', logGroup: '/aws/lambda/checkout', logStream };
  const message = platform('runtimeDone', { status: 'success' });
  const { deadLetters } = batchOf([{ identity, events: [{ timestampMs: AT, message, id: '1' }] }]);
  expect(deadLetters.map(({ detail }) => detail.slice(-sentence.length - 2))).toEqual([`. ${sentence}`]);
});
