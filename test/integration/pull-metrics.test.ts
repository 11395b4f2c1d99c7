/** Metrics that are pulled: from a test server that speaks the CloudWatch protocol to the answers of the product. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpMetricSink } from '../../ingest/api/metric-sink.ts';
import { lambdaClient, metricsClient } from '../../ingest/aws/aws-clients.ts';
import { accountOf } from '../../ingest/aws/inventory.ts';
import type { PulledPoint } from '../../ingest/aws/metric-queries.ts';
import type { MetricSink } from '../../ingest/aws/metrics.ts';
import { MetricPull } from '../../ingest/aws/metrics.ts';
import type { PullCheckpoint } from '../../ingest/records/pull-checkpoint.ts';
import { iso, MINUTE_MS } from '../../ingest/records/time.ts';
import { ACCOUNT, AwsDouble, REGION, stubCredentials } from '../support/aws.ts';
import type { DoublePoint } from '../support/aws-metrics.ts';
import { record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const at = (minutes: number): number => NOON + minutes * MINUTE_MS;
const point = (minutes: number, count: number, sum: number, min: number, max: number): DoublePoint => ({
  atMs: at(minutes),
  count,
  sum,
  min,
  max,
});

stubCredentials();
let aws: AwsDouble;
let product: TestProduct;
let client: CloudWatchClient;
let now: number;

beforeEach(async () => {
  now = NOON;
  aws = await AwsDouble.start();
  aws.now = () => now;
  product = await startProduct({ now: () => now });
  client = metricsClient(aws.scope, { requestsPerSecond: 100, maxAttempts: 3 });
});

afterEach(async () => {
  client.destroy();
  await product.close();
  await aws.stop();
  removeFolder(product.folder);
});

const sink = (): MetricSink => new HttpMetricSink(product.fetch);

function pull(using = sink()): MetricPull {
  return new MetricPull({
    client,
    account: ACCOUNT,
    region: REGION,
    names: new Set(['Throttles', 'ConcurrentExecutions']),
    mostMetrics: 1000,
    intervalMs: 5 * MINUTE_MS,
    sink: using,
    now: () => now,
    log: { info: () => undefined, warn: () => undefined },
  });
}

/** Samples and value of a metric of the function `checkout`, over all times of the tests. */
async function totalOf(name: string, statistic: string): Promise<readonly [n: number, value: number | null] | null> {
  const query = new URLSearchParams({
    namespace: 'AWS/Lambda',
    name,
    statistic,
    dimensions: '{"FunctionName":"checkout"}',
    from: iso(at(-24 * 60)),
    to: iso(at(24 * 60)),
  });
  const { groups } = await product.json<{ groups: { n: number; value: number | null }[] }>(
    `/api/v1/metrics/points?${query}`,
  );
  const [group] = groups;
  return group === undefined ? null : [group.n, group.value];
}

interface Status {
  readonly pulls: readonly { readonly logGroup: string; readonly state: string; readonly message: string | null }[];
  readonly sources: readonly { readonly kind: string; readonly name: string }[];
  readonly coverageReasons: readonly unknown[];
}

const status = () => product.json<Status>('/api/v1/ingest/status');

test('points of functions are stored with their statistics, and their price is said', async () => {
  aws.metrics.put('Throttles', 'checkout', point(-3, 4, 3, 0, 2), point(-2, 2, 1, 0, 1));
  aws.metrics.put('ConcurrentExecutions', 'checkout', point(-3, 2, 15, 5, 10), point(-2, 1, 7, 7, 7));
  aws.metrics.put('Throttles', { FunctionName: 'checkout', Resource: 'checkout:live' }, point(-2, 9, 9, 1, 1));
  // A function that had no points lately.
  aws.metrics.put('Throttles', 'rare', point(-600, 1, 1, 1, 1));
  expect(await pull().cycle()).toEqual({ metrics: 2, points: 4, problem: null });
  expect(await totalOf('Throttles', 'sum')).toEqual([6, 4]);
  expect(await totalOf('ConcurrentExecutions', 'max')).toEqual([3, 10]);
  expect(await totalOf('ConcurrentExecutions', 'min')).toEqual([3, 5]);
  const { items } = await product.json<{ items: { dimensions: object; identity?: object }[] }>('/api/v1/metrics');
  expect(items.map(({ dimensions }) => dimensions)).toEqual([
    { FunctionName: 'checkout' },
    { FunctionName: 'checkout' },
  ]);
  expect(await status()).toMatchObject({
    sources: [{ kind: 'pull', name: 'CloudWatch metrics' }],
    pulls: [
      {
        account: ACCOUNT,
        region: REGION,
        logGroup: 'metrics:AWS/Lambda',
        mode: 'poll',
        state: 'ok',
        message: '2 metrics every 5 minutes: about $0.17 a month (list price of GetMetricData).',
        watermarkAt: iso(NOON),
        events: 4,
      },
    ],
  });
});

test('the newest value of a minute wins, and a point that a stream brought too counts once', async () => {
  aws.metrics.put('Throttles', 'checkout', point(-3, 4, 3, 0, 2));
  const pulling = pull();
  await pulling.cycle();
  const streamed = {
    metric_stream_name: 's',
    account_id: ACCOUNT,
    region: REGION,
    namespace: 'AWS/Lambda',
    metric_name: 'Throttles',
    dimensions: { FunctionName: 'checkout' },
    timestamp: at(-3),
    value: { count: 4, sum: 3, max: 2, min: 0 },
    unit: 'Count',
  };
  await send(product, [record(streamed)]);
  expect(await totalOf('Throttles', 'sum')).toEqual([4, 3]);
  now = at(5);
  aws.metrics.put('Throttles', 'checkout', point(-3, 5, 8, 0, 5));
  expect(await pulling.cycle()).toMatchObject({ points: 1 });
  expect(await totalOf('Throttles', 'sum')).toEqual([5, 8]);
  expect(await totalOf('Throttles', 'max')).toEqual([5, 5]);
});

