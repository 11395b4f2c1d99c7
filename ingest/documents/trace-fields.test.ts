/**
 * Each member of segments and spans ends in its own field: every value of a document differs from the others. Members and their meaning are those
 * of AWS's documentation: X-Ray segment documents.
 */
import { describe, expect, test } from 'vitest';
import { BatchAssembler } from '../batch/assemble.ts';
import { AS_SENT } from '../batch/stored-texts.ts';
import type { Json } from './json.ts';
import { DEFAULT_DOCUMENT_OPTIONS, readDocument } from './read-document.ts';
import { readSpan } from './spans.ts';
import { readSegment } from './xray.ts';

const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';
const without = (record: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const SEGMENT = {
  id: '5f8d1a23aa89bd66',
  trace_id: TRACE,
  parent_id: '0a1b2c3d4e5f6071',
  name: 'checkout',
  origin: 'AWS::Lambda::Function',
  start_time: 1_700_000_000.25,
  end_time: 1_700_000_001.75,
  resource_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
  aws: {
    request_id: 'd661f7cf-9208-46b9-85b0-213b04a91065',
    function_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:other',
  },
  http: { response: { status: 202 } },
  annotations: { plan: 'gold', items: 3, first: true, list: [1] },
  subsegments: [
    {
      id: 'aaaaaaaaaaaaaaaa',
      name: 'Initialization',
      start_time: 1_700_000_000.25,
      end_time: 1_700_000_000.5,
      namespace: 'local',
      subsegments: [{ name: 'DynamoDB', namespace: 'aws', start_time: 1_700_000_000.3 }],
    },
    { id: 'bbbbbbbbbbbbbbbb', name: 'without a time' },
    'not an object',
  ],
};

describe('X-Ray segments', () => {
  test('each member', () => {
    expect(readSegment(SEGMENT)).toEqual({
      ok: true,
      records: [
        {
          kind: 'trace-segment',
          traceId: TRACE,
          id: '5f8d1a23aa89bd66',
          parentId: '0a1b2c3d4e5f6071',
          name: 'checkout',
          origin: 'AWS::Lambda::Function',
          startNs: 1_700_000_000_250_000_000n,
          endNs: 1_700_000_001_750_000_000n,
          requestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
          resourceArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
          httpStatus: 202,
          outcome: 'ok',
          annotations: { plan: 'gold', items: 3, first: true },
          subsegments: [
            {
              id: 'aaaaaaaaaaaaaaaa',
              parentId: '5f8d1a23aa89bd66',
              name: 'Initialization',
              startNs: 1_700_000_000_250_000_000n,
              endNs: 1_700_000_000_500_000_000n,
              namespace: 'local',
            },
            {
              id: 'aaaaaaaaaaaaaaaa.1',
              parentId: 'aaaaaaaaaaaaaaaa',
              name: 'DynamoDB',
              startNs: 1_700_000_000_300_000_000n,
              endNs: null,
              namespace: 'aws',
            },
          ],
          limitExceeded: null,
          notRead: 'Not read: 2 subsegments without start_time. The rest of the document was.',
        },
      ],
      left: 'Not read: 2 subsegments without start_time. The rest of the document was.',
    });
  });

  test('what was not read is a reject beside the segment, from a file and from a log group', () => {
    const document = JSON.stringify({ ...SEGMENT, subsegments: [{ id: 'b' }] });
    const detail = 'Not read: 1 subsegment without start_time. The rest of the document was.';
    const reject = { reason: 'trace-document-shortened', detail };
    const file = readDocument({ Traces: [{ Id: '1', Segments: [{ Document: document }] }] }, () => '');
    expect(file).toMatchObject({ records: [{ id: SEGMENT.id }], problems: [{ ...reject, text: document }] });
    const assembler = new BatchAssembler(DEFAULT_DOCUMENT_OPTIONS, AS_SENT);
    const identity = { account: '1', region: 'r', logGroup: '/traces', logStream: 's' };
    assembler.addStream(identity, [{ id: '1', timestampMs: 1, message: document }], []);
    expect(assembler.finish(null)).toMatchObject({
      records: [{ record: { id: SEGMENT.id } }],
      deadLetters: [{ ...reject, detail: `${detail} Log stream s.` }],
    });
  });

  test('a function’s ARN inside `aws` counts where the segment has none; without a name it is empty', () => {
    const [segment] = segmentsOf(without(SEGMENT, 'resource_arn', 'name'));
    expect([segment?.resourceArn, segment?.name]).toEqual([SEGMENT.aws.function_arn, '']);
  });

  test.each([
    ['throttled, which X-Ray marks as an error as well', { throttle: true, error: true, fault: false }, 'throttle'],
    ['a fault', { fault: true, error: true }, 'fault'],
    ['an error', { error: true }, 'error'],
    ['false flags', { throttle: false, fault: false, error: false }, 'ok'],
    ['in progress', { in_progress: true }, null],
    ['without an end', { end_time: undefined }, null],
    ['an error that has not ended', { error: true, end_time: undefined }, 'error'],
  ])('%s', (_, change, outcome) => {
    expect(segmentsOf({ ...SEGMENT, ...change })[0]?.outcome).toBe(outcome);
  });

  test.each([
    ['zero', 0],
    ['negative', -1],
    ['milliseconds', 1_700_000_000_000],
    ['text', 'yesterday'],
    ['absent', undefined],
  ])('a start that is %s is no time', (_, start_time) => {
    expect(readSegment({ ...SEGMENT, start_time })).toEqual({ ok: false, reason: 'segment-without-time' });
  });

  test.each([
    ['id', without(SEGMENT, 'id')],
    ['trace id', without(SEGMENT, 'trace_id')],
    ['readable trace id', { ...SEGMENT, trace_id: `${TRACE}0` }],
  ])('a segment without its %s is refused', (_, segment) => {
    expect(readSegment(segment)).toEqual({ ok: false, reason: 'segment-without-id' });
  });

  const child = (more: Json = {}): Json => ({ name: 'x', start_time: 1, ...more });
  /** A subsegment in which the others are nested, so that all have as many levels. */
  const nested = (levels: number): Json =>
    Array.from({ length: levels - 1 }).reduce<Json>((inner) => child({ subsegments: [inner] }), child());
  const scalars = (n: number): Json => Object.fromEntries(Array.from({ length: n }, (_, at) => [`key-${at}`, at]));
  const plain = without(SEGMENT, 'subsegments', 'annotations');

  test.each([
    ['1,000 subsegments', { subsegments: Array.from({ length: 1000 }, () => child()) }, 1000, undefined],
    [
      'more',
      { subsegments: Array.from({ length: 1001 }, () => child()) },
      1000,
      'Not read: 1 subsegment beyond the first 1,000. The rest of the document was.',
    ],
    [
      'more, with others inside',
      { subsegments: Array.from({ length: 1002 }, () => nested(2)) },
      1000,
      // 2,004 less the 1,000 that are read
      'Not read: 1,004 subsegments beyond the first 1,000. The rest of the document was.',
    ],
    ['33 levels', { subsegments: [nested(33)] }, 33, undefined],
    [
      'a level more',
      { subsegments: [nested(34)] },
      33,
      'Not read: the content of 1 subsegment of level 33, the deepest that is read. The rest of the document was.',
    ],
    ['64 annotations', { annotations: scalars(64) }, 0, undefined],
    [
      'an annotation more',
      { annotations: scalars(65) },
      0,
      'Not read: 1 annotation beyond the first 64. The rest of the document was.',
    ],
  ])('%s: the document says what was not read', (_, more, n, left) => {
    const read = readSegment({ ...plain, ...more });
    expect(read).toMatchObject({ ok: true });
    expect(read.ok ? read.left : null).toBe(left);
    expect(segmentsOf({ ...plain, ...more })[0]?.subsegments).toHaveLength(n);
  });

  test('the first 64 annotations are kept, cut off at 256 and 1,024 characters', () => {
    const kept = Object.keys(segmentsOf({ ...SEGMENT, annotations: scalars(70) })[0]?.annotations ?? {});
    expect([kept.length, kept.at(0), kept.at(-1)]).toEqual([64, 'key-0', 'key-63']);
    const long = segmentsOf({ ...SEGMENT, annotations: { ['k'.repeat(300)]: 'v'.repeat(2000), ['n'.repeat(300)]: 1 } });
    expect(long[0]?.annotations).toEqual({ ['k'.repeat(256)]: 'v'.repeat(1024), ['n'.repeat(256)]: 1 });
  });
});

function segmentsOf(document: Json) {
  const read = readSegment(document);
  if (!read.ok) throw new Error(read.reason);
  return read.records.flatMap((record) => (record.kind === 'trace-segment' ? [record] : []));
}

const SPAN = {
  traceId: '643aca1d02e095f7341508e00b9b6d2b',
  spanId: '00f067aa0ba902b7',
  parentSpanId: '53995c3f42cd8ad8',
  name: 'checkout/FunctionHandler',
  startTimeUnixNano: '1700000000250000001',
  endTimeUnixNano: '1700000001750000003',
  durationNano: 7,
  status: { code: 'OK' },
  attributes: {
    'aws.xray.origin': 'AWS::Lambda::Function',
    origin: 'AWS::Lambda',
    'faas.invocation_id': 'd661f7cf-9208-46b9-85b0-213b04a91065',
    'aws.request_id': 'aaaaaaaa-9208-46b9-85b0-213b04a91065',
    'aws.lambda.invoked_arn': 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:live',
    'http.response.status_code': 201,
    'http.status_code': 202,
    shared: 'of the span',
  },
  resource: {
    attributes: {
      'cloud.resource_id': 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
      'faas.id': 'arn:aws:lambda:eu-west-1:111122223333:function:old',
      shared: 'of the resource',
    },
  },
};

describe('spans', () => {
  test('each member', () => {
    expect(spanOf(SPAN)).toEqual({
      kind: 'trace-segment',
      traceId: TRACE,
      id: '00f067aa0ba902b7',
      parentId: '53995c3f42cd8ad8',
      name: 'checkout/FunctionHandler',
      origin: 'AWS::Lambda::Function',
      startNs: 1_700_000_000_250_000_001n,
      endNs: 1_700_000_001_750_000_003n,
      requestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
      resourceArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:live',
      httpStatus: 201,
      outcome: 'ok',
      annotations: { ...SPAN.resource.attributes, ...SPAN.attributes },
      subsegments: [],
      limitExceeded: null,
      notRead: null,
    });
  });

  test('older names of attributes', () => {
    const attributes = without(SPAN.attributes, 'aws.xray.origin', 'faas.invocation_id', 'http.response.status_code');
    expect(spanOf({ ...SPAN, attributes })).toMatchObject({
      origin: 'AWS::Lambda',
      requestId: 'aaaaaaaa-9208-46b9-85b0-213b04a91065',
      httpStatus: 202,
    });
    const own = without(SPAN.attributes, 'aws.lambda.invoked_arn');
    expect(spanOf({ ...SPAN, attributes: own })?.resourceArn).toBe(SPAN.resource.attributes['cloud.resource_id']);
    const resource = { attributes: { 'faas.id': SPAN.resource.attributes['faas.id'] } };
    expect(spanOf({ ...SPAN, attributes: own, resource })?.resourceArn).toBe(SPAN.resource.attributes['faas.id']);
    expect(spanOf(without(SPAN, 'attributes', 'resource', 'name'))).toMatchObject({
      resourceArn: null,
      name: '',
      annotations: {},
    });
  });

  test('without its end, a span ends after its duration; without both it has no end', () => {
    expect(spanOf(without(SPAN, 'endTimeUnixNano'))?.endNs).toBe(1_700_000_000_250_000_008n);
    expect(spanOf(without(SPAN, 'endTimeUnixNano', 'durationNano'))?.endNs).toBeNull();
  });

  test.each([
    ['ERROR', 'fault'],
    ['STATUS_CODE_ERROR', 'fault'],
    ['UNSET', 'ok'],
    ['OK', 'ok'],
  ])('status %s', (code, outcome) => {
    expect(spanOf({ ...SPAN, status: { code } })?.outcome).toBe(outcome);
  });

  test('without a status the outcome is unknown', () => {
    expect(spanOf(without(SPAN, 'status'))?.outcome).toBeNull();
  });

  test.each([
    ['a number', 1_700_000_000, 1_700_000_000n],
    ['zero', 0, 0n],
    ['nineteen digits', '9'.repeat(19), 9_999_999_999_999_999_999n],
  ])('a start that is %s', (_, startTimeUnixNano, startNs) => {
    expect(spanOf({ ...without(SPAN, 'endTimeUnixNano'), startTimeUnixNano })?.startNs).toBe(startNs);
  });

  test.each([
    ['negative', -1],
    ['a fraction', 1.5],
    ['too large to be exact', 2 ** 60],
    ['twenty digits', '1'.repeat(20)],
    ['a time', '2026-11-20T00:00:00Z'],
    ['digits and more', '17000000000x'],
    ['absent', undefined],
  ])('a start that is %s is no time', (_, startTimeUnixNano) => {
    expect(readSpan({ ...SPAN, startTimeUnixNano })).toEqual({ ok: false, reason: 'segment-without-time' });
  });

  test.each(['traceId', 'spanId'])('a span without its %s is refused', (name) => {
    expect(readSpan(without(SPAN, name))).toEqual({ ok: false, reason: 'span-without-id' });
  });

  test.each([`x${SPAN.traceId}`, `${SPAN.traceId}0`, SPAN.traceId.slice(1), `x${TRACE}`, `${TRACE}0`])(
    '%s is no trace id',
    (traceId) => {
      expect(readSpan({ ...SPAN, traceId })).toEqual({ ok: false, reason: 'span-without-id' });
    },
  );
});

function spanOf(document: Json) {
  const read = readSpan(document);
  if (!read.ok) throw new Error(read.reason);
  const [span] = read.records;
  return span?.kind === 'trace-segment' ? span : null;
}

describe('ends before starts', () => {
  const child = (start_time: number, end_time: number) => ({ id: '1f2e3d4c5b6a7081', start_time, end_time });

  test.each([
    ['a segment', readSegment({ ...SEGMENT, start_time: 1_700_000_002 })],
    ['a span', readSpan({ ...SPAN, startTimeUnixNano: '1700000003000000000', endTimeUnixNano: '1700000002999999999' })],
  ])('%s is not read', (_, read) => {
    expect(read).toEqual({ ok: false, reason: 'segment-ends-before-start' });
  });

  test('a segment and a span that end when they start are read', () => {
    expect(readSegment({ ...SEGMENT, end_time: SEGMENT.start_time })).toMatchObject({ ok: true });
    const same = '1700000003000000000';
    expect(spanOf({ ...SPAN, startTimeUnixNano: same, endTimeUnixNano: same })?.endNs).toBe(BigInt(same));
  });

  test('such subsegments are counted, and the rest is read', () => {
    const read = readSegment({ ...SEGMENT, subsegments: [child(8, 7), child(7, 7), child(9, 8)] });
    expect(read).toMatchObject({
      ok: true,
      records: [{ subsegments: [{ startNs: 7_000_000_000n, endNs: 7_000_000_000n }] }],
      left: 'Not read: 2 subsegments whose end_time is before start_time. The rest of the document was.',
    });
  });
});

describe('ids longer than the 16 digits of X-Ray and OpenTelemetry', () => {
  const LONG = 'a'.repeat(17);

  test.each([
    ['segment', readSegment({ ...SEGMENT, id: LONG })],
    ['parent of a segment', readSegment({ ...SEGMENT, parent_id: LONG })],
    ['span', readSpan({ ...SPAN, spanId: LONG })],
    ['parent of a span', readSpan({ ...SPAN, parentSpanId: LONG })],
  ])('of a %s: it is not read', (_, read) => {
    expect(read).toEqual({ ok: false, reason: 'segment-id-too-long' });
  });

  test('of a subsegment: it is counted, and what is inside of it belongs to its parent', () => {
    const inner = { id: 'b'.repeat(16), start_time: 1_795_888_751.5 };
    const read = readSegment({
      ...SEGMENT,
      subsegments: [{ id: LONG, start_time: 1_795_888_751, subsegments: [inner] }],
    });
    expect(read).toMatchObject({
      records: [{ subsegments: [{ id: inner.id, parentId: SEGMENT.id }] }],
      left: 'Not read: 1 subsegment with an id of more than 16 characters. The rest of the document was.',
    });
  });
});

test.each([
  ['texts, numbers and booleans', { a: 'x', b: 1, c: true, d: null, e: [1], f: { g: 1 } }],
  [
    'more than are kept',
    Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`a${at}`, at % 7 === 0 ? null : at])),
  ],
  ['names with escapes', { 'a"\\b': 1, 'ü\n': 'x' }],
  [
    'numbers as names',
    { b: 1, 7: 2, ...Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`a${at}`, at])), 3: 4 },
  ],
  ['none', {}],
])('annotations of a large segment are those of a small one: %s', (_, annotations) => {
  const document = { ...SEGMENT, annotations };
  const text = JSON.stringify({ ...document, metadata: 'x'.repeat(5000) });
  expect(readSegment(document, text)).toEqual(readSegment(document));
});
