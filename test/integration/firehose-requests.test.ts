/** Edge cases of Firehose requests and Lambda events: attributes, identity, times and repeated deliveries. */
import { expect, test } from 'vitest';
import { b64, gz, invocation, message, record, requestId, send as sendTo } from '../support/firehose.ts';
import { useFirehoseProduct } from '../support/firehose-product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const firehose = useFirehoseProduct({ separate: true });
const { expectRows, reasons, send, sendLambdaEvent, status, stored } = firehose;

test('two keys are valid at once for rotation; a revoked one is rejected', async () => {
  const create = () =>
    firehose.product.json<{ token: string; id: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"k","scope":"ingest"}',
    });
  const [one, two] = [await create(), await create()];
  for (const { token } of [one, two]) expect((await send([], { key: token })).status).toBe(200);
  await firehose.product.fetch(`/api/v1/tokens/${one.id}`, { method: 'DELETE' });
  expect((await send([], { key: one.token })).status).toBe(401);
  expect((await send([], { key: two.token })).status).toBe(200);
});

test.each(['firehose', 'lambda', 'pull', 'traces/missed'])(
  'a query parameter of /ingest/%s is refused',
  async (path) => {
    const post = (query: string, authorization?: string) =>
      firehose.product.fetch(`/ingest/${path}${query}`, {
        ...{ method: 'POST', body: '{"requestId":"r","timestamp":1,"records":[]}' },
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
    const answer = await post('?function=checkout&region=x');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errorMessage: 'function: unknown query parameter' });
    // Without a key nothing is said about the request.
    expect((await post('?function=checkout', 'Bearer unknown')).status).toBe(401);
    expect(await (await post('')).text()).not.toContain('query parameter');
  },
);

test('unreadable common attributes do not reject the data', async () => {
  const headers = ['malformed', '{}', '{"commonAttributes":null}', '{"commonAttributes":{"n":1}}', '[]', 'null'];
  for (const value of headers) {
    expect((await send([], { headers: { 'x-amz-firehose-common-attributes': value } })).status).toBe(200);
  }
  expect(await (await firehose.product.app.request('/metrics')).text()).toMatch(
    /thermocline_ignored_common_attributes_total 5/,
  );
});

test('common attributes are stored with the rows', async () => {
  await send([record(message(invocation(1)))], {
    headers: { 'x-amz-firehose-common-attributes': '{"commonAttributes":{"environment":"testing"}}' },
  });
  expect((await stored())[0]?.['attributes']).toEqual({ environment: 'testing' });
});

