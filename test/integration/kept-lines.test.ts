/** Which lines a server keeps, by its setting, and whichever way they came. */
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import type { LogsAnswer } from '../../server/http/contract/logs.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventsOf, reportLine } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct, startServer, temporaryFolder } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const clock = { ms: AT };
let products: TestProduct[] = [];

afterEach(async () => {
  for (const product of products) {
    await product.close();
    removeFolder(product.folder);
  }
  products = [];
});

async function open(mode: string): Promise<TestProduct> {
  clock.ms = AT;
  const product = await startProduct({ now: () => clock.ms, environment: { THERMOCLINE_RAW_LINES: mode } });
  products.push(product);
  return product;
}

const searchPath = `/api/v1/logs?from=${AT - 60 * MINUTE}&to=${AT + 60 * MINUTE}&limit=200`;
const textsOf = ({ items }: LogsAnswer): readonly string[] => items.map((item) => item.message).toReversed();
const texts = async (product: TestProduct): Promise<readonly string[]> =>
  textsOf(await product.json<LogsAnswer>(searchPath));

const [GOOD, BAD] = [requestId(1), requestId(2)];
const LINES = [
  [AT, `START RequestId: ${GOOD} Version: $LATEST\n`],
  [AT + 10, 'all is well'],
  [AT + 50, reportLine(GOOD)],
  [AT + 10 * MINUTE, `START RequestId: ${BAD} Version: $LATEST\n`],
  [AT + 10 * MINUTE + 10, 'about to fail'],
  [AT + 10 * MINUTE + 50, reportLine(BAD, 'Status: timeout')],
] as const;
const PLATFORM = LINES.filter((_, at) => at % 3 !== 1).map(([, text]) => text);

test.each<[string, readonly string[]]>([
  ['all', LINES.map(([, text]) => text)],
  ['errors', LINES.map(([, text]) => text).filter((text) => text !== 'all is well')],
  ['platform', PLATFORM],
  ['off', []],
])('%s', async (mode, expected) => {
  const product = await open(mode);
  await send(product, [record(message(eventsOf(LINES), { logStream: STREAM }))]);
  // Every attempt has ended by then.
  clock.ms += 30 * MINUTE;
  while (await product.store.lines.pack());
  expect(await texts(product)).toEqual(expected);
  const page = await product.json<LogsAnswer>(searchPath);
  expect(page.kept).toEqual({ lines: mode, deleted: [] });
  const { attempts } = await product.json<{ attempts: { lines: { message: string }[] }[] }>(
    `/api/v1/invocations/${BAD}`,
  );
  const ofAttempt = LINES.slice(3).map(([, text]) => text);
  expect(attempts[0]?.lines.map((line) => line.message)).toEqual(ofAttempt.filter((text) => expected.includes(text)));
  // Counts of invocations are the same.
  const { items } = await product.json<{ items: { invocations: number }[] }>(
    `/api/v1/functions?from=${AT - 60 * MINUTE}&to=${AT + 60 * MINUTE}`,
  );
  expect(items.map(({ invocations }) => invocations)).toEqual([2]);
});

test.each([
  ['platform', PLATFORM],
  ['off', []],
] as const)('%s in a server of its own', async (mode, expected) => {
  const folder = temporaryFolder();
  const server = await startServer(folder, { THERMOCLINE_RAW_LINES: mode });
  try {
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
    const body = JSON.stringify(message(eventsOf(LINES), { logStream: STREAM }));
    const sent = await fetch(`${server.url}/ingest/logs`, { method: 'POST', headers, body });
    expect(await sent.json()).toMatchObject({ rejected: 0 });
    const found = (await (await fetch(`${server.url}${searchPath}`, { headers })).json()) as LogsAnswer;
    expect(textsOf(found)).toEqual(expected);
    expect(found.kept.lines).toBe(mode);
  } finally {
    await server.stop();
    removeFolder(folder);
  }
});

test('a stack that a shipper divided into events of one time keeps its order, once, and equal lines are several', async () => {
  const product = await open('all');
  const stack = ['Error: no order', '    at load (a.js:1:1)', '    at load (a.js:1:1)', '    at main (b.js:2:2)'];
  const body = stack.map((text) => JSON.stringify({ timestamp: AT, message: text })).join('\n');
  const deliver = () =>
    product.json(`/ingest/logs?function=shipped&logStream=${encodeURIComponent(STREAM)}`, { method: 'POST', body });
  await deliver();
  await deliver();
  const before = await texts(product);
  expect(before.toSorted()).toEqual(stack.toSorted());
  clock.ms += 5 * MINUTE;
  while (await product.store.lines.pack());
  await deliver();
  expect(await texts(product)).toEqual(before);
});

test('a line of a dead letter is kept as it was received, and once after a replay', async () => {
  const product = await open('all');
  const line = reportLine(GOOD).trimEnd();
  const joined = `${line}\n${line}`;
  await send(product, [
    record(
      message(
        eventsOf([
          [AT, 'beside'],
          [AT + 1, joined],
        ]),
        { logStream: STREAM },
      ),
    ),
  ]);
  const { items } = await product.json<{ items: { id: number; reason: string }[] }>('/api/v1/rejects');
  const [letter] = items;
  expect(letter?.reason).toBe('several-lines');
  expect(await texts(product)).toEqual(['beside', joined]);
  // A later version reads it.
  const db = new Database(`${product.folder}/telemetry.db`);
  db.prepare('UPDATE reject SET payload = CAST(replace(payload, ?, ?) AS BLOB) WHERE id = ?').run(
    JSON.stringify(joined),
    JSON.stringify(`${line} `),
    letter?.id,
  );
  db.close();
  const replay = () => product.json<object>(`/api/v1/rejects/${letter?.id}/replay`, { method: 'POST' });
  expect(await replay()).toMatchObject({ stillRejected: false, outcome: { accepted: 1 } });
  expect(await texts(product)).toEqual(['beside', joined]);
  clock.ms += 5 * MINUTE;
  while (await product.store.lines.pack());
  expect(await texts(product)).toEqual(['beside', joined]);
  const { attempts } = await product.json<{ attempts: { lines: { message: string }[] }[] }>(
    `/api/v1/invocations/${GOOD}`,
  );
  // The attempt took 50 ms, and the other line was written in these.
  expect(attempts.map(({ lines }) => lines.map((one) => one.message))).toEqual([['beside', joined]]);
});
