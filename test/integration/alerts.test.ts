/** From log lines to signed webhooks: firing, grouping, notification, silences, resolution and restarts. */

import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OUTBOUND } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import type { Received, ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const T0 = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

let nowMs = T0;
let folder = '';
let product: TestProduct;
let receiver: ReceiverDouble;
let secret = '';
let serial = 0;

const start = (): Promise<TestProduct> => startProduct({ folder, now: () => nowMs, environment: OUTBOUND });

beforeEach(async () => {
  nowMs = T0;
  folder = memoryFolder();
  receiver = await startReceiver();
  product = await start();
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(folder);
});

async function put<T = Record<string, unknown>>(path: string, body: object, method = 'PUT'): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(`/api/v1/alerts/${path}`, { method, headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as T;
  expect([response.status, answer]).toEqual([200, answer]);
  return answer;
}

const rule = {
  id: 'errors',
  name: 'Error rate',
  severity: 'critical',
  signal: { kind: 'metric', metric: 'errorRate', aggregation: 'value' },
  threshold: 0.1,
  groupBy: ['function'],
  window: '5m',
  settle: '0s',
  evaluationInterval: '1m',
  for: '2m',
};
const route = {
  receiver: 'pager',
  groupBy: ['alertname'],
  groupWait: '30s',
  groupInterval: '5m',
  repeatInterval: '4h',
};

/** One test rule instead of the built-in ones. */
async function setUp(changes: { readonly rule?: object; readonly route?: object; readonly receiver?: object } = {}) {
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
  const made = await put<{ secret: string }>('receivers/pager', {
    id: 'pager',
    name: 'Pager',
    url: receiver.url,
    ...changes.receiver,
  });
  secret = made.secret;
  await put('rules/errors', { ...rule, ...changes.rule });
  await put('routing', { routes: [{ ...route, ...changes.route }], inhibitions: [] });
}

/** Ten invocations that end now, `failed` of them with an error. */
async function invoke(functionName: string, failed: number): Promise<void> {
  const events = Array.from({ length: 10 }, (_, at) => {
    serial += 1;
    const requestId = `a1e47500-0000-4000-8000-${String(serial).padStart(12, '0')}`;
    return runLines(requestId, nowMs - 30_000 + at * 1000, at < failed);
  }).flat();
  await send(product, [record(message(events, { logGroup: `/aws/lambda/${functionName}`, logStream: `s-${serial}` }))]);
}

/** Advances the clock by `minutes`, storing new events and running a round at each step. */
async function pass(
  minutes: number,
  each: () => Promise<void> = async () => undefined,
  stepMs = MINUTE,
): Promise<void> {
  for (let at = 0; at < minutes * MINUTE; at += stepMs) {
    nowMs += stepMs;
    await each();
    await round();
  }
}

async function round(): Promise<void> {
  await product.alerts.round();
  await product.alerts.idle();
}

async function restart(): Promise<void> {
  await product.close();
  product = await start();
}

interface Delivered {
  readonly type: string;
  readonly data: {
    readonly status: string;
    readonly id: string;
    readonly sequence: number;
    readonly labels: Record<string, string>;
    readonly summary: string;
    readonly value: number;
    readonly n: number;
    readonly interval: number[];
    readonly evidence: readonly { requestId: string; status: string; line: string | null }[];
    readonly reason: string | null;
    readonly others: { status: string; labels: Record<string, string> }[];
    readonly truncated: number;
  };
}
/** Verifies the signature over the raw bytes, as a receiver should, with the sender's clock. */
function verified({ headers, body }: Received): Delivered {
  const real = Date.now;
  Date.now = () => Number(headers['webhook-timestamp']) * 1000;
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as Delivered;
  } finally {
    Date.now = real;
  }
}
const failing = () => invoke('checkout', 5);
const healthy = () => invoke('checkout', 0);

describe('a rule', () => {
  test('changed by two people at once: the second is told, and nothing of the first is lost', async () => {
    await setUp();
    const { revision } = await product.json<{ revision: string }>('/api/v1/alerts/rules/errors');
    const save = (changes: object) =>
      product.fetch('/api/v1/alerts/rules/errors', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...rule, ...changes }),
      });
    const answers = await Promise.all([
      save({ threshold: 0.2, revision }),
      save({ severity: 'info', revision }),
      save({ window: '10m', revision }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409]);
    expect(await answers[1]?.json()).toMatchObject({
      code: 'conflict',
      detail:
        'Rule errors was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.',
    });
    const stored = await product.json<{ revision: string }>('/api/v1/alerts/rules/errors');
    expect(stored).toMatchObject({ threshold: 0.2, severity: 'critical', window: '5m' });
    expect(stored.revision).not.toBe(revision);
    // The state of a rule is none of its document.
    await pass(3, failing);
    expect(await product.json('/api/v1/alerts/rules/errors')).toMatchObject({ revision: stored.revision });
    expect((await save({ severity: 'info', revision: stored.revision })).status).toBe(200);
    // A script that names no revision replaces what is stored.
    expect((await save({ threshold: 0.3 })).status).toBe(200);
    await product.fetch('/api/v1/alerts/rules/errors', { method: 'DELETE' });
    const late = await save({ threshold: 0.4, revision: stored.revision });
    expect([late.status, await late.json()]).toMatchObject([
      409,
      { detail: expect.stringContaining('Rule errors was deleted after it was read') },
    ]);
    expect(product.alerts.rule('errors')).toBeNull();
  });

  test('fires after its for-duration; firing and resolved are delivered once, signed', async () => {
    await setUp();
    await pass(2, failing);
    expect(await product.json('/api/v1/alerts/rules/errors')).toMatchObject({
      state: 'pending',
      pending: 1,
      firing: 0,
    });
    await pass(1, failing);
    expect(await product.json('/api/v1/alerts/rules/errors')).toMatchObject({ state: 'firing', firing: 1 });
    expect(receiver.received).toHaveLength(0);
    await pass(3, failing);
    expect(receiver.received).toHaveLength(1);
    const delivered = verified(receiver.received[0] as Received);
    expect(delivered).toMatchObject({
      type: 'alert.firing',
      data: { schema: 1, status: 'firing', sequence: 1, value: 0.5, unit: 'ratio', threshold: 0.1, endsAt: null },
    });
    expect(delivered.data.labels).toMatchObject({
      alertname: 'Error rate',
      severity: 'critical',
      function: 'checkout',
    });
    expect(delivered.data.summary).toMatch(/^checkout: Error rate: 50 % \(95 % CI .*, n = \d+\), threshold > 10 %$/);
    // Evidence is the original log line.
    expect(delivered.data.evidence.length).toBeGreaterThan(0);
    for (const { requestId, status, line } of delivered.data.evidence) {
      expect(status).toBe('exit');
      expect(line).toMatch(new RegExp(`^REPORT RequestId: ${requestId}\\b.*Status: error`));
    }
    expect(delivered.data.interval[0]).toBeGreaterThan(0.2);
    expect(Buffer.byteLength(receiver.received[0]?.body ?? '')).toBeLessThan(20_000);
    // Healthy invocations arrive, and failures leave the window.
    await pass(12, healthy);
    expect(receiver.received).toHaveLength(2);
    const end = verified(receiver.received[1] as Received);
    expect(end).toMatchObject({
      type: 'alert.resolved',
      data: { status: 'resolved', sequence: 2, id: delivered.data.id },
    });
    expect(await product.json('/api/v1/alerts/instances')).toEqual({ items: [], nextCursor: null });
    const history = await product.json<{ items: { status: string }[] }>('/api/v1/alerts/history');
    expect(history.items.map((item) => item.status)).toEqual(['resolved', 'firing']);
  });

  test('an alert that resolves before groupWait ends is not delivered', async () => {
    await setUp({ rule: { for: '0s' }, route: { groupWait: '20m' } });
    await pass(1, failing);
    await pass(10, healthy);
    await pass(30);
    expect(receiver.received).toHaveLength(0);
  });

  test('repeats after repeatInterval, rounded up to whole group intervals', async () => {
    await setUp({ rule: { for: '0s' }, route: { repeatInterval: '12m' } });
    await pass(1, failing);
    await pass(30, failing);
    // First at 2 m, then flushed every 5 m: the repeat interval of 12 m has passed at 17 m, and again at 32 m.
    expect(receiver.received).toHaveLength(2);
  });

  test('changing its query or deleting it resolves firing alerts with a reason', async () => {
    await setUp({ rule: { for: '0s' } });
    await pass(3, failing);
    expect(receiver.received).toHaveLength(1);
    await put('rules/errors', { ...rule, for: '0s', name: 'Renamed' });
    await pass(1, failing);
    expect((await product.json<{ firing: number }>('/api/v1/alerts/rules/errors')).firing).toBe(1);
    await put('rules/errors', { ...rule, threshold: 0.9 });
    await pass(6, failing);
    expect(verified(receiver.received[1] as Received)).toMatchObject({
      type: 'alert.resolved',
      data: { reason: 'rule-changed' },
    });
    await put('rules/errors', { ...rule, for: '0s' });
    await pass(8, failing);
    const deleted = await product.fetch('/api/v1/alerts/rules/errors', { method: 'DELETE' });
    expect(deleted.status).toBe(200);
    await pass(6, failing);
    expect(verified(receiver.received.at(-1) as Received).data.reason).toBe('rule-deleted');
    expect((await product.json<{ items: unknown[] }>('/api/v1/alerts/instances')).items).toEqual([]);
  });

  test('evaluates each tick once and counts missed ticks', async () => {
    await setUp();
    await pass(2, failing, 10_000);
    const { evaluatedUntil } = await product.json<{ evaluatedUntil: string }>('/api/v1/alerts/rules/errors');
    expect(Date.parse(evaluatedUntil)).toBe(T0 + 2 * MINUTE);
    nowMs += 10 * MINUTE;
    await round();
    expect(await product.json('/api/v1/alerts/rules/errors')).toMatchObject({ skipped: 9 });
  });
});

