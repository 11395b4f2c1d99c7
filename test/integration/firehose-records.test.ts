/** Edge cases of Firehose records and bodies, through the app and a real SQLite file. */
import { expect, test } from 'vitest';
import { b64, gz, invocation, message, record, requestId, send as sendTo } from '../support/firehose.ts';
import { useFirehoseProduct } from '../support/firehose-product.ts';
import { leastGrowth } from '../support/memory.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const firehose = useFirehoseProduct({ separate: true });
const { expectRows, reasons, send, status, stored } = firehose;

const CONTROL = {
  messageType: 'CONTROL_MESSAGE',
  owner: 'CloudwatchLogs',
  logGroup: '',
  logStream: '',
  subscriptionFilters: [],
  logEvents: [
    { id: '', timestamp: 1684423980083, message: 'CWL CONTROL MESSAGE: Checking health of destination Firehose.' },
  ],
};

test('one gzip record, two events', async () => {
  expect((await send([record(message(invocation(1)))])).status).toBe(200);
  const [row] = await stored();
  expect(row).toMatchObject({
    requestId: requestId(1),
    status: 'success',
    startedAt: '2026-11-20T10:00:01.000Z',
    endedAt: '2026-11-20T10:00:01.050Z',
  });
  expect(await status()).toMatchObject({ accepted: 2, duplicates: 0 });
});

test('the body itself gzipped', async () => {
  const raw = gz({ requestId: 'r', timestamp: 1, records: [record(message(invocation(1)))] });
  expect(
    (await send(null, { id: 'r', raw: new Uint8Array(raw), headers: { 'content-encoding': 'gzip' } })).status,
  ).toBe(200);
  await expectRows(1);
});

test('a record that is not gzipped', async () => {
  expect((await send([{ data: b64(JSON.stringify(message(invocation(1)))) }])).status).toBe(200);
  await expectRows(1);
});

test('gzip, plain and control records together', async () => {
  const plain = { data: b64(JSON.stringify(message(invocation(2)))) };
  expect((await send([record(message(invocation(1))), plain, record(CONTROL)])).status).toBe(200);
  await expectRows(2);
});

test('control messages only: no rows, counted as a heartbeat', async () => {
  expect((await send([record(CONTROL)])).status).toBe(200);
  await expectRows(0);
  expect(await status()).toMatchObject({ accepted: 0, rejected: 0, controlMessages: 1 });
});

test('an unknown message type', async () => {
  expect((await send([record({ messageType: 'INVALID' })])).status).toBe(200);
  expect(await reasons()).toEqual(['unknown-message-type']);
});

test('owner, group or stream missing', async () => {
  const records = ['owner', 'logGroup', 'logStream'].map((field) => record(message(invocation(1), { [field]: '' })));
  expect((await send(records)).status).toBe(200);
  expect((await reasons()).toSorted()).toEqual(['log-group-missing', 'log-stream-missing', 'owner-missing']);
});

test.each([
  ['padding inside', 'XXXXXaGVsbG8='],
  ['a bad character', 'H4sIAAAAAAAC/ytJLS4BAAxGw7gNAAA&'],
  [
    'the url alphabet',
    b64(gz(message(invocation(3))))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/^..../, '-_-_'),
  ],
  ['no padding', 'aGVsbG8'],
  ['a line break', 'aGVs\nbG8='],
])('%s: becomes a dead letter, others are stored', async (_name, data) => {
  expect((await send([{ data }, record(message(invocation(1)))])).status).toBe(200);
  expect(await reasons()).toEqual(['record-not-base64']);
  await expectRows(1);
});

test('truncated gzip beside a control message', async () => {
  const cut = gz(message(invocation(1))).subarray(0, 49);
  expect((await send([{ data: b64(cut) }, record(CONTROL)])).status).toBe(200);
  expect(await reasons()).toEqual(['gzip-truncated']);
  expect((await status()).controlMessages).toBe(1);
});

test.each([
  ['an empty record', [{ data: '' }]],
  ['no records', []],
  ['gzip of nothing', [{ data: b64(gz('')) }]],
])('%s', async (_name, records) => {
  expect((await send(records)).status).toBe(200);
  expect(await status()).toMatchObject({ accepted: 0, rejected: 0 });
});

test.each([
  ['missing', undefined],
  ['a string', 'x'],
  ['null', null],
  ['an object', {}],
])('records %s', async (_name, records) => {
  expect((await send(records)).status).toBe(400);
});

test('a record whose data is not a string becomes a dead letter', async () => {
  expect((await send([{ data: 5 }, { data: null }, { data: {} }, {}, 7, record(message(invocation(1)))])).status).toBe(
    200,
  );
  expect(new Set(await reasons())).toEqual(new Set(['record-without-data']));
  await expectRows(1);
});

test('two gzip members', async () => {
  const data = b64(Buffer.concat([gz(message(invocation(1))), gz(message(invocation(2)))]));
  expect((await send([{ data }])).status).toBe(200);
  await expectRows(2);
});