test('hostile attribute names are sanitised', async () => {
  const header = '{"commonAttributes":{"__proto__":"x","0mylabel":"y","":"z","a b":"w","constructor":"c"}}';
  await send([record(message(invocation(1)))], { headers: { 'x-amz-firehose-common-attributes': header } });
  expect((await stored())[0]?.['attributes']).toEqual({ _0mylabel: 'y', a_b: 'w', constructor: 'c' });
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('the same events in another request, record or compression are stored once', async () => {
  const records = [record(message(invocation(1)))];
  await send(records, { id: 'same' });
  await send(records, { id: 'same' });
  await send(records, { id: 'another' });
  const [start, report] = invocation(1);
  await send([
    record(
      message([
        { ...start, id: '7'.padEnd(56, '0') },
        { ...report, id: '8'.padEnd(56, '0') },
      ]),
    ),
  ]);
  await expectRows(1);
  expect(await status()).toMatchObject({ accepted: 2, duplicates: 6 });
});

test('the same event in two groups is stored twice, through two filters once', async () => {
  await send([
    record(message(invocation(1))),
    record(message(invocation(1), { subscriptionFilters: ['g'] })),
    record(message(invocation(1), { logGroup: '/aws/lambda/other' })),
  ]);
  expect((await stored()).map((row) => row.function.name).toSorted()).toEqual(['edge', 'other']);
});

test('events without ids are stored once', async () => {
  const events = invocation(1).map(({ id: _, ...event }) => event);
  await send([record(message(events)), record(message(events.map((event) => ({ ...event, id: '' }))))]);
  await expectRows(1);
});

test('equal lines with different ids are both kept as lines', async () => {
  const all = await startProduct({ environment: { THERMOCLINE_RAW_LINES: 'all' } });
  const [start, report] = invocation(1);
  const line = { timestamp: Date.UTC(2026, 10, 20, 10, 0, 1, 20), message: 'same text\n' };
  await sendTo(all, [
    record(
      message([start ?? {}, { ...line, id: '2'.padEnd(56, '1') }, { ...line, id: '2'.padEnd(56, '2') }, report ?? {}]),
    ),
  ]);
  const answer = await all.json<{ attempts: { lines: { message: string }[] }[] }>(
    `/api/v1/invocations/${requestId(1)}`,
  );
  expect(answer.attempts[0]?.lines.filter((entry) => entry.message === 'same text\n').length).toBe(2);
  await all.close();
  removeFolder(all.folder);
});

test('impossible times become dead letters, never filed under another time; a repeated delivery stays a duplicate', async () => {
  const times = [0, -5, 1.5, '1790000000000', 'x', null, 253402300799000, 9e15];
  const messages = times.map((timestamp, n) => message([{ ...(invocation(n + 1)[1] ?? {}), timestamp }]));
  expect((await send(messages.map(record))).status).toBe(200);
  await send(messages.map(record));
  expect(await status()).toMatchObject({ accepted: 1, duplicates: 1, rejected: 14, clampedTimestamps: 0 });
  expect(new Set(await reasons())).toEqual(new Set(['timestamp-impossible']));
  const raw = JSON.stringify({ requestId: 'no-time', records: [record(message(invocation(50)))] });
  expect((await send(null, { id: 'no-time', raw })).status).toBe(200);
});

test('times in seconds, microseconds and nanoseconds are converted and counted', async () => {
  const atMs = Date.UTC(2026, 10, 20, 10);
  const times = [atMs / 1000, atMs * 1000, `${atMs}000000`];
  const messages = times.map((timestamp, n) => message([{ ...(invocation(n + 1)[1] ?? {}), timestamp }]));
  expect((await send(messages.map(record))).status).toBe(200);
  expect(await status()).toMatchObject({ accepted: 3, rejected: 0, clampedTimestamps: 3 });
  expect((await stored()).map(({ endedAt }) => endedAt)).toEqual(Array(3).fill('2026-11-20T10:00:00.000Z'));
});

test('extracted fields set account and region of each event', async () => {
  const [start, report] = invocation(1);
  const fields = { '@aws.account': '999888777666', '@aws.region': 'us-west-2' };
  await send(
    [
      record(
        message([{ ...start, extractedFields: fields }, { ...report, extractedFields: fields }, ...invocation(2)]),
      ),
    ],
    {
      headers: { 'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/s' },
    },
  );
  const rows = await stored();
  expect(rows.map((row) => `${row.function.account} ${row.function.region}`).toSorted()).toEqual([
    '111122223333 eu-west-1',
    '999888777666 us-west-2',
  ]);
});

test('if the store cannot write, the response is 503 and the retry stores everything', async () => {
  const Database = (await import('better-sqlite3')).default;
  const blocker = new Database(`${firehose.product.folder}/telemetry.db`);
  blocker.exec('BEGIN IMMEDIATE');
  const records = [record(message(invocation(1)))];
  const refused = await send(records, { id: 'again' });
  expect(refused.status).toBe(503);
  blocker.exec('ROLLBACK');
  blocker.close();
  await expectRows(0);
  expect((await send(records, { id: 'again' })).status).toBe(200);
  await expectRows(1);
});

test('records that are not subscription messages', async () => {
  const texts = [
    'hola esto es una prueba',
    '{"metric_stream_name":"s","value":1}',
    '{"CHANGE":-0.23,"PRICE":4.8}',
    '\u0000\u0001protobuf',
    String(invocation(1)[1]?.message),
  ];
  expect((await send(texts.map((text) => ({ data: b64(text) })))).status).toBe(200);
  const found = await reasons();
  expect(found.filter((reason) => reason === 'not-a-subscription-message').length).toBe(3);
  expect(found).toContain('metric-without-name');
  expect(found).toContain('message-extraction-enabled');
  const { items } = await firehose.product.json<{ items: { reason: string; detail: string }[] }>('/api/v1/rejects');
  expect(items.find((item) => item.reason === 'message-extraction-enabled')?.detail).toMatch(
    /turn off message extraction/,
  );
});

test('spans are stored, other groups are ignored', async () => {
  const other = [
    { id: '1', timestamp: Date.UTC(2026, 10, 20), message: '{"traceId":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"}' },
  ];
  const spans = [
    {
      ...other[0],
      message: `{"traceId":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6","spanId":"1a2b3c4d5e6f7a8b","startTimeUnixNano":1791300000000000000}`,
    },
  ];
  await send(
    ['aws/spans', '/aws/vendedlogs/x', '/ecs/app'].map((logGroup) =>
      record(message(logGroup === 'aws/spans' ? spans : other, { logGroup, logStream: 's' })),
    ),
  );
  expect(await status()).toMatchObject({ accepted: 1, ignored: 2, rejected: 0 });
  const { items } = await firehose.product.json<{ items: { name: string }[] }>('/api/v1/functions?from=now-399d');
  expect(items.map(({ name }) => name)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/spans|vended|app/)]),
  );
});

