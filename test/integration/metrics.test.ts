/** Metrics from what is stored to answers, structured queries and alerts, on SQLite. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MetricStatistics } from '../../ingest/records/metric.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../ingest/records/time.ts';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import { batchOfRecords } from '../support/fleet-documents.ts';
import { line, orders, point } from '../support/metric-records.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const T0 = Date.UTC(2026, 10, 21, 12);
const PLACE = { account: '111122223333', region: 'us-east-1' };

let nowMs = T0;
let product: TestProduct;
let receiver: ReceiverDouble;
let serial = 0;
beforeEach(async () => {
  nowMs = T0;
  receiver = await startReceiver();
  const environment = { ...OUTBOUND, THERMOCLINE_METRIC_SERIES_OF_ONE: '8' };
  product = await startProduct({ now: () => nowMs, environment });
});
afterEach(async () => {
  await product.close();
  await receiver.close();
  removeFolder(product.folder);
});

async function store(...records: readonly TelemetryRecord[]): Promise<void> {
  await product.store.write(batchOfRecords(records, PLACE), { kind: 'firehose', name: 'metrics' });
}

const lambda = (name: string, startMs: number, sum: number, given: Partial<MetricStatistics> = {}) =>
  point({ name, startMs, count: 1, sum, min: sum, max: sum, ...given });

/** Lines of finished invocations of checkout; the first `failed` of them failed. */
async function invoke(endMs: number, n: number, failed: number): Promise<void> {
  const events = Array.from({ length: n }, (_, at) => {
    serial += 1;
    return runLines(`a1e47500-0000-4000-8000-${String(serial).padStart(12, '0')}`, endMs + at, at < failed);
  }).flat();
  const place = {
    logGroup: '/aws/lambda/checkout',
    logStream: `2026/11/21/[$LATEST]${String(serial).padStart(32, '0')}`,
  };
  await send(product, [record(message(events, place))]);
}

