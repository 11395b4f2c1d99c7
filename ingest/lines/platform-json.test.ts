/**
 * Every member of every platform record, from the grammar of AWS's documentation (Telemetry API schema reference, Logs API). Members are drawn at random, left out at
 * random and shuffled: each one that is dropped, swapped or read from another's place is noticed.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { parsePlatformLine } from './platform-line.ts';

const TIME = '2026-11-20T10:15:30.123Z';
const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcdefghijkXYZ0123456789.$_') });
/** Lambda bills at most fifteen minutes. */
const whole = fc.nat(900_000);
const decimals = fc.nat(1_000_000).map((n) => n / 100);
const status = fc.constantFrom('success', 'failure', 'error', 'timeout');

/** A member of a record: the field that it is read into, its values, and what the field is without it. */
interface Member {
  readonly in: 'record' | 'metrics';
  readonly name: string;
  readonly field: string;
  readonly value: fc.Arbitrary<unknown>;
}
const member = (name: string, value: fc.Arbitrary<unknown>, field = name): Member => ({
  in: 'record',
  name,
  field,
  value,
});
const metric = (name: string, value: fc.Arbitrary<unknown>, field = name): Member => ({
  in: 'metrics',
  name,
  field,
  value,
});
const outcome = [member('status', status), member('errorType', word)];
const runtime = ['runtimeVersion', 'runtimeVersionArn', 'functionName', 'functionVersion', 'instanceId'].map((name) =>
  member(name, word),
);
const init = [member('initializationType', word), member('phase', word)];

/** Members by type; the kind of the line; what else the line holds, whatever the record says. */
const TYPES: readonly (readonly [type: string, kind: string, members: readonly Member[], rest?: object])[] = [
  ['platform.end', 'end', [member('requestId', fc.uuid())], { timedOutAfterSec: null }],
  [
    'platform.runtimeDone',
    'runtime-done',
    [
      member('requestId', fc.uuid()),
      ...outcome,
      metric('durationMs', decimals),
      metric('producedBytes', whole),
      ...spansAndTrace(),
    ],
  ],
  ['platform.initStart', 'init-start', [...runtime, ...init, member('instanceMaxMemory', whole)]],
  [
    'platform.initReport',
    'init-report',
    [...init, ...outcome, metric('durationMs', decimals, 'initDurationMs'), metric('billedDurationMs', whole)],
  ],
  ['platform.initRuntimeDone', 'init-runtime-done', [...init, ...outcome]],
  ['platform.restoreStart', 'restore-start', runtime],
  [
    'platform.restoreReport',
    'restore-report',
    [...outcome, metric('durationMs', decimals, 'restoreDurationMs'), ...spansAndTrace().slice(0, 1)],
  ],
  ['platform.restoreRuntimeDone', 'restore-runtime-done', [...outcome, ...spansAndTrace().slice(0, 1)]],
  [
    'platform.logsDropped',
    'logs-dropped',
    [member('reason', word), member('droppedRecords', whole), member('droppedBytes', whole)],
  ],
];

/** Types whose records need a request id. */
const NAMED: typeof TYPES = [
  [
    'platform.start',
    'start',
    [member('version', word), member('tenantId', word), member('functionArn', word), ...spansAndTrace().slice(1)],
  ],
  [
    'platform.report',
    'report',
    [
      ...outcome,
      metric(
        'durationMs',
        fc.nat(1_000_000).map((n) => n / 100),
      ),
      // As much as any of these durations, and no more than with an init.
      metric('billedDurationMs', fc.integer({ min: 10_000, max: 11_000 })),
      metric('memorySizeMB', fc.integer({ min: 128, max: 10_240 }), 'memorySizeMb'),
      metric('maxMemoryUsedMB', fc.integer({ min: 1, max: 127 }), 'maxMemoryUsedMb'),
      metric('initDurationMs', decimals),
      metric(
        'restoreDurationMs',
        fc.integer({ min: 10_000, max: 1_000_000 }).map((n) => n / 100),
      ),
      metric('billedRestoreDurationMs', fc.nat(100)),
      member('tenantId', word),
      ...spansAndTrace(),
    ],
    { runtimeDurationMs: null, timedOutAfterSec: null, unknownKeys: [] },
  ],
];

