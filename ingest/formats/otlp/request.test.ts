/** What requests of OTLP are read as, in both encodings. Messages and attributes are those of opentelemetry-proto and the semantic conventions. */
import { describe, expect, test } from 'vitest';
import { part, text } from '../../../test/support/otel-record.ts';
import type { Request, TestSpan } from '../../../test/support/otlp.ts';
import { logsRequest, protoResource, protoSpan, tracesRequest } from '../../../test/support/otlp.ts';
import type { Signal } from './items.ts';
import { readOtlp } from './request.ts';

const ENCODINGS = ['protobuf', 'json'] as const;
const START = 1_795_000_000_000_000_001n;
const AT = 1_795_000_000_000;
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:checkout';
const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const SPAN: TestSpan = {
  traceId: '6b0a12ad000000000000000000000005',
  spanId: '00f067aa0ba902b7',
  name: 'checkout',
  kind: 2,
  startNs: START,
  endNs: START + 250_000_000n,
};

function read(request: Request, signal: Signal, encoding: (typeof ENCODINGS)[number]) {
  const result = readOtlp(request[encoding], signal, encoding);
  if (!result.ok) throw new Error(result.message);
  return result.upload;
}

function spansOf(request: Request, encoding: (typeof ENCODINGS)[number]) {
  return read(request, 'traces', encoding).records.map(({ record }) => record);
}

describe.each(ENCODINGS)('spans in %s', (encoding) => {
  test('the span of an invocation, with what the Lambda layers state', () => {
    const request = tracesRequest(
      { 'service.name': 'shop', 'faas.name': 'checkout', 'cloud.region': 'eu-west-1' },
      {
        ...SPAN,
        parentSpanId: '53995c3f42cd8ad8',
        attributes: {
          'faas.invocation_id': ID,
          'cloud.resource_id': ARN,
          'faas.coldstart': true,
          retries: 3,
          share: 0.25,
          tags: ['a', 'b'],
          nested: { b: { c: 'd' } },
        },
        status: 2,
        events: [
          { name: 'log', attributes: { 'exception.type': 'no' } },
          { name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'x is undefined' } },
        ],
        links: ['6b0a12ad000000000000000000000009'],
      },
    );
    expect(spansOf(request, encoding)).toEqual([
      {
        kind: 'trace-segment',
        traceId: '1-6b0a12ad-000000000000000000000005',
        id: '00f067aa0ba902b7',
        parentId: '53995c3f42cd8ad8',
        name: 'checkout',
        origin: null,
        startNs: START,
        endNs: START + 250_000_000n,
        requestId: ID,
        resourceArn: ARN,
        httpStatus: null,
        outcome: 'fault',
        annotations: {
          'service.name': 'shop',
          'faas.name': 'checkout',
          'cloud.region': 'eu-west-1',
          'exception.type': 'TypeError',
          'exception.message': 'x is undefined',
          'span.links': '6b0a12ad000000000000000000000009',
          'faas.invocation_id': ID,
          'cloud.resource_id': ARN,
          'faas.coldstart': true,
          retries: 3,
          share: 0.25,
          tags: '["a","b"]',
          nested: '{"b":{"c":"d"}}',
          'span.kind': 'server',
        },
        subsegments: [],
        limitExceeded: null,
        notRead: null,
      },
    ]);
  });

  test('a span inside of an invocation is of its function, which the resource or the invocation names', () => {
    const inner = { ...SPAN, spanId: '00f067aa0ba902b8', kind: 1 };
    const byInvocation = tracesRequest({}, inner, { ...SPAN, attributes: { 'faas.id': ARN } });
    expect(spansOf(byInvocation, encoding)).toMatchObject([{ resourceArn: ARN }, { resourceArn: ARN }]);
    const resource = { 'cloud.account.id': '123456789012', 'cloud.region': 'eu-west-1', 'faas.name': 'checkout' };
    expect(spansOf(tracesRequest(resource, inner), encoding)).toMatchObject([{ resourceArn: ARN, outcome: 'ok' }]);
    expect(spansOf(tracesRequest({ 'faas.name': 'checkout' }, inner), encoding)).toMatchObject([{ resourceArn: null }]);
  });

  test('spans that cannot be read are problems, and the others are stored', () => {
    const request = tracesRequest(
      {},
      { ...SPAN, traceId: '0'.repeat(32) },
      { ...SPAN, spanId: '00f067aa0ba902b700' },
      { ...SPAN, endNs: START - 1n },
      SPAN,
    );
    const { records, unreadable } = read(request, 'traces', encoding);
    expect(records).toHaveLength(1);
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      'span-without-id',
      'segment-id-too-long',
      'segment-ends-before-start',
    ]);
  });

  test('values below 16 levels and attributes beyond 64 are left out', () => {
    let deep: readonly unknown[] = ['x'];
    for (let level = 0; level < 50; level += 1) deep = [deep];
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`a${at}`, at]));
    const request = tracesRequest({}, { ...SPAN, attributes: { deep: deep as readonly string[], ...many } });
    const [span] = spansOf(request, encoding);
    expect(span).toMatchObject({
      notRead: 'Not read: 7 attributes beyond 64 of the span and of its resource. The rest of the document was.',
      annotations: { deep: `${'['.repeat(17)}null${']'.repeat(17)}` },
    });
  });

  test('a large resource is not repeated for each of many spans', () => {
    const resource = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`r${at}`, 'x'.repeat(1000)]));
    const spans = Array.from({ length: 1000 }, (_, at) => ({ ...SPAN, spanId: at.toString(16).padStart(16, 'f') }));
    const records = spansOf(tracesRequest(resource, ...spans), encoding);
    const chars = records.reduce(
      (sum, record) => sum + JSON.stringify((record as { annotations: object }).annotations).length,
      0,
    );
    expect(records).toHaveLength(1000);
    expect(records[0]).toMatchObject({ annotations: { r59: 'x'.repeat(1000) } });
    expect(records.at(-1)).toMatchObject({ annotations: {}, notRead: expect.stringContaining('60 attributes') });
    expect(chars).toBeLessThan(8 * 200_000);
  });
});