describe('restarts', () => {
  test('a restart in any state loses and repeats nothing', async () => {
    await setUp();
    const everyMinute = async (): Promise<void> => {
      await failing();
      await restart();
    };
    await pass(2, everyMinute);
    expect(await product.json('/api/v1/alerts/rules/errors')).toMatchObject({ state: 'pending' });
    // Longer than the interval of the group, in which a repetition would be sent.
    await pass(7, everyMinute);
    expect(receiver.received).toHaveLength(1);
    await pass(12, async () => {
      await healthy();
      await restart();
    });
    expect(receiver.received.map((one) => (JSON.parse(one.body) as Delivered).type)).toEqual([
      'alert.firing',
      'alert.resolved',
    ]);
  });

  test('between transition and delivery, and between attempts, the webhook-id stays the same', async () => {
    await setUp({ rule: { for: '0s' } });
    receiver.answer = (response) => response.writeHead(503).end();
    await pass(1, failing);
    await restart();
    await pass(2, failing);
    await restart();
    receiver.answer = (response) => response.writeHead(200).end();
    await pass(3, failing);
    expect(receiver.received.length).toBeGreaterThan(1);
    expect(new Set(receiver.received.map((one) => one.headers['webhook-id'])).size).toBe(1);
    const stamps = receiver.received.map((one) => one.headers['webhook-timestamp']);
    expect(new Set(stamps).size).toBe(stamps.length);
  });
});

