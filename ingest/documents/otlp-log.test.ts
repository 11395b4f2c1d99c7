/** Lines of log records. Platform records are those that opentelemetry-lambda's telemetryapireceiver makes of events of the Telemetry API. */
import { describe, expect, test } from 'vitest';
import { parsePlatformLine } from '../lines/platform-line.ts';
import type { OtlpLogRecord } from './otlp-log.ts';
import { lineOf } from './otlp-log.ts';

const AT = Date.UTC(2026, 10, 20, 10, 0, 0, 123);
const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const NONE: OtlpLogRecord = {
  timestampMs: AT,
  severityNumber: 0,
  severityText: '',
  body: null,
  attributes: {},
  traceId: '',
  spanId: '',
};
const line = (given: Partial<OtlpLogRecord>): string => lineOf({ ...NONE, ...given }, AT);
const platform = (type: string, body: unknown) =>
  parsePlatformLine(line({ attributes: { type, 'faas.invocation_id': ID }, body }));

describe('events of the Telemetry API', () => {
  test.each([
    ['platform.start', `START RequestId: ${ID} Version: $LATEST`, { kind: 'start', requestId: ID, version: '$LATEST' }],
    ['platform.runtimeDone', `END RequestId: ${ID} Version: $LATEST`, { kind: 'end' }],
    [
      'platform.report',
      `REPORT RequestId: ${ID} Duration: 12.34 ms Billed Duration: 13 ms Memory Size: 128 MB Max Memory Used: 64 MB Init Duration: 150.20 ms Status: timeout`,
      {
        kind: 'report',
        requestId: ID,
        durationMs: 12.34,
        billedDurationMs: 13,
        memorySizeMb: 128,
        maxMemoryUsedMb: 64,
        initDurationMs: 150.2,
        status: 'timeout',
      },
    ],
    [
      'platform.initStart',
      'INIT_START Runtime Version: nodejs:20.v1 Runtime Version ARN: arn:aws:lambda:eu-west-1::runtime:0123',
      {
        kind: 'init-start',
        runtimeVersion: 'nodejs:20.v1',
        runtimeVersionArn: 'arn:aws:lambda:eu-west-1::runtime:0123',
      },
    ],
    ['platform.initRuntimeDone', 'INIT_RUNTIME_DONE Status: error', { kind: 'init-runtime-done', status: 'error' }],
    [
      'platform.initReport',
      'INIT_REPORT Initialization Type: on-demand Phase: init Status: success Duration: 150.20 ms',
      { kind: 'init-report', initDurationMs: 150.2, initializationType: 'on-demand', phase: 'init' },
    ],
    ['platform.restoreRuntimeDone', 'RESTORE_RUNTIME_DONE Status: success', { kind: 'restore-runtime-done' }],
    ['platform.restoreReport', 'RESTORE_REPORT Status: success Duration: 80.00 ms', { kind: 'restore-report' }],
    ['platform.extension', 'EXTENSION Name: collector State: Ready Events: [INVOKE SHUTDOWN]', { kind: 'extension' }],
    ['platform.telemetrySubscription', 'TELEMETRY: collector Subscribed Types: [platform]', { kind: 'other-platform' }],
    ['platform.logsDropped', 'LOGS_DROPPED DroppedRecords: 1 DroppedBytes: 2 Reason: x', { kind: 'other-platform' }],
  ])('%s as text', (type, body, expected) => {
    expect(platform(type, body)).toMatchObject({ ok: true, line: expected });
  });

  test('older versions send the JSON of the record; a collector may send it as a map', () => {
    const record = { requestId: ID, metrics: { durationMs: 12.345, billedDurationMs: 13, memorySizeMB: 128 } };
    const expected = { ok: true, line: { kind: 'report', durationMs: 12.345 }, time: '2026-11-20T10:00:00.123Z' };
    expect(platform('platform.report', JSON.stringify(record))).toMatchObject(expected);
    expect(platform('platform.report', record)).toMatchObject(expected);
    const whole = { time: '2026-11-20T10:00:00.123Z', type: 'platform.report', record };
    expect(platform('platform.report', JSON.stringify(whole))).toMatchObject(expected);
  });

  test('a record without a body, and JSON that is cut', () => {
    expect(platform('platform.restoreStart', null)).toMatchObject({ ok: true, line: { kind: 'restore-start' } });
    expect(platform('platform.report', '{"requestId":')).toEqual({ ok: false, reason: 'platform-json-unreadable' });
  });

  test.each(['type', 'lambda.event.type'])('a line of the function is that line (%s)', (name) => {
    const attributes = { [name]: 'function', 'faas.invocation_id': ID };
    expect(line({ attributes, body: 'order 17 is paid\n' })).toBe('order 17 is paid\n');
  });
});

describe('records of applications', () => {
  test('with a level or attributes they become lines of the JSON format of Lambda', () => {
    const attributes = { 'faas.invocation_id': ID, order: 17, tags: ['a'] };
    expect(JSON.parse(line({ severityNumber: 18, severityText: 'error', body: 'failed', attributes }))).toEqual({
      timestamp: '2026-11-20T10:00:00.123Z',
      level: 'ERROR',
      requestId: ID,
      message: 'failed',
      order: 17,
      tags: ['a'],
    });
    expect(JSON.parse(line({ body: { a: 1 }, traceId: 'ab', spanId: 'cd' }))).toEqual({
      timestamp: '2026-11-20T10:00:00.123Z',
      a: 1,
      traceId: 'ab',
      spanId: 'cd',
    });
    expect(line({ body: { a: 1 } })).toBe('{"a":1}');
  });

  test.each([
    [1, 'TRACE'],
    [5, 'DEBUG'],
    [9, 'INFO'],
    [16, 'WARN'],
    [24, 'FATAL'],
  ])('severity %d is %s', (severityNumber, level) => {
    expect(JSON.parse(line({ severityNumber, body: 'x' }))).toMatchObject({ level });
  });

  test('a severity that is none of the data model leaves its text', () => {
    expect(JSON.parse(line({ severityNumber: 25, severityText: 'notice', body: 'x' }))).toMatchObject({
      level: 'NOTICE',
    });
  });
});
