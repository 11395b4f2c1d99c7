/** Deliveries: responses of receivers, order, failing receivers, alert storms, delivery log. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../server/alerts/evaluate/alert.ts';
import { testAlert } from '../../server/alerts/evaluate/alert.ts';
import { INACTIVE } from '../../server/alerts/evaluate/transition.ts';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const T0 = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let nowMs = T0;
let folder = '';
let product: TestProduct;
let receiver: ReceiverDouble;

beforeEach(async () => {
  nowMs = T0;
  folder = memoryFolder();
  receiver = await startReceiver();
  product = await startProduct({ folder, now: () => nowMs, environment: OUTBOUND });
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(folder);
});

const call = <T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> =>
  callAlerts<T>(product, method, path, body);
const addReceiver = (id: string, url: string, more: object = {}) => putReceiver(product, id, url, more);
/** Routes every alert to each of the receivers, without delay. */
const routeTo = (...ids: string[]) =>
  call('PUT', 'routing', {
    routes: ids.map((one) => ({
      receiver: one,
      groupBy: ['...'],
      groupWait: '0s',
      groupInterval: '1m',
      repeatInterval: '1w',
      continue: true,
    })),
  });

/** Stores a transition as a rule would. */
async function raise(functionName: string, status: 'firing' | 'resolved' = 'firing'): Promise<void> {
  const at = new Date(nowMs).toISOString();
  const alert: Alert = {
    ...testAlert(at),
    id: `al_${functionName}`,
    labels: { alertname: 'X', function: functionName },
  };
  await product.store.alerts.saveEvaluations([
    {
      ruleState: null,
      ruleId: 'x',
      removeRule: false,
      changed:
        status === 'firing'
          ? [
              {
                ruleId: 'x',
                series: functionName,
                alert: JSON.stringify(alert),
                state: JSON.stringify({ ...INACTIVE, phase: 'firing' }),
              },
            ]
          : [],
      removed: status === 'firing' ? [] : [functionName],
      events: [{ alertId: alert.id, ruleId: 'x', status, atMs: nowMs, alert: JSON.stringify(alert) }],
    },
  ]);
  await product.alerts.inTurn(() => product.alerts.start());
}

async function round(times = 1): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    await product.alerts.round();
    await product.alerts.idle();
  }
}

interface Delivery {
  readonly id: string;
  readonly receiver: string;
  readonly state: string;
  readonly nextAttemptAt: string | null;
  readonly attempts: readonly { status: number | null; error: string | null; answer: string | null }[];
}
const deliveries = async (query = ''): Promise<readonly Delivery[]> =>
  (await call<{ items: Delivery[] }>('GET', `deliveries?${query}`)).items;

