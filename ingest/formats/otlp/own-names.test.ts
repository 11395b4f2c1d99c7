/** Requests of OTLP in JSON whose objects have names of their own are read as without those names. */
import { expect, test } from 'vitest';
import { logsRequest, tracesRequest } from '../../../test/support/otlp.ts';
import { readOtlp } from './request.ts';

const START = 1_795_000_000_000_000_001n;
const spans = Array.from({ length: 1200 }, (_, at) => ({
  traceId: '6b0a12ad000000000000000000000005',
  spanId: at.toString(16).padStart(16, 'f'),
  name: `span ${at}`,
  kind: 2,
  startNs: START,
  endNs: START + 5n,
  attributes: { retries: at, 'faas.invocation_id': `r${at}`, tags: ['a', 'b'] },
}));
const logs = Array.from({ length: 1200 }, (_, at) => ({
  timeNs: START + BigInt(at) * 1_000_000n,
  body: `line ${at}`,
  attributes: { order: at },
}));

/** The same with a member before the first of each span or record, whose name no other has; and numbers beyond 2^53. */
function withOwnNames(json: Buffer, first: string): Buffer {
  let n = 0;
  return Buffer.from(
    json.toString().replaceAll(`{"${first}"`, () => {
      n += 1;
      return `{"own${n}": {"big":12345678901234567890,"x":[]},"${first}"`;
    }),
  );
}

test('spans', () => {
  const { json } = tracesRequest({ 'faas.name': 'f' }, ...spans);
  const own = withOwnNames(json, 'traceId');
  expect(own.length).toBeGreaterThan(json.length + 1200 * 40);
  const read = readOtlp(own, 'traces', 'json');
  expect(read).toEqual(readOtlp(json, 'traces', 'json'));
  expect(read).toMatchObject({ ok: true, upload: { unreadable: [] } });
});

test('log records', () => {
  const { json } = logsRequest({ 'faas.name': 'f' }, ...logs);
  const own = withOwnNames(json, 'timeUnixNano');
  expect(own.length).toBeGreaterThan(json.length + 1200 * 40);
  expect(readOtlp(own, 'logs', 'json')).toEqual(readOtlp(json, 'logs', 'json'));
});

test('a span without an id is kept whole, as JSON has it', () => {
  const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[${Array.from({ length: 1200 }, (_, at) => `{ "a${at}" : 1.0, "b":"\\u0041" }`).join(',')}]}]}]}`;
  const read = readOtlp(Buffer.from(json), 'traces', 'json');
  expect(read.ok && read.upload.unreadable[1199]).toEqual({ reason: 'span-without-id', text: '{"a1199":1,"b":"A"}' });
});