const query = async (body: object) => {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch('/api/v1/query', { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.json()] as const;
};

test('the overview finds throttled requests, also of functions without a line', async () => {
  const of = async (filter = '') => {
    const range = `from=${T0 - 3 * HOUR_MS}&to=${T0}`;
    const answer = await product.json<{ findings: readonly object[] }>(`/api/v1/overview?${range}${filter}`);
    return answer.findings;
  };
  const orders = { dimensions: [['FunctionName', 'orders']] } as const;
  await invoke(T0 - HOUR_MS, 2, 0);
  await store(lambda('Invocations', T0 - HOUR_MS, 2), lambda('Throttles', T0 - HOUR_MS, 0));
  expect(await of()).toEqual([]);
  await store(
    lambda('Throttles', T0 - 2 * HOUR_MS, 3),
    lambda('Throttles', T0 - HOUR_MS, 95, orders),
    lambda('Invocations', T0 - HOUR_MS, 5, orders),
    lambda('Throttles', T0 - 5 * HOUR_MS, 900, orders),
  );
  const found = [
    {
      functionId: '111122223333:us-east-1:orders',
      sentence: 'orders: 95 throttled requests, 95 % of 100',
      parameters: { count: 95, of: 100 },
    },
    {
      functionId: '111122223333:us-east-1:checkout',
      sentence: 'checkout: 3 throttled requests, 60 % of 5',
      parameters: { count: 3, of: 5 },
    },
  ];
  expect(await of()).toMatchObject(found);
  expect(await of('&function=checkout')).toMatchObject([found[1]]);
  expect(await of('&region=eu-west-1')).toEqual([]);
  // CloudWatch counts the function as a whole.
  expect(await of('&function=checkout&version=7')).toEqual([]);
});

describe('what CloudWatch counts of a function', () => {
  const get = () =>
    product.json(`/api/v1/functions/checkout/platform-metrics?from=${T0 - 3 * HOUR_MS}&to=${T0}&interval=1h`);

  test('needs a metric stream', async () => {
    await invoke(T0 - HOUR_MS, 2, 1);
    expect(await get()).toMatchObject({
      connected: false,
      reason: 'needs-metric-stream',
      lastAt: null,
      items: [],
      invocations: { aws: null, ours: 2, share: null, reasons: [] },
    });
    await store(lambda('Throttles', T0 - HOUR_MS, 1, { dimensions: [['FunctionName', 'orders']] }));
    expect(await get()).toMatchObject({ connected: false, reason: 'needs-metric-stream' });
  });

  test('stands beside our counts, with the reason of each difference', async () => {
    const hour = T0 - 3 * HOUR_MS;
    await invoke(hour + 10 * MINUTE_MS, 4, 1);
    await invoke(hour + HOUR_MS + 10 * MINUTE_MS, 3, 1);
    await store(
      lambda('Throttles', hour + 10 * MINUTE_MS, 2),
      lambda('Throttles', hour + HOUR_MS, 5),
      lambda('ConcurrentExecutions', hour, 3),
      lambda('Invocations', hour + 10 * MINUTE_MS, 4),
      lambda('Errors', hour + 10 * MINUTE_MS, 1),
      lambda('Invocations', hour + HOUR_MS, 5),
      lambda('Errors', hour + HOUR_MS, 2),
      // Not the function's: of a version, and of all functions.
      lambda('Throttles', hour, 100, {
        dimensions: [
          ['FunctionName', 'checkout'],
          ['Resource', 'checkout:7'],
        ],
      }),
      lambda('Throttles', hour, 1000, { dimensions: [] }),
    );
    const answer = await get();
    expect(answer).toMatchObject({ connected: true, reason: null, lastAt: iso(hour + HOUR_MS) });
    expect(answer['items']).toEqual([
      {
        metric: 'throttles',
        name: 'Throttles',
        statistic: 'sum',
        unit: 'count',
        value: 7,
        n: 2,
        points: [
          { at: iso(hour), value: 2, n: 1 },
          { at: iso(hour + HOUR_MS), value: 5, n: 1 },
          { at: iso(hour + 2 * HOUR_MS), value: null, n: 0 },
        ],
      },
      expect.objectContaining({ metric: 'concurrentExecutions', statistic: 'max', value: 3 }),
      expect.objectContaining({ metric: 'platformInvocations', value: 9 }),
      expect.objectContaining({ metric: 'platformErrors', value: 3 }),
    ]);
    expect(answer['invocations']).toEqual({
      aws: 9,
      ours: 7,
      share: 7 / 9,
      partMs: HOUR_MS,
      reasons: ['lines-missing'],
      parts: [
        { at: iso(hour), aws: 4, ours: 4, share: 1, reason: null },
        { at: iso(hour + HOUR_MS), aws: 5, ours: 3, share: 0.6, reason: 'lines-missing' },
        { at: iso(hour + 2 * HOUR_MS), aws: null, ours: 0, share: null, reason: null },
      ],
    });
    expect(answer['errors']).toMatchObject({ aws: 3, ours: 2, reasons: ['lines-missing'] });
  });
});

describe('stored metrics', () => {
  test('are listed with what was not stored', async () => {
    const users = Array.from({ length: 12 }, (_, n) =>
      line(n, { atMs: T0 - HOUR_MS, metrics: [orders([[1, 1]], [[['user', `u${n}`]]])] }),
    );
    await store(...users);
    const answer = await product.json<{ items: unknown[]; dropped: unknown[] }>('/api/v1/metrics?namespace=Shop');
    expect(answer.items).toHaveLength(8);
    expect(answer.items[0]).toMatchObject({ name: 'Orders', unit: 'Count', source: 'emf', dimensions: { user: 'u0' } });
    expect(answer).toMatchObject({
      nextCursor: null,
      dropped: [{ name: 'Orders', reason: 'series-of-function', values: 4, function: { name: 'checkout' } }],
      limits: { ofOne: 8, inAll: 20_000 },
    });
  });

  test('names of strangers are text', async () => {
    const hostile = '<script>\u0000\u202e"\'; DROP TABLE metric_series; --';
    await store(
      line(1, {
        atMs: T0 - HOUR_MS,
        metrics: [
          { namespace: hostile, name: hostile, unit: hostile, dimensionSets: [[[hostile, hostile]]], values: [[1, 1]] },
        ],
      }),
    );
    const { items } = await product.json<{ items: object[] }>('/api/v1/metrics');
    expect(items).toMatchObject([
      { namespace: hostile, name: hostile, unit: hostile, dimensions: { [hostile]: hostile } },
    ]);
    const parameters = new URLSearchParams({
      from: String(T0 - 2 * HOUR_MS),
      namespace: hostile,
      name: hostile,
      dimensions: JSON.stringify({ [hostile]: hostile }),
      groupBy: hostile,
    });
    expect(await product.json(`/api/v1/metrics/points?${parameters}`)).toMatchObject({
      found: true,
      groups: [{ group: hostile, value: 1, n: 1 }],
    });
  });

  test('statistics and percentiles, with the reason where they are unknown', async () => {
    await store(
      line(1, {
        atMs: T0 - HOUR_MS,
        metrics: [
          orders([
            [1, 98],
            [100, 2],
          ]),
        ],
      }),
      lambda('Throttles', T0 - HOUR_MS, 5, { min: null }),
    );
    const get = async (rest: string) => {
      const range = `from=${T0 - DAY_MS}&to=${T0}&interval=1d`;
      const { groups } = await product.json<{ groups: { value: number | null; reason: string | null }[] }>(
        `/api/v1/metrics/points?${range}&${rest}`,
      );
      return [groups[0]?.value, groups[0]?.reason];
    };
    const printed = 'namespace=Shop&name=Orders';
    expect(await get(printed)).toEqual([298, null]);
    expect(await get(`${printed}&statistic=average`)).toEqual([2.98, null]);
    expect(await get(`${printed}&statistic=min`)).toEqual([1, null]);
    expect(await get(`${printed}&statistic=max`)).toEqual([100, null]);
    expect(await get(`${printed}&statistic=count`)).toEqual([100, null]);
    const [p98] = await get(`${printed}&statistic=p98`);
    expect(Math.abs((p98 as number) - 1)).toBeLessThanOrEqual(0.01);
    const [p99] = await get(`${printed}&statistic=p99`);
    expect(Math.abs((p99 as number) - 100)).toBeLessThanOrEqual(1);
    const pointed = 'namespace=AWS/Lambda&name=Throttles&function=checkout';
    expect(await get(`${pointed}&statistic=p99`)).toEqual([null, 'percentiles-not-stated']);
    expect(await get(`${pointed}&statistic=min`)).toEqual([null, 'not-stated']);
    expect(await get(`${printed}&dimensions=${encodeURIComponent('{"service":"other"}')}`)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('answer structured queries', async () => {
    await store(
      lambda('Throttles', T0 - 2 * HOUR_MS, 4),
      lambda('Throttles', T0 - HOUR_MS, 6),
      lambda('Throttles', T0 - HOUR_MS, 1, { dimensions: [['FunctionName', 'orders']] }),
      line(1, { atMs: T0 - HOUR_MS, metrics: [orders([[2, 1]], [[['tenant', 'a']], [['tenant', 'b']]])] }),
    );
    const range = { from: String(T0 - 3 * HOUR_MS), to: String(T0) };
    const [status, throttles] = await query({ ...range, metric: 'throttles', groupBy: ['function'], interval: '1h' });
    expect([status, throttles]).toMatchObject([
      200,
      {
        unit: 'count',
        aggregations: ['sum'],
        total: 2,
        truncated: false,
        groups: [
          {
            group: { function: '111122223333:us-east-1:checkout' },
            n: 2,
            values: { sum: 10 },
            series: [{ values: { sum: 4 } }, { values: { sum: 6 } }],
          },
          { group: { function: '111122223333:us-east-1:orders' }, values: { sum: 1 } },
        ],
      },
    ]);
    const filters = [{ field: 'function', op: '!=', value: 'checkout' }];
    expect(await query({ ...range, metric: 'throttles', filters, aggregations: ['max', 'perSecond'] })).toMatchObject([
      200,
      { groups: [{ values: { max: 1, perSecond: 1 / (3 * 3600) } }] },
    ]);
    const custom = { namespace: 'Shop', name: 'Orders', groupBy: ['tenant'] };
    expect(await query({ ...range, metric: 'custom', custom, aggregations: ['sum', 'p50'] })).toMatchObject([
      200,
      {
        unit: 'Count',
        groups: [
          { group: { 'dimension:tenant': 'a' }, values: { sum: 2, p50: expect.closeTo(2, 1) } },
          { group: { 'dimension:tenant': 'b' } },
        ],
      },
    ]);
    expect(await query({ ...range, metric: 'iteratorAge' })).toMatchObject([200, { groups: [], unit: 'ms' }]);
  });
});

describe('a rule', () => {
  const rule = {
    id: 'throttled',
    name: 'Throttles',
    severity: 'critical',
    signal: { kind: 'metric', metric: 'throttles', aggregation: 'sum' },
    threshold: 3,
    groupBy: ['function'],
    window: '5m',
    settle: '0s',
    evaluationInterval: '1m',
  };
  const route = {
    receiver: 'pager',
    groupBy: ['alertname'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '4h',
  };

  async function setUp(given: object): Promise<void> {
    for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
    await putReceiver(product, 'pager', receiver.url);
    await callAlerts(product, 'PUT', 'rules/throttled', { ...rule, ...given });
    await callAlerts(product, 'PUT', 'routing', { routes: [route], inhibitions: [] });
  }

  async function pass(minutes: number, each: () => Promise<void> = async () => undefined): Promise<void> {
    for (let at = 0; at < minutes; at += 1) {
      nowMs += MINUTE_MS;
      await each();
      await product.alerts.round();
      await product.alerts.idle();
    }
  }

  const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as object);

  test('about throttles fires, is delivered and resolves', async () => {
    await setUp({});
    await pass(3, () => store(lambda('Throttles', nowMs - MINUTE_MS, 2)));
    expect(bodies()).toMatchObject([
      {
        type: 'alert.firing',
        data: {
          // At 12:03, when its group is sent: of three minutes.
          value: 6,
          unit: 'count',
          threshold: 3,
          labels: { alertname: 'Throttles', function: 'checkout', account: '111122223333', region: 'us-east-1' },
        },
      },
    ]);
    await pass(15, () => store(lambda('Throttles', nowMs - MINUTE_MS, 0)));
    expect(bodies()).toMatchObject([{}, { type: 'alert.resolved' }]);
    const dryRun = await callAlerts(product, 'POST', 'rules/throttled/dry-run', { days: 0.02 });
    expect(dryRun).toMatchObject({ fired: [{ labels: { function: 'checkout' } }] });
  });

  test('about a custom metric fires by its dimension, and its form is checked', async () => {
    const custom = { namespace: 'Shop', name: 'Orders', groupBy: ['service'] };
    const signal = { kind: 'metric', metric: 'custom', aggregation: 'max', custom };
    await setUp({ signal, groupBy: [] });
    await pass(3, () => store(line(nowMs, { atMs: nowMs - MINUTE_MS, metrics: [orders([[7, 1]])] })));
    expect(bodies()).toMatchObject([{ data: { value: 7, unit: 'Count', labels: { 'dimension:service': 'shop' } } }]);
    const put = async (given: object) => {
      const init = {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...rule, ...given }),
      };
      const response = await product.fetch('/api/v1/alerts/rules/throttled', init);
      const { errors } = (await response.json()) as { errors?: readonly { readonly field: string }[] };
      return [response.status, errors?.map(({ field }) => field)];
    };
    expect(await put({ signal: { kind: 'metric', metric: 'custom', aggregation: 'sum' } })).toEqual([
      400,
      ['signal.custom'],
    ]);
    expect(await put({ signal: { kind: 'metric', metric: 'throttles', aggregation: 'p99' } })).toEqual([
      400,
      ['signal.aggregation'],
    ]);
    expect(await put({ groupBy: ['version'] })).toEqual([400, ['groupBy.0']]);
  });

  test.each([
    ['breaching', 'firing'],
    ['notBreaching', 'inactive'],
  ])('whose points end has no data: %s', async (noData, state) => {
    await setUp({ noData });
    await pass(2, () => store(lambda('Throttles', nowMs - MINUTE_MS, 4)));
    await pass(15);
    expect(await product.json('/api/v1/alerts/rules/throttled')).toMatchObject({ state, error: null });
  });
});
