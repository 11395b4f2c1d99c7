/** Requests of Firehose. Form and answers: "Understand HTTP endpoint delivery request and response specifications" of its guide. */
import { expect, test } from 'vitest';
import { readFirehose } from './firehose.ts';

const read = (body: unknown, requestId = 'id-1') =>
  readFirehose(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), { requestId });
const BODY = { requestId: 'id-1', timestamp: 1_700_000_000_000, records: [{ data: 'YQ==' }, { data: 'Yg==' }] };

test('the data of each record', () => {
  for (const body of [
    BODY,
    { records: BODY.records, requestId: 'id-1' },
    JSON.stringify(BODY, null, 2),
    JSON.stringify(BODY).replace('"YQ=="', '"YQ\\u003d="'),
  ]) {
    const found = read(body);
    if (!found.ok) throw new Error(found.message);
    expect(found.envelope.requestId).toBe('id-1');
    expect([...found.envelope.records]).toEqual(['YQ==', 'Yg==']);
  }
});

test.each([
  ['records', '{"requestId":"id-1","records":[{"data":"YQ=="}],"records":[]}'],
  ['data', '{"requestId":"id-1","timestamp":1,"records":[{"data":"YQ==","data":"Yg=="}]}'],
  ['request ids', '{"requestId":"id-2","requestId":"id-1","records":[]}'],
])('two %s are refused: one would not be read', (_, body) => {
  expect(read(body)).toMatchObject({
    ok: false,
    requestId: 'id-1',
    message: 'body: an object states a member twice, with different values, of which only one would be read',
  });
});

test('a record without data is null among the others', () => {
  const found = read({ ...BODY, records: [null, 'YQ==', {}, { data: 5 }, { data: 'YQ==' }] });
  if (!found.ok) throw new Error(found.message);
  expect([...found.envelope.records]).toEqual([null, null, null, null, 'YQ==']);
});

test.each([
  ['not JSON', '{', 'body: not valid JSON'],
  ['a list', '[1]', 'body: expected a JSON object'],
  ['text', '"x"', 'body: expected a JSON object'],
  ['no id', { records: [] }, 'requestId: expected a non-empty string in the body'],
  ['another id', { ...BODY, requestId: 'id-2' }, 'requestId: the body and X-Amz-Firehose-Request-Id differ'],
  ['no records', { requestId: 'id-1' }, 'records: expected an array'],
  ['records that are no list', { requestId: 'id-1', records: {} }, 'records: expected an array'],
  [
    'lists of lists',
    `{"requestId":"id-1","records":${'['.repeat(101)}`,
    'body: more than 100 opening brackets; expected {"requestId","timestamp","records":[…]}',
  ],
])('%s is refused, and the answer repeats the id of the header', (_, body, message) => {
  expect(read(body)).toEqual({ ok: false, requestId: 'id-1', message });
});

test('a hundred brackets are read, as far as the envelope is one', () => {
  const nested = (n: number) => `{"requestId":"id-1","other":${'['.repeat(n - 1)}${']'.repeat(n - 1)},"records":[]}`;
  expect(read(nested(100))).toMatchObject({ ok: true });
  expect(read(nested(101))).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^body: more than 100 opening/),
  });
});

test('without the header, the answer repeats the id of the body', () => {
  expect(read(BODY, '')).toEqual({
    ok: false,
    requestId: 'id-1',
    message: 'X-Amz-Firehose-Request-Id: header missing',
  });
});

test('at most 10,000 records', () => {
  const of = (n: number, record: unknown) => ({ ...BODY, records: Array.from({ length: n }, () => record) });
  expect(read(of(10_000, { data: '' })).ok).toBe(true);
  expect(read(of(10_001, { data: '' }))).toMatchObject({ ok: false, limit: 'too-many-records' });
  expect(read(of(10_200, { data: '' }))).toMatchObject({
    ok: false,
    limit: 'too-many-records',
    message: 'body: more than 10,100 opening braces, one for each record; at most 10,000 records are read',
  });
  expect(read(of(10_001, null))).toMatchObject({
    ok: false,
    limit: 'too-many-records',
    message: 'records: 10,001; at most 10,000 are read',
  });
});
