/** Signing secrets and headers of receivers: rotation, verification, and never returned. */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const HOUR = 3_600_000;
let nowMs = Date.UTC(2026, 10, 21, 12);
let product: TestProduct;
let receiver: ReceiverDouble;

beforeEach(async () => {
  receiver = await startReceiver();
  product = await startProduct({ now: () => nowMs, environment: OUTBOUND });
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(product.folder);
});

const call = <T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> =>
  callAlerts<T>(product, method, path, body);
const addReceiver = (id: string, url: string, more: object = {}) => putReceiver(product, id, url, more);

test('rotation signs with both secrets for a day; old or modified requests fail verification', async () => {
  const { secret: old } = await addReceiver('pager', receiver.url);
  const { secret: fresh } = await call<{ secret: string }>('POST', 'receivers/pager/rotate-secret');
  expect(fresh).not.toBe(old);
  const verify = (secret: string, skewMs = 0, change = ''): boolean => {
    const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' };
    const real = Date.now;
    Date.now = () => nowMs + skewMs;
    try {
      new Webhook(secret).verify(body + change, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    } finally {
      Date.now = real;
    }
  };
  await call('POST', 'receivers/pager/test');
  expect([verify(old), verify(fresh)]).toEqual([true, true]);
  expect([verify(fresh, 301_000), verify(fresh, -301_000), verify(fresh, 0, ' ')]).toEqual([false, false, false]);
  nowMs += 24 * HOUR + 1;
  await call('POST', 'receivers/pager/test');
  expect([verify(old), verify(fresh)]).toEqual([false, true]);
});

test('a test shows the exchange; headers, keys and secrets are never returned', async () => {
  const hidden = 'Bearer very-secret-value';
  const { secret } = await addReceiver('pager', receiver.url, { headers: { authorization: hidden } });
  await addReceiver('duty', receiver.url, { format: 'pagerduty', routingKey: 'integration-key-0123456789' });
  receiver.answer = (response, { headers, body }) =>
    response.writeHead(200).end(`you sent ${JSON.stringify(headers)} ${body}`);
  const exchange = await call<{ delivered: boolean; answer: string; body: string }>('POST', 'receivers/pager/test');
  expect(exchange).toMatchObject({ delivered: true, status: 200, error: null });
  expect(JSON.parse(exchange.body)).toMatchObject({ type: 'webhook.test' });
  expect(receiver.received[0]?.headers['authorization']).toBe(hidden);
  const duty = await call('POST', 'receivers/duty/test');
  const shown = JSON.stringify([
    exchange,
    duty,
    await call('GET', 'receivers'),
    await call('GET', 'deliveries'),
    await call('PUT', 'receivers/pager', { id: 'pager', name: 'Pager', url: receiver.url }),
  ]);
  for (const text of [hidden, 'integration-key-0123456789', secret]) expect(shown).not.toContain(text);
  // Headers are never returned, so leaving them out keeps them.
  await call('POST', 'receivers/pager/test');
  expect(receiver.received.at(-1)?.headers['authorization']).toBe(hidden);
});

test('another address receives nothing that is hidden, and a hidden address that is sent back stays', async () => {
  const other = await startReceiver();
  try {
    await addReceiver('pager', `${receiver.url}?token=abc`, { headers: { 'x-key': 'k1' } });
    const [shown] = (await call<{ items: { url: string }[] }>('GET', 'receivers')).items;
    expect(shown?.url).toBe(`${receiver.url}?(hidden)`);
    await addReceiver('pager', shown?.url ?? '');
    await call('POST', 'receivers/pager/test');
    expect(receiver.received.at(-1)?.headers['x-key']).toBe('k1');
    await addReceiver('pager', other.url);
    await call('POST', 'receivers/pager/test');
    expect(other.received).toHaveLength(1);
    expect(other.received[0]?.headers['x-key']).toBeUndefined();
    // Nor do they return with the old address.
    await addReceiver('pager', `${receiver.url}?token=abc`);
    await call('POST', 'receivers/pager/test');
    expect(receiver.received.at(-1)?.headers['x-key']).toBeUndefined();
  } finally {
    await other.close();
  }
});

test('a routing key of before is hidden in deliveries, and is not sent to another address', async () => {
  const old = 'old-integration-key-01234';
  await addReceiver('duty', receiver.url, { format: 'pagerduty', routingKey: old });
  const answer = await call<{ body: string }>('POST', 'receivers/duty/test');
  expect(answer.body).not.toContain(old);
  await addReceiver('duty', receiver.url, { format: 'pagerduty', routingKey: 'new-integration-key-01234' });
  expect(JSON.stringify(await call('GET', 'deliveries'))).not.toContain(old);
  const moved = { id: 'duty', name: 'Duty', url: `${receiver.url}/other`, format: 'pagerduty' };
  const refused = await product.fetch('/api/v1/alerts/receivers/duty', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(moved),
  });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('routingKey')]);
});

test('a read token has no access to receivers', async () => {
  const { token } = await product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scope: 'read' }),
  });
  for (const [method, path] of [
    ['GET', 'receivers'],
    ['POST', 'receivers/x/test'],
    ['GET', 'deliveries'],
  ] as const) {
    const headers = { authorization: `Bearer ${token}` };
    expect((await product.app.request(`/api/v1/alerts/${path}`, { method, headers })).status).toBe(403);
  }
});