test('nanoseconds that JSON has as a number are exact', () => {
  const request = tracesRequest({}, SPAN);
  const text = request.json.toString().replaceAll(/"(\d{19})"/g, '$1');
  expect(spansOf({ ...request, json: Buffer.from(text) }, 'json')).toMatchObject([{ startNs: START }]);
});

test('a resource that follows its spans is theirs', () => {
  const resource = part(1, part(1, text(1, 'faas.id'), part(2, text(1, ARN))));
  const late = Buffer.from(part(1, part(2, protoSpan(SPAN)), resource));
  expect(spansOf({ protobuf: late, json: late }, 'protobuf')).toMatchObject([{ resourceArn: ARN }]);
});

describe.each(ENCODINGS)('log records in %s', (encoding) => {
  const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
  const of = (request: Request) => read(request, 'logs', encoding);
  const line = { timeNs: BigInt(AT) * 1_000_000n, body: 'order 17 is paid' };

  test('group and stream of the resource; faas.instance counts if it is the name of a log stream', () => {
    const event = { id: '', timestampMs: AT, message: 'order 17 is paid' };
    const place = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/checkout' };
    const resource = { 'cloud.account.id': '123456789012', 'cloud.region': 'eu-west-1', 'faas.name': 'checkout' };
    for (const [more, logStream] of [
      [{ 'faas.instance': STREAM }, STREAM],
      [{ 'faas.instance': '4f1c' }, ''],
      [{ 'aws.log.stream.names': [STREAM], 'aws.log.group.names': ['/aws/lambda/checkout'] }, STREAM],
      [{ 'aws.log.group.names': ['/shared'] }, ''],
      [{ 'faas.name': 'other', 'cloud.resource_id': ARN }, ''],
    ] as const)
      expect(of(logsRequest({ ...resource, ...more }, line))).toEqual({
        streams: [{ identity: { ...place, logStream }, events: [event] }],
        records: [],
        unreadable: [],
        ignored: [],
      });
  });

  test('the observed time counts where there is no other', () => {
    const { streams, unreadable } = of(
      logsRequest(
        { 'faas.name': 'f' },
        { body: 'a', observedNs: line.timeNs + 999_999n },
        { body: 'a line without a time' },
      ),
    );
    expect(streams[0]?.events).toEqual([{ id: '', timestampMs: AT, message: 'a' }]);
    expect(unreadable.map(({ reason }) => reason)).toEqual(['otlp-log-without-time']);
  });

  test('records of no function are problems that can be read again', () => {
    const { streams, unreadable } = of(logsRequest({ 'service.name': 'shop' }, line));
    expect(streams).toEqual([]);
    const text = JSON.stringify({ timestamp: AT, message: 'order 17 is paid' });
    expect(unreadable).toEqual([{ reason: 'otlp-function-not-named', text }]);
  });
});