/** `spans` and `tracing`, each with the value that its field has. */
function spansAndTrace(): readonly Member[] {
  const spans = fc
    .uniqueArray(fc.tuple(word, decimals), { minLength: 1, maxLength: 4, selector: ([name]) => name })
    .map((entries) => ({
      written: entries.map(([name, durationMs]) => ({ name, durationMs, start: TIME })),
      read: Object.fromEntries(entries),
    }));
  const tracing = fc.record({ root: word, span: fc.option(word), sampled: fc.option(fc.boolean()) }).map((one) => ({
    written: {
      ...(one.span === null ? {} : { spanId: one.span }),
      type: 'X-Amzn-Trace-Id',
      value: `Root=${one.root};Parent=aaaa${one.sampled === null ? '' : `;Sampled=${one.sampled ? 1 : 0}`}`,
    },
    read: { traceId: one.root, segmentId: one.span, sampled: one.sampled },
  }));
  return [member('spans', spans), member('tracing', tracing, 'trace')];
}

interface Pair {
  readonly written: unknown;
  readonly read: unknown;
}
const isPair = (value: unknown): value is Pair => typeof value === 'object' && value !== null && 'written' in value;

/** Draws a record with some of its members, in any order, and the line that it is to be read as. */
const drawn = (members: readonly Member[]) =>
  fc
    .tuple(
      fc.tuple(...members.map((one) => fc.option(one.value, { freq: 3 }))),
      fc.shuffledSubarray([...members], { minLength: members.length }),
    )
    .map(([values, order]) => {
      const record: Record<string, unknown> = {};
      const metrics: Record<string, unknown> = {};
      const line: Record<string, unknown> = {};
      for (const one of order) {
        const value = values[members.indexOf(one)] ?? null;
        line[one.field] = isPair(value) ? value.read : value;
        const written = isPair(value) ? value.written : value;
        if (value !== null) (one.in === 'record' ? record : metrics)[one.name] = written;
      }
      return { record: Object.keys(metrics).length === 0 ? record : { ...record, metrics }, line };
    });