test('documents one after another, with newlines, pretty-printed', async () => {
  const [one, two, three, four] = [1, 2, 3, 4].map((n) => message(invocation(n)));
  const records = [
    gz(JSON.stringify(one) + JSON.stringify(two)),
    gz(`${JSON.stringify(three, null, 2)}\n${JSON.stringify(four, null, 2)}\n`),
  ];
  expect((await send(records.map((bytes) => ({ data: b64(bytes) })))).status).toBe(200);
  await expectRows(4);
});

test('undecodable text between documents', async () => {
  const text = `${JSON.stringify(message(invocation(1)))}\nrubbish {"a":\n${JSON.stringify(message(invocation(2)))}`;
  expect((await send([{ data: b64(gz(text)) }])).status).toBe(200);
  await expectRows(2);
  expect(await reasons()).toEqual(['not-a-subscription-message']);
});

test('undecodable text only', async () => {
  expect((await send([{ data: b64(gz('one\ntwo\n')) }])).status).toBe(200);
  await expectRows(0);
  expect((await reasons()).length).toBe(2);
});

test('a large undecodable record is kept unchanged and can be downloaded', async () => {
  await send([{ data: b64(gz('not what we wanted '.padEnd(200_000, 'x'))) }]);
  const { items } = await firehose.product.json<{ items: { preview: string; sizeBytes: number }[] }>(
    '/api/v1/rejects?limit=1',
  );
  expect(items[0]?.preview).toMatch(/^not what we wanted/);
  expect(items[0]?.sizeBytes).toBeLessThan(2000);
});

test('invalid UTF-8, lone surrogates, NUL and emoji in a message', async () => {
  const [start, report] = invocation(1);
  const text = JSON.stringify(
    message([start ?? {}, { ...invocation(9)[0], message: 'app \ud800 \u0000 🔥' }, report ?? {}]),
  );
  const bytes = Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([])]);
  const broken = Buffer.from(`${bytes.toString()}${text.slice(-2)}`.replace('app ', 'app \u00ff'), 'latin1');
  expect((await send([{ data: b64(gz(broken)) }])).status).toBe(200);
  await expectRows(1);
});

test('long messages are stored whole', async () => {
  const long = {
    id: '5'.padEnd(56, '0'),
    timestamp: Date.UTC(2026, 10, 20, 10, 0, 1, 10),
    message: `${requestId(1)} ${'x'.repeat(1_048_000)}`,
  };
  const all = await startProduct({ environment: { THERMOCLINE_RAW_LINES: 'all' } });
  const [start, report] = invocation(1);
  expect((await sendTo(all, [record(message([start ?? {}, long, report ?? {}]))])).status).toBe(200);
  const answer = await all.json<{ attempts: { lines: { message: string }[] }[] }>(
    `/api/v1/invocations/${requestId(1)}`,
  );
  expect(answer.attempts[0]?.lines.map((line) => line.message.length)).toEqual([
    String(start?.message).length,
    long.message.length,
    String(report?.message).length,
  ]);
  await all.close();
  removeFolder(all.folder);
});

test('a gzip bomb in a record becomes a dead letter within bounded memory', async () => {
  const bomb = gz(Buffer.alloc(512 * 1_048_576));
  const most = 400 * 1_048_576;
  const grown = await leastGrowth(process.memoryUsage.rss, most, async () => {
    expect((await send([{ data: b64(bomb) }, record(message(invocation(1)))])).status).toBe(200);
  });
  expect(await reasons()).toEqual(['gzip-too-large']);
  await expectRows(1);
  expect(grown).toBeLessThan(most);
});

test('a gzip bomb as the body: 400, not 413', async () => {
  const bomb = new Uint8Array(gz(Buffer.alloc(300 * 1_048_576)));
  expect((await send(null, { raw: bomb, headers: { 'content-encoding': 'gzip' } })).status).toBe(400);
});

test('ten thousand records of a 64 MiB buffer', async () => {
  const filler = 'y'.repeat(4600);
  // A month earlier than what other tests send, who look at the newest 500 invocations.
  const earlier = (n: number) => invocation(n + 1, Date.UTC(2026, 9, 20, 10, 0, n));
  const records = Array.from({ length: 10_000 }, (_, n) => ({
    data: b64(
      JSON.stringify(message([...earlier(n), { id: '', timestamp: 1, message: filler + filler.slice(0, 900) }])),
    ),
  }));
  const answer = await send(records);
  expect(answer.status).toBe(200);
  expect((await status()).accepted).toBe(20_000);
});

test('a body over the size limit: 400, never 413', async () => {
  expect((await send(null, { raw: new Uint8Array(97 * 1_048_576).fill(32) })).status).toBe(400);
  expect((await send(null, { raw: '{}', headers: { 'content-length': String(1024 ** 3) } })).status).toBe(400);
});