describe('hostile bodies', () => {
  const whole = tracesRequest({ 'faas.name': 'f' }, SPAN).protobuf;

  test('a request in Protocol Buffers that is cut anywhere is refused, or is one without its end', () => {
    const stored = Array.from({ length: whole.length }, (_, at) =>
      readOtlp(whole.subarray(0, at), 'traces', 'protobuf'),
    );
    expect(stored.filter(({ ok }) => ok).map((one) => one.ok && one.upload.records.length)).toEqual([0]);
    expect(readOtlp(whole, 'traces', 'protobuf')).toMatchObject({ ok: true });
  });

  test('lists in lists, thousands of levels deep', () => {
    let value: Uint8Array<ArrayBufferLike> = text(1, 'x');
    for (let level = 0; level < 2000; level += 1) value = part(5, part(1, value));
    const pair = part(9, text(1, 'deep'), part(2, value));
    const span = Buffer.concat([protoSpan(SPAN).subarray(2), pair]);
    expect(readOtlp(Buffer.from(protoResource({}, part(2, span))), 'traces', 'protobuf')).toMatchObject({ ok: true });
    const json = `{"resourceSpans":[{"scopeSpans":${'['.repeat(100_000)}`;
    expect(readOtlp(Buffer.from(json), 'traces', 'json')).toMatchObject({ ok: false, limit: 'json-nested-too-deep' });
  });

  test('groups in groups of an unknown field', () => {
    const groups = Buffer.alloc(1_000_000, 0x1b);
    expect(readOtlp(groups, 'traces', 'protobuf')).toMatchObject({ ok: false });
  });

  test('a million empty spans are counted', () => {
    const empty = Buffer.alloc(2_000_000).map((_, at) => (at % 2 === 0 ? 0x12 : 0));
    const read = readOtlp(Buffer.from(part(1, part(2, empty))), 'traces', 'protobuf');
    expect(read).toMatchObject({ upload: { records: [], unreadable: [{ reason: 'otlp-item-empty', n: 1_000_000 }] } });
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(1_000_000)}{}]}]}]}`;
    expect(readOtlp(Buffer.from(json), 'traces', 'json')).toMatchObject({ ok: false, limit: 'json-too-dense' });
  });

  test.each([
    ['', 'json'],
    ['[]', 'json'],
    ['{"resourceSpans":{}}', 'json'],
    ['{"resourceSpans":[1]}', 'json'],
    ['{"resourceSpans":', 'json'],
    ['\u0000', 'protobuf'],
    ['{}', 'protobuf'],
  ] as const)('%j in %s is refused with the member and what was expected', (body, encoding) => {
    const read = readOtlp(Buffer.from(body), 'traces', encoding);
    expect(read).toMatchObject({ ok: false, message: expect.stringMatching(/^\S+: expected /) });
  });

  test('names of Object.prototype are attributes like others', () => {
    const json = tracesRequest({}, { ...SPAN, attributes: { constructor: 'a' } }).json.toString();
    const named = Buffer.from(json.replace('"constructor"', '"__proto__"'));
    const [span] = spansOf({ protobuf: named, json: named }, 'json');
    expect(Object.entries((span as { annotations: object }).annotations)).toContainEqual(['__proto__', 'a']);
    expect(Object.prototype).not.toHaveProperty('a');
  });
});
