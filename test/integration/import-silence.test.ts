/** What an import of old data does to the built-in alerts, and previews and receivers of rules through the API. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { callAlerts, OUTBOUND } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const T0_MS = Date.UTC(2026, 10, 21, 12);
let nowMs = T0_MS;
let folder = '';
let product: TestProduct;
let receiver: ReceiverDouble;

beforeEach(async () => {
  nowMs = T0_MS;
  folder = memoryFolder();
  receiver = await startReceiver();
  product = await startProduct({ folder, now: () => nowMs, environment: OUTBOUND });
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(folder);
});

async function pass(minutes: number): Promise<void> {
  for (let at = 0; at < minutes; at += 1) {
    nowMs += MINUTE_MS;
    await product.alerts.round();
    await product.alerts.idle();
  }
}

const firing = () =>
  product.alerts.instances().flatMap(({ state, alert }) => (state.phase === 'firing' ? [alert.ruleId] : []));

let serial = 0;

function run(endMs: number, isFailed = false) {
  serial += 1;
  return runLines(`a1e47500-0000-4000-8000-${String(serial).padStart(12, '0')}`, endMs, isFailed);
}

test('an import of old data never raises “No lines arrive”; a stream that stops does', async () => {
  const text = Array.from({ length: 20 }, (_, at) => run(T0_MS - 48 * HOUR_MS + at * MINUTE_MS))
    .flat()
    .map((line) => `${new Date(line.timestamp).toISOString()} ${line.message.trimEnd()}\n`)
    .join('');
  const headers = { 'x-thermocline-source': 'import', 'x-thermocline-import': 'old-data-1' };
  const answer = await product.fetch('/ingest/logs?function=checkout', { method: 'POST', headers, body: text });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ rejected: 0 })]);
  await pass(30);
  expect(firing()).not.toContain('ingest-silent');
  await send(product, [record(message(run(nowMs), { logGroup: '/aws/lambda/checkout', logStream: 's' }))]);
  await pass(14);
  expect(firing()).not.toContain('ingest-silent');
  await pass(4);
  expect(firing()).toContain('ingest-silent');
});

const rule = {
  id: 'errors',
  name: 'Errors of prod',
  signal: { kind: 'metric', metric: 'errors', aggregation: 'sum' },
  threshold: 0,
  functions: ['prod-*'],
  groupBy: ['function'],
  settle: '0s',
};

test('a rule reaches its own receiver without a route, for the functions that it names alone', async () => {
  await callAlerts(product, 'PUT', 'receivers/chat', { id: 'chat', name: 'Chat', url: receiver.url });
  await callAlerts(product, 'PUT', 'rules/errors', { ...rule, receivers: ['chat'] });
  for (const name of ['prod-a', 'prod-b', 'dev-a'])
    await send(product, [record(message(run(nowMs, true), { logGroup: `/aws/lambda/${name}`, logStream: name }))]);
  const preview = await callAlerts<{
    matches: { total: number; functions: string[] };
    fired: { labels: Record<string, string> }[];
    notices: { code: string }[];
  }>(product, 'POST', 'rules/preview', { rule, days: 0.1 });
  expect(preview.matches.functions.map((id) => id.split(':').at(-1))).toEqual(['prod-a', 'prod-b']);
  expect(preview.notices.map(({ code }) => code)).toEqual(['short-history']);
  await pass(3);
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.labels.function)).toEqual(['prod-a']);
  expect(JSON.parse(receiver.received[0]?.body ?? '{}').data.others).toMatchObject([
    { labels: { function: 'prod-b' } },
  ]);
  // It cannot be deleted while the rule names it, and a rule cannot name one that does not exist.
  const refused = await product.fetch('/api/v1/alerts/receivers/chat', { method: 'DELETE' });
  expect([refused.status, (await refused.json()).detail]).toEqual([409, expect.stringContaining('Errors of prod')]);
  const unknown = await product.fetch('/api/v1/alerts/rules/errors', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...rule, receivers: ['gone'] }),
  });
  expect([unknown.status, (await unknown.json()).errors]).toEqual([
    400,
    [{ field: 'receivers.0', message: 'unknown receiver gone' }],
  ]);
});

test('who would be notified of an alert, by the stored routes and by others', async () => {
  await callAlerts(product, 'PUT', 'receivers/chat', { id: 'chat', name: 'Chat', url: receiver.url });
  const labels = { alertname: 'A', severity: 'critical' };
  expect(await callAlerts(product, 'POST', 'routing/preview', { labels })).toEqual({ matched: [] });
  const routes = [{ receiver: 'chat', matchers: [{ name: 'severity', value: 'critical' }] }];
  expect(await callAlerts(product, 'POST', 'routing/preview', { labels, routes })).toEqual({
    matched: [{ route: 0, receiver: 'chat' }],
  });
});