describe('status codes of receivers', () => {
  test.each([200, 201, 204])('%i: delivered', async (status) => {
    await addReceiver('pager', receiver.url);
    await routeTo('pager');
    receiver.answer = (response) => response.writeHead(status).end();
    await raise('checkout');
    await round();
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: [{ status }] }]);
  });

  test.each([301, 307, 408, 425, 429, 500, 503])('%i: retried', async (status) => {
    await addReceiver('pager', receiver.url);
    await routeTo('pager');
    receiver.answer = (response) =>
      response.writeHead(status, { location: receiver.url, 'retry-after': '600' }).end('no');
    await raise('checkout');
    await round();
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'pending', attempts: [{ status, answer: 'no' }] });
    expect(Date.parse(delivery?.nextAttemptAt ?? '')).toBe(nowMs + 600_000);
    expect(receiver.received).toHaveLength(1);
    nowMs += 599_000;
    await round();
    expect(receiver.received).toHaveLength(1);
    nowMs += 2000;
    receiver.answer = (response) => response.writeHead(200).end();
    await round();
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }]);
  });

  test.each([400, 401, 403, 404, 413, 422])(
    '%i: set aside with the reason, and sent again by hand only',
    async (status) => {
      await addReceiver('pager', receiver.url);
      await routeTo('pager');
      receiver.answer = (response) => response.writeHead(status).end('no such field');
      await raise('checkout');
      await round();
      const [delivery] = await deliveries('state=refused');
      expect(delivery).toMatchObject({
        state: 'refused',
        attempts: [
          {
            status,
            answer: 'no such field',
            error: expect.stringContaining(`refused this notification with ${status}`),
          },
        ],
      });
      receiver.answer = (response) => response.writeHead(200).end();
      nowMs += 60 * MINUTE;
      await round();
      expect(receiver.received).toHaveLength(1);
      const body = { failedSince: new Date(T0).toISOString() };
      expect(await call('POST', 'deliveries/redeliver', body)).toEqual({ again: 1 });
      await round();
      expect(await deliveries()).toMatchObject([{ state: 'delivered' }]);
    },
  );

  test.each([400, 500])('one notification answered %i delays none of five later alerts', async (status) => {
    await addReceiver('pager', receiver.url);
    await routeTo('pager');
    receiver.answer = (response, request) => response.writeHead(request.body.includes('broken') ? status : 200).end();
    await raise('broken');
    await round();
    const names = ['checkout', 'search', 'basket', 'mail', 'export'];
    for (const name of names) await raise(name);
    await round();
    expect(await deliveries('state=delivered')).toHaveLength(names.length);
    expect(await deliveries(status === 400 ? 'state=refused' : 'state=pending')).toHaveLength(1);
  });

  test('410 disables the receiver and alerts the others; enabling it again resolves that alert', async () => {
    const others = await startReceiver();
    await addReceiver('gone', receiver.url);
    await addReceiver('others', others.url);
    await routeTo('gone', 'others');
    receiver.answer = (response) => response.writeHead(410).end();
    await raise('checkout');
    await round(3);
    const { items } = await call<{ items: { id: string; disabled: string | null }[] }>('GET', 'receivers');
    expect(items.find((one) => one.id === 'gone')?.disabled).toBe('gone');
    const notified = (): string => others.received.map((one) => one.body).join('\n');
    expect(notified()).toContain('Receiver gone was disabled because it answered 410 Gone');
    expect(receiver.received).toHaveLength(1);
    // A working rule with the same id does not resolve that alert.
    await call('PUT', 'rules/gone', { id: 'gone', name: 'Gone', threshold: 1, signal: { kind: 'memoryUse' } });
    nowMs += MINUTE;
    await round(2);
    expect(product.alerts.ruleState('gone')?.untilMs).toBe(nowMs);
    const firing = product.alerts.instances().map(({ alert }) => alert.ruleName);
    expect(firing).toContain('Receiver disabled');
    receiver.answer = (response) => response.writeHead(200).end();
    await addReceiver('gone', receiver.url);
    nowMs += 2 * MINUTE;
    await round(3);
    expect(others.received.filter((one) => one.body.includes('"alert.resolved"'))).toHaveLength(1);
    await others.close();
  });

  test('reset, half-open, non-TLS and refused connections are reported and retried', async () => {
    const reset = createServer((socket) => socket.resetAndDestroy());
    await new Promise<void>((resolve) => reset.listen(0, '127.0.0.1', resolve));
    const { port } = reset.address() as AddressInfo;
    await addReceiver('reset', `http://127.0.0.1:${port}/`);
    await addReceiver('tls', receiver.url.replace('http:', 'https:'));
    await addReceiver('nobody', 'http://127.0.0.1:9/');
    await routeTo('reset', 'tls', 'nobody');
    await raise('checkout');
    await round();
    const found = await deliveries();
    expect(found.map((one) => one.state)).toEqual(['pending', 'pending', 'pending']);
    for (const one of found) expect(one.attempts[0]?.error).toMatch(/closed|TLS|refused/);
    reset.close();
  });
});

test('24 hours without a success end retries, disable the receiver and alert the others', async () => {
  const others = await startReceiver();
  await addReceiver('dead', 'http://127.0.0.1:9/');
  await addReceiver('others', others.url);
  await routeTo('dead', 'others');
  await raise('checkout');
  for (let hour = 0; hour < 26 * 12; hour += 1) {
    await round();
    nowMs += 5 * MINUTE;
  }
  const [first] = (await deliveries('receiver=dead')).toReversed();
  expect(first).toMatchObject({ state: 'exhausted' });
  expect(first?.attempts.length).toBeGreaterThan(10);
  expect(others.received.some((one) => one.body.includes('all deliveries failed for 24 hours'))).toBe(true);
  // After it is enabled again, all failed deliveries are resent under the same ids.
  await addReceiver('dead', receiver.url);
  const { again } = await call<{ again: number }>('POST', 'deliveries/redeliver', {
    failedSince: new Date(T0).toISOString(),
  });
  expect(again).toBeGreaterThan(0);
  await round(again + 1);
  expect(receiver.received[0]?.headers['webhook-id']).toBe(first?.id);
  await others.close();
});

