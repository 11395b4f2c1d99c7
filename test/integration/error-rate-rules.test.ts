/** A rule on the rate of groups of failures: from lines to the delivered alert, and to its end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { DryRunAnswer } from '../../server/http/contract/alert-rules.ts';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const T0 = Date.UTC(2026, 10, 20, 8);
let nowMs = T0;
let product: TestProduct;
let receiver: ReceiverDouble;
let serial = 0;

beforeEach(async () => {
  nowMs = T0;
  receiver = await startReceiver();
  product = await startProduct({ now: () => nowMs, environment: OUTBOUND });
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(product.folder);
});

/** Runs of a function within a minute, of which the first `failed` end with an exit of the runtime. */
async function invoke(atMs: number, n: number, failed: number, name = 'checkout'): Promise<void> {
  const events = Array.from({ length: n }, (_, at) => {
    serial += 1;
    const requestId = `c0ffee00-0000-4000-8000-${String(serial).padStart(12, '0')}`;
    return runLines(requestId, atMs + at * 100, at < failed);
  }).flat();
  const logStream = `2026/11/20/[1]${String(serial).padStart(32, '0')}`;
  await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream }))]);
}

async function evaluateAt(ms: number): Promise<void> {
  nowMs = ms;
  await product.derive();
  await product.alerts.round();
  await product.alerts.idle();
}

interface Sent {
  readonly type: string;
  readonly data: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly n: number;
    readonly summary: string;
    readonly reason: string | null;
  };
}

test('fires above the threshold, is delivered and resolves when the hours without failures come', async () => {
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
  await putReceiver(product, 'pager', receiver.url);
  const signal = { kind: 'errorGroups', measure: 'rate', functions: ['check*'] };
  const rule = { id: 'rate', name: 'Rate', signal, threshold: 0.05, window: '1h', settle: '0s' };
  const saved = await callAlerts(product, 'PUT', 'rules/rate', { ...rule, minSamples: 50, evaluationInterval: '10m' });
  expect(saved).toMatchObject({ signal });
  const route = { receiver: 'pager', groupBy: ['...'], groupWait: '0s', groupInterval: '1s' };
  await callAlerts(product, 'PUT', 'routing', { routes: [route], inhibitions: [] });

  // 3 of 100 failed: below the threshold. The other function is not of the rule.
  await invoke(T0 + 5 * MINUTE_MS, 100, 3);
  await invoke(T0 + 5 * MINUTE_MS, 100, 90, 'orders');
  await evaluateAt(T0 + 20 * MINUTE_MS);
  expect(receiver.received).toEqual([]);
  // 3 + 9 of 150 are 8 %.
  await invoke(T0 + 25 * MINUTE_MS, 50, 9);
  await evaluateAt(T0 + 40 * MINUTE_MS);
  const sent = () => receiver.received.map(({ body }) => JSON.parse(body) as Sent);
  const { items } = await product.json<{ items: readonly { fingerprint: string; function: { name: string } }[] }>(
    `/api/v1/errors?from=${T0}&to=${T0 + HOUR_MS}&function=checkout`,
  );
  expect(items).toHaveLength(1);
  expect(sent()).toMatchObject([
    {
      type: 'alert.firing',
      data: { labels: { function: 'checkout', error: items[0]?.fingerprint }, value: 0.08, n: 150, unit: 'ratio' },
    },
  ]);
  expect(sent()[0]?.data.summary).toMatch(/^checkout: Rate: .*: 8 % \(95 % CI .*, n = 150\), threshold > 5 %$/);

  // The window from 9:40 to 10:40 holds the hours of nine and ten, without failures.
  await invoke(T0 + 2 * HOUR_MS + 10 * MINUTE_MS, 80, 0);
  await evaluateAt(T0 + 2 * HOUR_MS + 40 * MINUTE_MS);
  expect(sent()).toMatchObject([{}, { type: 'alert.resolved', data: { value: 0, n: 80, reason: null } }]);

  nowMs = T0 + 3 * HOUR_MS + 5 * MINUTE_MS;
  const { fired } = await callAlerts<DryRunAnswer>(product, 'POST', 'rules/rate/dry-run', { days: 0.2 });
  // By whole hours: that from eight on ends at nine, and that from ten on, which has no failures, at eleven.
  expect(fired).toMatchObject([
    {
      labels: { function: 'checkout' },
      from: new Date(T0 + HOUR_MS).toISOString(),
      to: new Date(T0 + 3 * HOUR_MS).toISOString(),
    },
  ]);
});

test('a rule on one group counts that group alone', async () => {
  await invoke(T0 + 5 * MINUTE_MS, 10, 4);
  nowMs = T0 + 30 * MINUTE_MS;
  await product.derive();
  const { items } = await product.json<{ items: readonly { fingerprint: string }[] }>(
    `/api/v1/errors?from=${T0}&to=${T0 + HOUR_MS}`,
  );
  const dryRun = async (error: string | undefined) => {
    const rule = { id: 'one', name: 'One', signal: { kind: 'errorGroups', error }, threshold: 3, window: '1h' };
    nowMs = T0 + 3 * HOUR_MS;
    return callAlerts<DryRunAnswer>(product, 'POST', 'rules/one/dry-run', { rule, days: 0.2 });
  };
  expect((await dryRun(items[0]?.fingerprint)).fired).toMatchObject([
    { summary: expect.stringMatching(/: 4 \(n = 10\), threshold > 3$/) },
  ]);
  expect((await dryRun('0'.repeat(16))).fired).toEqual([]);
});