describe('silences and inhibition', () => {
  test('a silenced alert is not delivered until the silence ends', async () => {
    await setUp({ rule: { for: '0s' } });
    const silence = await put<{ id: string; state: string }>(
      'silences',
      {
        matchers: [{ name: 'function', value: 'check.*', isRegex: true }],
        endsAt: new Date(T0 + 60 * MINUTE).toISOString(),
        createdBy: 'me',
        comment: 'deploy',
      },
      'POST',
    );
    expect(silence.state).toBe('active');
    await pass(8, failing);
    expect(receiver.received).toHaveLength(0);
    const { items } = await product.json<{ items: { silenced: boolean }[] }>('/api/v1/alerts/instances');
    expect(items).toMatchObject([{ silenced: true }]);
    await restart();
    await product.fetch(`/api/v1/alerts/silences/${silence.id}`, { method: 'DELETE' });
    await pass(6, failing);
    expect(receiver.received).toHaveLength(1);
  });

  test('a firing alert inhibits another one of the same function', async () => {
    await setUp({ rule: { for: '0s' } });
    await put('rules/any', { ...rule, id: 'any', name: 'Any error', threshold: 0, for: '0s' });
    const matcher = (value: string) => [{ name: 'alertname', value }];
    await put('routing', {
      routes: [route],
      inhibitions: [{ source: matcher('Error rate'), target: matcher('Any error'), equal: ['function'] }],
    });
    await pass(8, failing);
    expect(new Set(receiver.received.map((one) => verified(one).data.labels['alertname']))).toEqual(
      new Set(['Error rate']),
    );
  });

  test('setting routes keeps the built-in inhibitions', async () => {
    const routing = () => product.json<{ routes: unknown[]; inhibitions: unknown[] }>('/api/v1/alerts/routing');
    expect((await product.json<{ items: unknown[] }>('/api/v1/alerts/rules')).items.length).toBeGreaterThanOrEqual(16);
    const { inhibitions } = await routing();
    expect(inhibitions).toHaveLength(2);
    await put('receivers/pager', { id: 'pager', name: 'Pager', url: receiver.url });
    await put('routing', { routes: [route] });
    expect(await routing()).toMatchObject({ inhibitions, routes: [{ receiver: 'pager' }] });
    await put('routing', { inhibitions: [] });
    expect(await routing()).toMatchObject({ inhibitions: [], routes: [{ receiver: 'pager' }] });
    // A restart does not restore deleted built-in rules.
    for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
    await restart();
    expect(product.alerts.rules()).toEqual([]);
  });

  test('validation errors name the field', async () => {
    await setUp();
    const ask = async (path: string, body: object, method = 'PUT') => {
      const headers = { 'content-type': 'application/json' };
      const response = await product.fetch(`/api/v1/alerts/${path}`, { method, headers, body: JSON.stringify(body) });
      return [
        response.status,
        ((await response.json()) as { errors?: { field: string }[] }).errors?.map((e) => e.field),
      ];
    };
    const endsAt = new Date(T0 + MINUTE).toISOString();
    const matchers = [{ name: 'function', value: '(', isRegex: true }];
    expect(await ask('silences', { matchers, endsAt }, 'POST')).toEqual([400, ['matchers.0.value']]);
    expect(await ask('routing', { routes: [{ receiver: 'nobody' }] })).toEqual([400, ['routes.0.receiver']]);
    const muteTimes = [{ timeZone: 'Mars/Olympus', from: '00:00', to: '06:00' }];
    expect(await ask('routing', { routes: [{ ...route, muteTimes }] })).toEqual([
      400,
      ['routes.0.muteTimes.0.timeZone'],
    ]);
    const sum = { kind: 'metric', metric: 'errorRate', aggregation: 'p99' };
    expect(await ask('rules/errors', { ...rule, signal: sum })).toEqual([400, ['signal.aggregation']]);
    expect(await ask('rules/errors', { ...rule, window: '5 minutes' })).toEqual([400, ['window']]);
    expect(await ask('rules/errors', { ...rule, for: '99999d', settle: '9999d' })).toEqual([400, ['settle', 'for']]);
    const longest = { ...rule, keepFiringFor: '999999w999999w' };
    expect(await ask('rules/errors/dry-run', { rule: longest }, 'POST')).toEqual([400, ['rule.keepFiringFor']]);
    expect(await ask('routing', { routes: [{ ...route, repeatInterval: '999d' }] })).toEqual([
      400,
      ['routes.0.repeatInterval'],
    ]);
    const forever = { matchers: [{ name: 'function', value: 'a' }], endsAt: '9999-12-31T23:59:59-23:59' };
    expect(await ask('silences', forever, 'POST')).toEqual([400, ['endsAt']]);
    expect(await ask('rules/other', rule)).toEqual([400, ['id']]);
    const target = { id: 'x', name: 'x', url: 'http://169.254.169.254/' };
    expect(await ask('receivers/x', target)).toEqual([400, ['url']]);
  });
});
