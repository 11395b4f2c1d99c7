import { expect, test } from 'vitest';
import { readDocument } from '../documents/read-document.ts';
import { readForwarded } from './forwarded-event.ts';
import { recordsIn } from './record-lists.ts';
import { EVERY_READER, EVERY_SHAPE, READER, SHAPE, shapeOf } from './record-shape.ts';
import { logTailOf } from './untimed-messages.ts';
import { readShipped, readWrapped, recordTime } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;
type Reader = keyof typeof READER;

const LINE = 'START RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab Version: 1';
const TIME = 1_795_888_751_426;
const READERS: Readonly<Record<Reader, (value: Json) => unknown>> = {
  forwarded: (value) => readForwarded(value, ''),
  logTail: logTailOf,
  document: (value) => readDocument(value, () => JSON.stringify(value)),
  list: recordsIn,
  wrapped: (value) => readWrapped(value, ''),
  shipped: readShipped,
};
/** The bits by which each is asked: records of shippers are read by one of the readers of `wrapped`. */
const ASKED: Readonly<Record<Reader, number>> = { ...READER, wrapped: READER.wrapped | READER.shipped };

/** Values with nothing but what the reader needs. */
const CASES: readonly (readonly [reader: Reader, value: Json])[] = [
  ['forwarded', { awslogs: { data: '' } }],
  ['forwarded', { Records: [{ kinesis: { data: '' } }] }],
  ['forwarded', { Messages: [] }],
  ['forwarded', { requestId: '', timestamp: 1, records: [{ data: '' }] }],
  ['forwarded', { requestPayload: { awslogs: {} } }],
  ['forwarded', { requestContext: { functionArn: '' }, payload: '' }],
  ['forwarded', { requestContext: { functionArn: '' }, KinesisBatchInfo: {} }],
  ['forwarded', { detail: { requestPayload: '' } }],
  ['forwarded', { Type: 'Notification', TopicArn: '', Message: '' }],
  ['forwarded', { Body: '', MessageId: '' }],
  ['forwarded', { messageType: 'DATA_MESSAGE' }],
  ['logTail', { LogResult: 'eA==' }],
  ['document', { Traces: [] }],
  ['document', { Segments: [], Id: '1' }],
  ['document', { Functions: [] }],
  ['document', { Records: [] }],
  ['document', { FunctionName: 'f', FunctionArn: 'a' }],
  ['document', { eventName: 'e', eventSource: 's' }],
  ['document', { trace_id: '1', start_time: 1 }],
  ['document', { traceId: '1', spanId: '1' }],
  ['document', { metric_stream_name: 's' }],
  ['document', { power: 1, duration: 1, cost: 1 }],
  ['document', { output: { power: 1, duration: 1, cost: 1 } }],
  ['document', { results: { power: 1, duration: 1, cost: 1 } }],
  ['document', { analysis: { power: 1, duration: 1, cost: 1 } }],
  ['document', { lambdaARN: 'f', stats: [{ averageDuration: 1 }] }],
  ['document', { input: '{"lambdaARN":"f"}', executionArn: 'a' }],
  ['list', { hits: { hits: [] } }],
  ['list', { rawResponse: { hits: { hits: [] } } }],
  ['list', { response: { hits: { hits: [] } } }],
  ['list', { _source: {} }],
  ['list', { _index: '', fields: {} }],
  ['list', { result: { _raw: '' } }],
  ['list', { type: 'log', attributes: {} }],
  ['list', { data: [{ attributes: {} }] }],
  ['list', { logs: [{ content: {} }] }],
  ['list', { messages: [{ map: {} }] }],
  ['list', { matches: [{ data: {} }] }],
  ['list', { entries: [{ textPayload: '' }] }],
  ['list', { results: [{ events: [] }] }],
  ['wrapped', { results: [] }],
  ['wrapped', { '@message': 'x', '@timestamp': TIME }],
  ['wrapped', { '@ptr': 'x' }],
  ['wrapped', { '@timestamp': TIME }],
  ['wrapped', { sessionResults: [] }],
  ['wrapped', { sessionUpdate: { sessionResults: [] } }],
  ['wrapped', { streams: [{ values: [[`${TIME}`, 'x']] }] }],
  ['wrapped', { data: { result: [{ values: [[`${TIME}`, 'x']] }] } }],
  [
    'wrapped',
    { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: `${TIME}`, body: { stringValue: 'x' } }] }] }] },
  ],
  ['wrapped', { common: {}, logs: [{ timestamp: TIME, message: 'x' }] }],
  ['shipped', { time: TIME, event: LINE }],
  ['shipped', { time: TIME, event: { message: LINE } }],
  ['shipped', { time: TIME, content: { message: LINE } }],
  ['shipped', { time: TIME, jsonPayload: { message: LINE } }],
  ['shipped', { time: TIME, data: { message: LINE } }],
  ['shipped', { time: TIME, text: LINE, subsystemName: '' }],
  ...['message', 'log', 'msg', 'line', 'textPayload', 'full_message', 'short_message', '_raw', '_msg'].map(
    (name) => ['shipped', { time: TIME, [name]: LINE }] as const,
  ),
];

test.each(CASES)('the reader %s is asked for %j, which it takes', (reader, value) => {
  expect(READERS[reader](value)).not.toBeNull();
  expect(shapeOf(value) & READER[reader]).toBe(READER[reader]);
});