test('a failing receiver does not delay others; older deliveries of a group are superseded by the newest', async () => {
  const good = await startReceiver();
  receiver.answer = () => undefined; // Never responds.
  await addReceiver('dead', receiver.url);
  await addReceiver('good', good.url);
  await routeTo('dead', 'good');
  for (let n = 0; n < 50; n += 1) await raise(`f${n}`);
  await product.alerts.round();
  while (good.received.length < 50) {
    await product.alerts.round();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(good.received).toHaveLength(50);
  expect(receiver.received).toHaveLength(1);
  await good.close();
});

test('a group that changes before its delivery sends the current state', async () => {
  await addReceiver('pager', receiver.url);
  await routeTo('pager');
  receiver.answer = (response) => response.writeHead(503).end();
  await raise('checkout');
  await round();
  await raise('checkout', 'resolved');
  nowMs += 2 * MINUTE;
  receiver.answer = (response) => response.writeHead(200).end();
  await round(2);
  expect(await deliveries()).toMatchObject([{ state: 'delivered' }, { state: 'superseded' }]);
  expect(JSON.parse(receiver.received.at(-1)?.body ?? '{}')).toMatchObject({ type: 'alert.resolved' });
});

test('10,000 alerts at once give one notification within its size limit', async () => {
  await addReceiver('pager', receiver.url, { format: 'alertmanager' });
  await call('PUT', 'routing', { routes: [{ receiver: 'pager', groupBy: ['alertname'], groupWait: '0s' }] });
  const alerts = Array.from(
    { length: 10_000 },
    (_, n): Alert => ({
      ...testAlert(new Date(nowMs).toISOString()),
      id: `al_${n}`,
      labels: { alertname: 'X', function: `f${n}` },
    }),
  );
  await product.store.alerts.saveEvaluations([
    {
      ruleState: null,
      ruleId: 'x',
      removeRule: false,
      changed: alerts.map((alert, n) => ({
        ruleId: 'x',
        series: String(n),
        alert: JSON.stringify(alert),
        state: JSON.stringify({ ...INACTIVE, phase: 'firing' }),
      })),
      removed: [],
      events: alerts.map((alert) => ({
        alertId: alert.id,
        ruleId: 'x',
        status: 'firing',
        atMs: nowMs,
        alert: JSON.stringify(alert),
      })),
    },
  ]);
  await product.alerts.inTurn(() => product.alerts.start());
  await round();
  expect(receiver.received).toHaveLength(1);
  const body = receiver.received[0]?.body ?? '';
  expect(Buffer.byteLength(body)).toBeLessThan(1_048_576);
  const { alerts: included, truncatedAlerts } = JSON.parse(body) as { alerts: unknown[]; truncatedAlerts: number };
  expect(included.length + truncatedAlerts).toBe(10_000);
});

test('the delivery log keeps 30 days', async () => {
  await addReceiver('pager', receiver.url);
  await routeTo('pager');
  await raise('checkout');
  await round(2);
  await raise('checkout', 'resolved');
  nowMs += 2 * MINUTE;
  await round(2);
  expect(await deliveries()).toHaveLength(2);
  nowMs += 29 * 24 * HOUR;
  await round();
  expect(await deliveries()).toHaveLength(2);
  nowMs += 2 * 24 * HOUR;
  await round();
  expect(await deliveries()).toEqual([]);
  const db = new Database(join(folder, 'control.db'), { readonly: true });
  expect(db.prepare('SELECT count(*) FROM alert_attempt').pluck().get()).toBe(0);
  db.close();
});

describe('clock jumps', () => {
  test('two hours back: pending notifications are not delayed', async () => {
    await addReceiver('pager', receiver.url);
    await routeTo('pager');
    receiver.answer = (response) => response.writeHead(503).end();
    await raise('checkout');
    await round(2);
    expect(receiver.received).toHaveLength(1);
    nowMs -= 2 * HOUR;
    receiver.answer = (response) => response.writeHead(200).end();
    await round();
    await raise('cart');
    nowMs += 10_000;
    await round(2);
    expect(receiver.received.map((one) => one.body.includes('cart'))).toEqual([false, false, true]);
  });

  test('two hours ahead: one retry, not a burst', async () => {
    await addReceiver('pager', receiver.url);
    await routeTo('pager');
    receiver.answer = (response) => response.writeHead(503).end();
    await raise('checkout');
    await round(2);
    nowMs += 2 * HOUR;
    await round(3);
    expect(receiver.received).toHaveLength(2);
  });
});

test('pending deliveries of a disabled or deleted receiver are cancelled and logged as such', async () => {
  await addReceiver('pager', receiver.url);
  await routeTo('pager');
  receiver.answer = (response) => response.writeHead(503).end();
  await raise('checkout');
  await round();
  await addReceiver('pager', receiver.url, { enabled: false });
  nowMs += MINUTE;
  await round();
  expect(await deliveries()).toMatchObject([{ state: 'cancelled' }]);
  expect(receiver.received).toHaveLength(1);
  const refused = await product.fetch('/api/v1/alerts/receivers/pager', { method: 'DELETE' });
  expect(refused.status).toBe(409);
  await call('PUT', 'routing', { routes: [] });
  await call('DELETE', 'receivers/pager');
  expect((await call<{ items: unknown[] }>('GET', 'receivers')).items).toEqual([]);
});

test('a stored row that does not parse is skipped; the others work', async () => {
  await addReceiver('pager', receiver.url);
  await routeTo('pager');
  const database = new Database(join(folder, 'control.db'));
  database
    .prepare("INSERT INTO alert_receiver (id, receiver, secrets) VALUES ('broken', '{\"id\":1}', 'no JSON')")
    .run();
  database.close();
  await product.alerts.inTurn(() => product.alerts.start());
  expect(product.alerts.receivers().map((one) => one.id)).toEqual(['pager']);
  await raise('f');
  await round();
  expect(receiver.received).toHaveLength(1);
});
