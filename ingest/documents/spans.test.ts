/** What of a span is not read, and names beside each other. Members are those of OpenTelemetry's data model and AWS's Transaction Search. */
import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { readSpan } from './spans.ts';
import { leftOf, readSegment, readSegmentOf } from './xray.ts';

const SPAN = { traceId: '643aca1d02e095f7341508e00b9b6d2b', spanId: '00f067aa0ba902b7', startTimeUnixNano: '5' };
const scalars = (name: string, n: number): Json =>
  Object.fromEntries(Array.from({ length: n }, (_, at) => [`${name}-${at}`, at]));

test('64 attributes of the span and 64 of its resource are read; those beyond are counted together', () => {
  const all = { attributes: scalars('span', 64), resource: { attributes: scalars('resource', 64) } };
  const read = readSpan({ ...SPAN, ...all });
  expect(read).toMatchObject({ ok: true, records: [{ notRead: null }] });
  expect(read.ok && 'left' in read).toBe(false);
  const left = 'Not read: 3 attributes beyond 64 of the span and of its resource. The rest of the document was.';
  const more = { attributes: scalars('span', 65), resource: { attributes: scalars('resource', 66) } };
  expect(readSpan({ ...SPAN, ...more })).toMatchObject({ left, records: [{ notRead: left }] });
});

test('older names count only without the new ones, of the span before those of the resource', () => {
  const record = (document: Json) => {
    const read = readSpan(document);
    return read.ok ? read.records[0] : null;
  };
  const resource = {
    attributes: { 'aws.lambda.invoked_arn': 'r', 'faas.id': 'old', 'http.status_code': 500, origin: 'r' },
  };
  expect(record({ ...SPAN, resource })).toMatchObject({
    resourceArn: 'old',
    httpStatus: null,
    origin: null,
    requestId: null,
  });
  const attributes = { 'http.response.status_code': 0, 'http.status_code': 500, 'aws.request_id': 'b' };
  expect(record({ ...SPAN, attributes })).toMatchObject({ httpStatus: 0, requestId: 'b' });
  // The attribute of the span hides that of the resource.
  expect(record({ ...SPAN, attributes: { a: 1 }, resource: { attributes: { a: 2, b: 3 } } })).toMatchObject({
    annotations: { a: 1, b: 3 },
  });
});

test('the time of an end counts before the duration; an end that is no time leaves the duration', () => {
  const endOf = (more: Json) => {
    const read = readSpan({ ...SPAN, ...more });
    return read.ok && read.records[0]?.kind === 'trace-segment' ? read.records[0].endNs : read;
  };
  expect(endOf({ endTimeUnixNano: 7, durationNano: 1 })).toBe(7n);
  expect(endOf({ endTimeUnixNano: 'soon', durationNano: '3' })).toBe(8n);
  expect(endOf({ durationNano: 0 })).toBe(5n);
  expect(endOf({ durationNano: -1 })).toBeNull();
  expect(endOf({ endTimeUnixNano: 4 })).toEqual({ ok: false, reason: 'segment-ends-before-start' });
});

test('each part that was not read has its sentence, in one note', () => {
  const parts = { beyond: 1, tooDeep: 2, untimed: 3, reversed: 1, longIds: 2, annotations: 3, attributes: 1000 };
  expect(leftOf(parts).left).toBe(
    'Not read: 1 subsegment beyond the first 1,000; the content of 2 subsegments of level 33, the deepest that is read; ' +
      '3 subsegments without start_time; 1 subsegment whose end_time is before start_time; ' +
      '2 subsegments with an id of more than 16 characters; 3 annotations beyond the first 64; ' +
      '1,000 attributes beyond 64 of the span and of its resource. The rest of the document was.',
  );
  expect(leftOf({})).toEqual({});
});

const SEGMENT = { id: '5f8d1a23aa89bd66', trace_id: `1-643aca1d-02e095f7341508e00b9b6d2b`, start_time: 1 };

test('times of X-Ray are seconds up to 1e11, with microseconds', () => {
  const startOf = (start_time: unknown) => {
    const read = readSegment({ ...SEGMENT, start_time });
    return read.ok && read.records[0]?.kind === 'trace-segment' ? read.records[0].startNs : null;
  };
  expect(startOf(1_700_000_000.123456)).toBe(1_700_000_000_123_456_000n);
  expect(startOf('1700000000.5')).toBe(1_700_000_000_500_000_000n);
  expect(startOf(0.000_001)).toBe(1000n);
  expect(startOf(1e11)).toBe(100_000_000_000_000_000_000n);
  expect(startOf(1e11 + 1)).toBeNull();
});

test('a segment with nothing but its ids and its start; whether its trace exceeded the limit', () => {
  const record = {
    kind: 'trace-segment',
    traceId: '1-643aca1d-02e095f7341508e00b9b6d2b',
    id: '5f8d1a23aa89bd66',
    parentId: null,
    name: '',
    origin: null,
    startNs: 1_000_000_000n,
    endNs: null,
    requestId: null,
    resourceArn: null,
    httpStatus: null,
    outcome: null,
    annotations: {},
    subsegments: [],
    limitExceeded: null,
    notRead: null,
  };
  expect(readSegment(SEGMENT)).toEqual({ ok: true, records: [record] });
  expect(readSegmentOf(SEGMENT, true)).toEqual({ ok: true, records: [{ ...record, limitExceeded: true }] });
  const aws = { request_id: 'r', function_arn: 'a' };
  expect(readSegment({ ...SEGMENT, aws, in_progress: true, end_time: 2 })).toMatchObject({
    records: [{ requestId: 'r', resourceArn: 'a', outcome: null, endNs: 2_000_000_000n }],
  });
});

test('subsegments without ids are named by their parent and their place; they keep what is inside of those without a time', () => {
  const inner = { name: 'inner', start_time: 3 };
  const read = readSegment({
    ...SEGMENT,
    subsegments: [{ start_time: 2, subsegments: [inner, inner] }, { id: 'b', subsegments: [inner] }, [inner], null],
  });
  expect(read).toMatchObject({
    records: [
      {
        subsegments: [
          { id: '5f8d1a23aa89bd66.0', parentId: '5f8d1a23aa89bd66', name: '', namespace: null },
          { id: '5f8d1a23aa89bd66.0.1', parentId: '5f8d1a23aa89bd66.0', name: 'inner' },
          { id: '5f8d1a23aa89bd66.0.2', parentId: '5f8d1a23aa89bd66.0' },
          { parentId: 'b', name: 'inner' },
        ],
      },
    ],
    left: 'Not read: 3 subsegments without start_time. The rest of the document was.',
  });
});

test('subsegments beyond the first 1,000 are counted at each level, also what is no object', () => {
  const full = Array.from({ length: 999 }, () => ({ start_time: 2 }));
  const last = { id: 'last', start_time: 2, subsegments: [{ start_time: 3, subsegments: ['x'] }] };
  const read = readSegment({ ...SEGMENT, subsegments: [...full, last, 'y'] });
  // The two inside of the last one, and the text after it.
  const left = 'Not read: 3 subsegments beyond the first 1,000. The rest of the document was.';
  expect(read).toMatchObject({ left });
  expect(read.ok && read.records[0]?.kind === 'trace-segment' && read.records[0].subsegments.at(-1)?.id).toBe('last');
});