describe('platform records', () => {
  test.each(TYPES.map((one) => [one[0], one] as const))('%s', (type, [, kind, members, rest = {}]) => {
    law(
      fc.property(drawn(members), ({ record, line }) => {
        expect(parsePlatformLine(JSON.stringify({ time: TIME, type, record }))).toEqual({
          ok: true,
          time: TIME,
          line: { kind, ...rest, ...line },
        });
      }),
      { numRuns: 50 },
    );
  });

  test.each(NAMED.map((one) => [one[0], one] as const))('%s', (type, [, kind, members, rest = {}]) => {
    law(
      fc.property(drawn(members), fc.uuid(), ({ record, line }, requestId) => {
        // The record may come first.
        expect(parsePlatformLine(JSON.stringify({ record: { ...record, requestId }, type, time: TIME }))).toEqual({
          ok: true,
          time: TIME,
          line: { kind, requestId, ...rest, ...line },
        });
        expect(parsePlatformLine(JSON.stringify({ time: TIME, type, record })).ok).toBe(false);
      }),
    );
  });

  test('extensions and subscriptions', () => {
    const named = fc.record({ name: word, state: word, list: fc.array(word, { maxLength: 4 }) });
    const parse = (type: string, record: object) => parsePlatformLine(JSON.stringify({ time: TIME, type, record }));
    law(
      fc.property(named, fc.option(word), ({ name, state, list }, errorType) => {
        const line = { name, state };
        expect(
          parse('platform.extension', { ...line, events: list, ...(errorType === null ? {} : { errorType }) }),
        ).toEqual({ ok: true, time: TIME, line: { kind: 'extension', ...line, events: list, errorType } });
        for (const [type, kind] of [
          ['platform.telemetrySubscription', 'telemetry-subscription'],
          ['platform.logsSubscription', 'logs-subscription'],
        ] as const)
          expect(parse(type, { ...line, types: list })).toEqual({
            ok: true,
            time: TIME,
            line: { kind, ...line, types: list },
          });
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['an unknown type', { type: 'platform.spinDownStart', time: TIME, record: {} }, { kind: 'other-platform' }],
    ['a fault as text', { type: 'platform.fault', time: TIME, record: 'broken' }, { kind: 'fault', fault: 'error' }],
    [
      'a fault in the form of the text line',
      { type: 'platform.fault', time: TIME, record: 'RequestId: a-b Status: error\tErrorType: Runtime.ExitError\n' },
      { kind: 'fault', fault: 'exit', requestId: 'a-b', errorType: 'Runtime.ExitError', status: 'error' },
    ],
    ['another text record', { type: 'platform.x', time: TIME, record: 'text' }, { kind: 'other-platform' }],
  ])('%s', (_, document, line) => {
    expect(parsePlatformLine(JSON.stringify(document))).toMatchObject({ ok: true, time: TIME, line });
  });

  test.each([
    ['no time', { type: 'platform.report', record: { requestId: 'a' } }, 'not-platform'],
    ['a time that is no text', { type: 'platform.report', time: 5, record: { requestId: 'a' } }, 'not-platform'],
    ['another type', { type: 'my-platform.report', time: TIME, record: {} }, 'not-platform'],
    ['no record', { type: 'platform.report', time: TIME }, 'platform-json-without-record'],
    ['a list as record', { type: 'platform.report', time: TIME, record: [] }, 'platform-json-without-record'],
    ['no request id', { type: 'platform.report', time: TIME, record: {} }, 'platform-report-without-request-id'],
    ['no request id', { type: 'platform.start', time: TIME, record: {} }, 'start-without-request-id'],
  ])('a record with %s', (_, document, reason) => {
    expect(parsePlatformLine(JSON.stringify(document))).toEqual({ ok: false, reason });
  });

  test('JSON that claims to be a platform record is no application’s line', () => {
    expect(parsePlatformLine('{"type" : "platform.report", "time": ')).toEqual({
      ok: false,
      reason: 'platform-json-unreadable',
    });
    expect(parsePlatformLine('{"text": "platform.report", ')).toEqual({ ok: false, reason: 'not-platform' });
  });

  test.each([
    ['types', '{"type":"platform.report","type":"x"}'],
    [
      'types, the last of them a platform’s',
      `{"type":"x","time":"${TIME}","type":"platform.report","record":{"requestId":"a"}}`,
    ],
    [
      'durations',
      `{"time":"${TIME}","type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":1,"durationMs":2}}}`,
    ],
    ['request ids', `{"time":"${TIME}","type":"platform.start","record":{"requestId":"a","requestId":"b"}}`],
    ['records', `{"time":"${TIME}","type":"platform.start","record":{"requestId":"a"},"record":{"requestId":"b"}}`],
    [
      'sizes, one in other letters',
      `{"time":"${TIME}","type":"platform.report","record":{"requestId":"a","metrics":{"memorySizeMB":128,"memorySize\\u004dB":256}}}`,
    ],
  ])('a record with two %s', (_, message) => {
    expect(parsePlatformLine(message.replaceAll('\\\\', '\\'))).toEqual({
      ok: false,
      reason: 'platform-json-contradicts',
    });
  });

  test.each([
    [
      'a record that states a member twice alike',
      `{"time":"${TIME}","time":"${TIME}","type":"platform.x","record":{}}`,
      true,
    ],
    ['an application’s line with a member twice', '{"message":"platform.report","a":1,"a":2}', false],
  ])('%s is read as before', (_, message, ok) => {
    expect(parsePlatformLine(message)).toMatchObject(ok ? { ok } : { ok, reason: 'not-platform' });
  });

  test('members that are not known are listed', () => {
    const record = { requestId: 'a', metrics: { durationMs: 1, cpuMs: 2 }, region: 'x' };
    expect(parsePlatformLine(JSON.stringify({ time: TIME, type: 'platform.report', record }))).toMatchObject({
      line: { unknownKeys: ['region', 'metrics.cpuMs'] },
    });
  });
});