test('data compressed twice is read, three times becomes a dead letter', async () => {
  expect(
    (await send([{ data: b64(gz(gz(message(invocation(1))))) }, { data: b64(gz(gz(gz(message(invocation(2)))))) }]))
      .status,
  ).toBe(200);
  await expectRows(1);
  expect(await reasons()).toEqual(['gzip-nested-too-deep']);
});

test('a custom group: the stream names the function', async () => {
  await send([
    record(
      message(invocation(1), {
        logGroup: '/shared/logs',
        logStream: '2026/11/06/fn-name[$LATEST]13e304cba4b9446eb7ef082a00038990',
      }),
    ),
  ]);
  expect((await stored())[0]?.function.name).toBe('fn-name');
});

test('a Lambda destination event, and a decoded message', async () => {
  const response = await sendLambdaEvent(JSON.stringify({ awslogs: { data: b64(gz(message(invocation(1)))) } }));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ accepted: 2, duplicates: 0, ignored: 0, rejected: 0 });
  expect((await sendLambdaEvent(JSON.stringify(message(invocation(2))))).status).toBe(200);
  await expectRows(2);
});

test('base64 without gzip', async () => {
  const response = await sendLambdaEvent(
    JSON.stringify({ awslogs: { data: b64(JSON.stringify(message(invocation(1)))) } }),
  );
  expect(response.status).toBe(200);
  await expectRows(1);
});

test('a hundred copies at once are stored once', async () => {
  const records = [record(message(invocation(1)))];
  const answers = await Promise.all(Array.from({ length: 100 }, () => send(records, { id: 'parallel' })));
  expect(answers.every((answer) => answer.status === 200)).toBe(true);
  await expectRows(1);
});

test('hostile JSON structure harms neither the process nor the good records', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const many = `[${'{},'.repeat(3_000_000)}{}]`;
  expect((await send([{ data: b64(gz(deep)) }, { data: b64(gz(many)) }, record(message(invocation(1)))])).status).toBe(
    200,
  );
  await expectRows(1);
  expect((await send(null, { raw: many })).status).toBe(400);
  expect((await send([record(message(invocation(2)))])).status).toBe(200);
});

test('a function named only by a custom log group with slashes can be queried', async () => {
  await send([record(message(invocation(1), { logGroup: '/shared/team/logs', logStream: 'any stream' }))]);
  const [row] = await stored();
  const { items } = await firehose.product.json<{ items: { id: string; name: string; warnings: string[] }[] }>(
    '/api/v1/functions?from=now-399d',
  );
  const found = items.find(({ name }) => name === row?.function.name);
  expect(found?.warnings).toContain('function-name-unknown');
  const response = await firehose.product.fetch(
    `/api/v1/functions/${encodeURIComponent(found?.id ?? '')}?from=now-399d`,
  );
  expect(response.status).toBe(200);
});