test('members that no reader knows ask none', () => {
  expect(shapeOf({ a: { awslogs: {} }, stamp: 1, toString: 1 })).toBe(SHAPE.enough | SHAPE.inner);
});

/** A record in which `member` answers for each member that is asked for. */
function recordOf(member: (name: string) => unknown): Json {
  const target: Record<string, unknown> = {};
  return new Proxy(target, {
    get: (_, name) => (typeof name === 'string' ? member(name) : undefined),
    has: (_, name) => typeof name === 'string' && member(name) !== undefined,
  });
}

const NAMES = Object.keys(READERS) as readonly Reader[];
const isListed = (name: string, reader: Reader): boolean => (shapeOf({ [name]: true }) & ASKED[reader]) !== 0;

test('each reader has a bit, and every reader has them all', () => {
  expect(NAMES).toEqual(Object.keys(READER));
  expect(NAMES.reduce((all, reader) => all | READER[reader], 0)).toBe(EVERY_READER);
  expect(EVERY_SHAPE).toBe(Object.values(SHAPE).reduce((all, bit) => all + bit, EVERY_READER));
});

test.each([
  [{}, false],
  [{ level: 'INFO' }, false],
  [{ n: 5 }, false],
  [{ a: null }, false],
  // Ten characters may be a line.
  [{ a: '123456789' }, false],
  [{ a: '1234567890' }, true],
  [{ a: {} }, true],
  [{ a: [] }, true],
  [{ '@ptr': 'x' }, true],
  [{ a: 1, b: 2 }, true],
])('%j holds enough for an event: %s', (value, is) => {
  expect((shapeOf(value) & SHAPE.enough) !== 0).toBe(is);
});

test.each([
  [{ a: 'x', b: 1, c: null }, false],
  // Ten characters may be a line, and an object may hold one.
  [{ a: 'LOGS Name' }, false],
  [{ a: 'LOGS Name:' }, true],
  [{ a: 1, b: {} }, true],
])('%j may hold a line: %s', (value, may) => {
  expect((shapeOf(value) & SHAPE.inner) !== 0).toBe(may);
});

test.each(['rawData', 'events', 'messageType', 'message'])('%s is read by itself', (name) => {
  expect(shapeOf({ [name]: 1 }) & SHAPE.direct).toBe(SHAPE.direct);
});

test.each(['index', 'create', 'update', 'delete'])('%s may be an action of a bulk request', (name) => {
  expect(shapeOf({ [name]: {} }) & SHAPE.bulk).toBe(SHAPE.bulk);
  expect(shapeOf({ [`${name}s`]: {} }) & SHAPE.bulk).toBe(0);
});

test.each(['logStreamName', 'log_group', 'eventId', 'kubernetes'])('%s may name the place of an event', (name) => {
  expect(shapeOf({ message: LINE, [name]: 1 }) & SHAPE.place).toBe(SHAPE.place);
  expect(shapeOf({ message: LINE, [`${name}s`]: 1 }) & SHAPE.place).toBe(0);
});

test.each(NAMES)('the members that %s asks an empty record for are listed', (reader) => {
  const asked = new Set<string>();
  const record = recordOf((name) => {
    asked.add(name);
    return undefined;
  });
  expect(READERS[reader](record)).toBeNull();
  expect(asked.size).toBeGreaterThan(0);
  expect([...asked].filter((name) => !isListed(name, reader))).toEqual([]);
});

const HELD: readonly (readonly [string, unknown])[] = [
  ['a line', LINE],
  ['a number', TIME],
  ['an empty list', []],
  ['a list of objects', [{ message: LINE, timestamp: TIME, Document: '{}', textPayload: '' }]],
  ['an object', { data: 'eA==', hits: [], message: LINE, requestPayload: {}, power: 1, duration: 1, cost: 1 }],
];

test.each(NAMES.flatMap((reader) => HELD.map(([held, value]) => [reader, held, value] as const)))(
  '%s takes no record whose members are not listed, whichever they are: each holds %s',
  (reader, _, value) => {
    expect(READERS[reader](recordOf((name) => (isListed(name, reader) ? undefined : value)))).toBeNull();
  },
);

test('a value without the bit of a time has none', () => {
  const asked = new Set<string>();
  const record = new Proxy<Json>({}, { get: (_, name) => void asked.add(String(name)) });
  expect(recordTime(record)).toBeNull();
  // An access log has an id, a time and a status: its time decides.
  for (const name of ['timestamp', '@timestamp', 'time', 'date', '_time', '_messagetime']) {
    expect(asked).toContain(name);
    expect(shapeOf({ [name]: TIME }) & SHAPE.time).toBe(SHAPE.time);
  }
  const accessLog = { requestId: 'a', status: 200 };
  expect(shapeOf(accessLog) & SHAPE.time).toBe(0);
  for (const name of ['requestTimeEpoch', 'requestTime', 'request_time']) {
    const timed = { ...accessLog, [name]: '20/Nov/2026:10:00:00 +0000', routeKey: '/x' };
    expect(shapeOf(timed) & SHAPE.time).toBe(SHAPE.time);
  }
  expect(recordTime({ ...accessLog, routeKey: '/x' })).toBeNull();
});
