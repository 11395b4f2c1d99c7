/** `kill -9` while alerts fire and are delivered, ten times: none is lost, and a repeated delivery keeps its id. */
import { expect, test } from 'vitest';
import { figure, pause } from '../support/drill.ts';
import { message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const CYCLES = Number(process.env['DRILL_CYCLES'] ?? 10);
const environment = { THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8', THERMOCLINE_OUTBOUND_HTTP: 'on' };
const auth = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };

async function ask(server: RunningServer, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: auth,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Sends one failed invocation of a new function. */
async function fail(server: RunningServer, functionName: string): Promise<void> {
  const requestId = crypto.randomUUID();
  const endMs = Date.now();
  const events = runLines(requestId, endMs, true);
  const data = record(message(events, { logGroup: `/aws/lambda/${functionName}`, logStream: 's' }));
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { ...auth, 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': requestId },
    body: JSON.stringify({ requestId, timestamp: endMs, records: [data] }),
  });
  if (response.status !== 200) throw new Error(`ingest: ${response.status}`);
}

async function setUp(server: RunningServer, url: string): Promise<void> {
  const { items } = (await ask(server, 'GET', '/api/v1/alerts/rules')) as { items: { id: string }[] };
  for (const { id } of items) await ask(server, 'DELETE', `/api/v1/alerts/rules/${id}`);
  await ask(server, 'PUT', '/api/v1/alerts/receivers/log', { id: 'log', name: 'log', url });
  await ask(server, 'PUT', '/api/v1/alerts/rules/errors', {
    id: 'errors',
    name: 'Errors',
    signal: { kind: 'metric', metric: 'errors', aggregation: 'sum' },
    threshold: 0,
    groupBy: ['function'],
    window: '1h',
    settle: '0s',
    evaluationInterval: '1s',
  });
  await ask(server, 'PUT', '/api/v1/alerts/routing', {
    routes: [{ receiver: 'log', groupBy: ['...'], groupWait: '0s', groupInterval: '1s' }],
  });
}

test(`${CYCLES} kills during delivery: no alert is lost, and a repeat has the same id`, async () => {
  const folder = temporaryFolder();
  const receiver = await startReceiver();
  // The receiver responds slowly, so that kills fall between sending and recording the delivery.
  receiver.answer = (response) => setTimeout(() => response.writeHead(200).end(), 60);
  const raised: string[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const server = await startServer(folder, environment);
    if (cycle === 0) await setUp(server, receiver.url);
    for (let n = 0; n < 4; n += 1) {
      const name = `f-${cycle}-${n}`;
      await fail(server, name);
      raised.push(name);
    }
    await pause(900 + ((cycle * 397) % 1400));
    await server.stop('SIGKILL');
  }
  const server = await startServer(folder, environment);
  const deliveredIds = (): Map<string, Set<string>> => {
    const found = new Map<string, Set<string>>();
    for (const { body, headers } of receiver.received) {
      const { type, data } = JSON.parse(body) as { type: string; data: { labels: { function: string } } };
      if (type !== 'alert.firing') continue;
      const ids = found.get(data.labels.function) ?? new Set<string>();
      found.set(data.labels.function, ids);
      ids.add(String(headers['webhook-id']));
    }
    return found;
  };
  await expect.poll(() => deliveredIds().size, { interval: 500 }).toBe(raised.length);
  const found = deliveredIds();
  const lost = raised.filter((name) => !found.has(name));
  const twice = [...found.values()].filter((ids) => ids.size > 1).length;
  const repeats = receiver.received.length - new Set(receiver.received.map((one) => one.headers['webhook-id'])).size;
  figure(
    'outbox under kill -9',
    `${CYCLES} kills, ${raised.length} alerts, ${lost.length} lost, ${twice} told under two ids, ${repeats} repeated under the same`,
  );
  expect(lost).toEqual([]);
  expect(twice).toBe(0);
  await server.stop();
  await receiver.close();
  removeFolder(folder);
});
