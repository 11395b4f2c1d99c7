/** What a platform record in JSON may leave out or hold instead, and how much of it is read; values read by hand. */
import { describe, expect, test } from 'vitest';
import { parsePlatformLine } from './platform-line.ts';

const TIME = '2026-11-20T10:15:30.123Z';

describe('bounds of a record', () => {
  const parse = (type: string, record: unknown, more: object = {}) =>
    parsePlatformLine(JSON.stringify({ time: TIME, type, record, ...more }));
  const start = (tracing: unknown) => {
    const result = parse('platform.start', { requestId: 'a', tracing });
    return result.ok && result.line.kind === 'start' ? result.line.trace : undefined;
  };

  test.each<[string, unknown, object | null]>([
    ['nothing', {}, null],
    ['no object', 'Root=1-a', null],
    ['a list', [{ value: 'Root=1-a' }], null],
    ['an empty value', { value: '' }, null],
    ['a value that is no text', { value: 5 }, null],
    ['blanks around', { value: ' Root = 1-a ; Sampled = 1 ' }, { traceId: '1-a', segmentId: null, sampled: true }],
    ['another word for sampled', { value: 'Root=1-a;Sampled=?' }, { traceId: '1-a', segmentId: null, sampled: false }],
    ['no root', { value: 'Parent=b', spanId: 's' }, { traceId: null, segmentId: 's', sampled: null }],
    ['parts without a name', { value: '=x;y;Root=1-a' }, { traceId: '1-a', segmentId: null, sampled: null }],
    ['a root with an equals sign', { value: 'Root=a=b' }, { traceId: 'a=b', segmentId: null, sampled: null }],
    ['the last of two roots', { value: 'Root=a;Root=b' }, { traceId: 'b', segmentId: null, sampled: null }],
    [
      'the last of 1,024 characters',
      { value: `${'x'.repeat(1012)};Sampled=10` },
      { traceId: null, segmentId: null, sampled: false },
    ],
    [
      'what is behind 1,024 characters',
      { value: `${'x'.repeat(1014)};Sampled=10` },
      { traceId: null, segmentId: null, sampled: true },
    ],
  ])('tracing with %s', (_, tracing, expected) => {
    expect(start(tracing)).toEqual(expected);
  });

  const spansOf = (spans: unknown) => {
    const result = parse('platform.restoreRuntimeDone', { spans });
    return result.ok && result.line.kind === 'restore-runtime-done' ? result.line.spans : undefined;
  };
  test.each<[string, unknown, object | null]>([
    ['none', [], null],
    ['no list', { name: 'a', durationMs: 1 }, null],
    ['no objects', [null, 'a', [1]], null],
    ['no name', [{ durationMs: 1 }], null],
    ['an empty name', [{ name: '', durationMs: 1 }], null],
    ['no duration', [{ name: 'a' }], null],
    ['an empty duration', [{ name: 'a', durationMs: '' }], null],
    ['a duration of nothing', [{ name: 'a', durationMs: 0 }], { a: 0 }],
    ['a duration as text', [{ name: 'a', durationMs: '1.5' }], { a: 1.5 }],
    ['one that is none before one that is', [null, { name: 'a', durationMs: 1 }], { a: 1 }],
    [
      'the last of two of a name',
      [
        { name: 'a', durationMs: 1 },
        { name: 'a', durationMs: 2 },
      ],
      { a: 2 },
    ],
  ])('spans: %s', (_, spans, expected) => {
    expect(spansOf(spans)).toEqual(expected);
  });

  test('64 spans are read', () => {
    const spans = Array.from({ length: 65 }, (_, at) => ({ name: `s${at}`, durationMs: 1 }));
    expect(Object.keys(spansOf(spans) ?? {})).toHaveLength(64);
    expect(spansOf(spans)).not.toHaveProperty('s64');
  });

  test.each<[string, object, object]>([
    ['a negative number', { droppedRecords: -1, droppedBytes: 0 }, { droppedRecords: null, droppedBytes: 0 }],
    ['a number as text', { droppedRecords: '1' }, { droppedRecords: null }],
    ['an empty text', { reason: '' }, { reason: null }],
    ['a text that is none', { reason: 5 }, { reason: null }],
  ])('%s of dropped logs', (_, record, line) => {
    expect(parse('platform.logsDropped', record)).toMatchObject({ ok: true, line });
  });

  test.each<[string, object, object]>([
    ['no name and no state', {}, { name: '', state: '', events: [] }],
    ['events that are no list', { events: 'INVOKE' }, { events: [] }],
    ['events that are no texts', { events: ['INVOKE', 5, null, 'SHUTDOWN'] }, { events: ['INVOKE', 'SHUTDOWN'] }],
  ])('an extension with %s', (_, record, line) => {
    expect(parse('platform.extension', record)).toMatchObject({ ok: true, line: { kind: 'extension', ...line } });
  });

  test.each<[string, object, number | null]>([
    ['durationMs before initDurationMs', { durationMs: 1, initDurationMs: 2 }, 1],
    ['initDurationMs alone', { initDurationMs: 2 }, 2],
    ['null as none', { durationMs: null, initDurationMs: 2 }, 2],
    ['an empty text as none', { durationMs: '' }, null],
    ['text', { durationMs: '1.25' }, 1.25],
  ])('the duration of an init: %s', (_, metrics, initDurationMs) => {
    expect(parse('platform.initReport', { metrics })).toMatchObject({ ok: true, line: { initDurationMs } });
  });

  test('a fault that is no line of another form is kept as far as 2,048 characters', () => {
    expect(parse('platform.fault', 'x'.repeat(2049))).toEqual({
      ok: true,
      time: TIME,
      line: {
        kind: 'fault',
        fault: 'error',
        requestId: null,
        errorType: null,
        errorMessage: 'x'.repeat(2048),
        status: null,
        timedOutAfterSec: null,
      },
    });
  });

  test.each([
    ['eight blanks around the colon', '{"type"        :        "platform.x', 'platform-json-unreadable'],
    ['nine blanks before it', '{"type"         :"platform.x', 'not-platform'],
    ['nine blanks behind it', '{"type":         "platform.x', 'not-platform'],
    ['another member', '{"tripe":"platform.x', 'not-platform'],
    ['in the first 65,536 characters', `{${' '.repeat(65_518)}"type":"platform.x`, 'platform-json-unreadable'],
    ['behind them', `{${' '.repeat(65_519)}"type":"platform.x`, 'not-platform'],
  ])('a type that is claimed: %s', (_, message, reason) => {
    expect(parsePlatformLine(message)).toEqual({ ok: false, reason });
  });

  test('a record as text in a record as text is of another platform', () => {
    const inner = JSON.stringify({ time: 'x', type: 'platform.start', record: { requestId: 'a' } });
    expect(parse('platform.start', inner)).toMatchObject({ ok: true, time: TIME, line: { kind: 'start' } });
    expect(parse('platform.start', 'START RequestId: a Version: 1')).toMatchObject({
      time: TIME,
      line: { version: '1' },
    });
    expect(parse('platform.start', 'text')).toEqual({
      ok: true,
      time: TIME,
      line: { kind: 'other-platform', type: 'platform.start' },
    });
  });
});