/** Fails at one request to the store, before or after it was stored. */
class Breaking implements MetricSink {
  readonly #inner = sink();
  readonly #when: 'before' | 'after';
  #left: number;

  constructor(requests: number, when: 'before' | 'after') {
    this.#left = requests;
    this.#when = when;
  }

  checkpoint: MetricSink['checkpoint'] = (...given) => this.#inner.checkpoint(...given);

  async store(points: readonly PulledPoint[], checkpoint: PullCheckpoint) {
    this.#left -= 1;
    if (this.#left < 0 && this.#when === 'before') throw new Error('killed');
    const outcome = await this.#inner.store(points, checkpoint);
    if (this.#left < 0) throw new Error('killed');
    return outcome;
  }
}

test.each(['before', 'after'] as const)('killed %s any request to the store: each point counts once', async (when) => {
  for (let n = 0; n < 130; n += 1) aws.metrics.put('Throttles', `f${n}`, point(-170, 1, 1, 1, 1));
  aws.metrics.put('Throttles', 'checkout', point(-170, 1, 2, 2, 2), point(-5, 1, 3, 3, 3));
  for (let requests = 0; requests < 3; requests += 1)
    await expect(pull(new Breaking(requests, when)).cycle()).rejects.toThrow('killed');
  await pull().cycle();
  expect(await totalOf('Throttles', 'sum')).toEqual([2, 5]);
  now = at(7 * 60);
  aws.metrics.put('Throttles', 'checkout', point(60, 1, 4, 4, 4));
  // A new process goes on where the last one ended, though the function had no points within three hours.
  await pull().cycle();
  expect(await totalOf('Throttles', 'sum')).toEqual([3, 9]);
});

test('a missing permission is named, and coverage of lines is not concerned', async () => {
  aws.metrics.put('Throttles', 'checkout', point(-3, 4, 3, 0, 2));
  aws.script = ({ target }) =>
    target === 'GetMetricData'
      ? { type: 'AccessDenied', message: 'User is not authorized to perform: cloudwatch:GetMetricData' }
      : undefined;
  const { problem } = await pull().cycle();
  expect(problem).toContain('Allow cloudwatch:GetMetricData.');
  expect(await status()).toMatchObject({ pulls: [{ state: 'denied', message: problem, watermarkAt: null }] });
  expect((await status()).coverageReasons).toEqual([]);
});

test('throttling that does not end is stored as the state; the next cycle reads what was missed', async () => {
  aws.metrics.put('Throttles', 'checkout', point(-3, 4, 3, 0, 2));
  aws.script = ({ target }, nth) =>
    target === 'GetMetricData' && nth <= 3 ? { type: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
  const pulling = pull();
  await pulling.cycle();
  expect(await status()).toMatchObject({ pulls: [{ state: 'throttled', watermarkAt: null }] });
  expect(await totalOf('Throttles', 'sum')).toBeNull();
  now = at(5);
  await pulling.cycle();
  expect(await status()).toMatchObject({ pulls: [{ state: 'ok' }] });
  expect(await totalOf('Throttles', 'sum')).toEqual([4, 3]);
});

test('the account is that of any function; none is known where functions may not be listed', async () => {
  const lambda = lambdaClient(aws.scope, { requestsPerSecond: 100, maxAttempts: 1 });
  expect(await accountOf(lambda)).toBeNull();
  aws.functions.push({ FunctionName: 'f', FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f` });
  expect(await accountOf(lambda)).toBe(ACCOUNT);
  aws.script = () => ({ status: 403, type: 'AccessDeniedException', message: 'not you' });
  expect(await accountOf(lambda)).toBe('');
  aws.script = () => ({ status: 400, type: 'InvalidParameterValueException', message: 'odd' });
  await expect(accountOf(lambda)).rejects.toThrow('odd');
  lambda.destroy();
});

test('the server pulls by its settings, and logs the price', async () => {
  aws.now = Date.now;
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  aws.functions.push({ FunctionName: 'f', FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f` });
  aws.metrics.put('Throttles', 'f', { atMs: minute - 3 * MINUTE_MS, count: 1, sum: 2, min: 2, max: 2 });
  const folder = memoryFolder();
  const server = await startServer(folder, {
    ...aws.environment,
    THERMOCLINE_PULL_METRICS: 'on',
    THERMOCLINE_PULL_METRICS_MINUTES: '30',
    THERMOCLINE_LOG_LEVEL: 'info',
  });
  const headers = { authorization: `Bearer ${ADMIN}` };
  const read = async () => (await (await fetch(`${server.url}/api/v1/ingest/status`, { headers })).json()) as Status;
  await expect.poll(async () => (await read()).pulls).toHaveLength(1);
  const { pulls, ...found } = await read();
  const price = '1 metric every 30 minutes: about $0.01 a month (list price of GetMetricData).';
  expect(pulls).toMatchObject([{ account: ACCOUNT, region: REGION, state: 'ok', message: price }]);
  expect(found).toMatchObject({ collectors: [{ name: 'cloudwatch:GetMetricData', intervalMs: 30 * MINUTE_MS }] });
  expect(server.output()).toContain(`Metrics to pull: ${price}`);
  await server.stop();
  removeFolder(folder);
});
