/** Pulling metrics: against a test server that speaks the CloudWatch protocol. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, AwsDouble, REGION, stubCredentials } from '../../test/support/aws.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import { MINUTE_MS } from '../records/time.ts';
import { metricsClient } from './aws-clients.ts';
import type { PulledPoint } from './metric-queries.ts';
import type { MetricSink } from './metrics.ts';
import { MetricPull } from './metrics.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const at = (minutes: number) => NOON + minutes * MINUTE_MS;
const one = (atMs: number, sum = 1) => ({ atMs, count: 1, sum, min: sum, max: sum });

/** Keeps the newest of each point, as the store does. */
class MemorySink implements MetricSink {
  readonly points = new Map<string, number>();
  readonly requests: number[] = [];
  position: PullCheckpoint | null = null;
  /** Throws at this request, counted from 1. */
  failAt = Number.POSITIVE_INFINITY;

  async checkpoint() {
    return this.position;
  }

  async store(points: readonly PulledPoint[], checkpoint: PullCheckpoint) {
    this.requests.push(points.length);
    if (this.requests.length === this.failAt) throw new Error('killed');
    let accepted = 0;
    for (const { metric_name: name, dimensions, timestamp, value } of points) {
      const key = `${name} ${dimensions['FunctionName']} ${(timestamp - NOON) / MINUTE_MS}`;
      if (this.points.get(key) !== value.sum) accepted += 1;
      this.points.set(key, value.sum ?? Number.NaN);
    }
    this.position = checkpoint;
    return { accepted, duplicates: points.length - accepted, ignored: 0, rejected: 0 };
  }
}

stubCredentials();
let aws: AwsDouble;
let client: CloudWatchClient;
let sink: MemorySink;
let now: number;
let infos: string[];
let warnings: string[];

beforeEach(async () => {
  aws = await AwsDouble.start();
  now = NOON;
  aws.now = () => now;
  client = metricsClient(aws.scope, { requestsPerSecond: 100, maxAttempts: 3 });
  sink = new MemorySink();
  infos = [];
  warnings = [];
});

afterEach(async () => {
  client.destroy();
  await aws.stop();
});

function pull(mostMetrics = 1000): MetricPull {
  return new MetricPull({
    client,
    account: ACCOUNT,
    region: REGION,
    names: new Set(['Throttles', 'Errors']),
    mostMetrics,
    intervalMs: 5 * MINUTE_MS,
    sink,
    now: () => now,
    log: { info: (_facts, text) => infos.push(text), warn: (_facts, text) => warnings.push(text) },
  });
}

const refuse = (wanted: string, type: string, message = type, until = Number.POSITIVE_INFINITY): void => {
  aws.script = ({ target }, nth) => (target === wanted && nth <= until ? { type, message } : undefined);
};

describe('a cycle', () => {
  test('reads what the functions have, by minutes, and says its price', async () => {
    aws.metrics.put('Throttles', 'f', { atMs: at(-2), count: 4, sum: 3, min: 0, max: 2 });
    aws.metrics.put('Throttles', { FunctionName: 'f', Resource: 'f:live' }, one(at(-2)));
    aws.metrics.put('Duration', 'f', one(at(-2)));
    aws.metrics.put('Errors', 'g', one(at(-170), 0));
    expect(await pull().cycle()).toEqual({ metrics: 2, points: 2, problem: null });
    expect(Object.fromEntries(sink.points)).toEqual({ 'Throttles f -2': 3, 'Errors g -170': 0 });
    expect(sink.position).toMatchObject({
      account: ACCOUNT,
      region: REGION,
      logGroup: 'metrics:AWS/Lambda',
      watermarkMs: NOON,
      wideMs: NOON,
      state: 'ok',
      message: '2 metrics every 5 minutes: about $0.17 a month (list price of GetMetricData).',
      events: 2,
    });
    expect(infos).toEqual([`Metrics to pull: ${sink.position?.message}`]);
    expect(warnings).toEqual([]);
  });

  test('needs one request of 60-second periods for 125 metrics', async () => {
    for (let n = 0; n < 126; n += 1) aws.metrics.put('Errors', `f${n}`, one(at(-1)));
    expect(await pull().cycle()).toMatchObject({ metrics: 126, points: 126 });
    const sizes = aws.of('GetMetricData').map(({ MetricDataQueries }) => (MetricDataQueries as object[]).length);
    expect(sizes).toEqual([500, 4]);
  });

  test('follows the pages of lists and of points', async () => {
    aws.metrics.pageMetrics = 1;
    aws.metrics.pageValues = 3;
    aws.metrics.put('Throttles', 'f', one(at(-2)), one(at(-1)));
    aws.metrics.put('Errors', 'f', one(at(-2)), one(at(-1)));
    expect(await pull().cycle()).toMatchObject({ metrics: 2, points: 4, problem: null });
    expect(aws.of('ListMetrics')).toHaveLength(2);
    expect(aws.of('GetMetricData')).toHaveLength(6);
  });

  test('a page token that repeats ends the request with a problem', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    aws.script = ({ target }) =>
      target === 'GetMetricData' ? { answer: { MetricDataResults: [], NextToken: 'same' } } : undefined;
    expect((await pull().cycle()).problem).toBe('AWS returned the same page token twice. The request was ended.');
    expect(aws.of('GetMetricData')).toHaveLength(2);
  });

  test('a function without points costs nothing', async () => {
    aws.metrics.put('Errors', 'f', one(at(-5 * 60)));
    expect(await pull().cycle()).toEqual({ metrics: 0, points: 0, problem: null });
    expect(aws.of('GetMetricData')).toEqual([]);
    expect(sink.position?.watermarkMs).toBe(NOON);
  });

  test('reads no more metrics than there may be, and says so', async () => {
    for (const name of ['f', 'g', 'h']) aws.metrics.put('Errors', name, one(at(-1)));
    const pulling = pull(2);
    const problem = '3 metrics have values: 2 are read.';
    expect(await pulling.cycle()).toEqual({ metrics: 2, points: 2, problem });
    expect(await pulling.cycle()).toMatchObject({ problem });
    expect(warnings).toEqual([problem]);
  });
});

describe('cycles', () => {
  test('a point that comes late or is corrected is read again, and a point that stayed is not counted', async () => {
    aws.metrics.put('Errors', 'f', one(at(-2), 5), { ...one(at(-3)), visibleFromMs: NOON + MINUTE_MS });
    const pulling = pull();
    await pulling.cycle();
    now = at(5);
    aws.metrics.put('Errors', 'f', one(at(-2), 7));
    expect(await pulling.cycle()).toEqual({ metrics: 1, points: 2, problem: null });
    expect(Object.fromEntries(sink.points)).toEqual({ 'Errors f -2': 7, 'Errors f -3': 1 });
    expect(sink.position?.events).toBe(3);
  });

  test('each hour the last three hours are read again', async () => {
    aws.metrics.put('Errors', 'f', one(at(-20)));
    const pulling = pull();
    await pulling.cycle();
    now = at(58);
    aws.metrics.put('Errors', 'f', one(at(-20), 7), one(at(57)));
    expect(await pulling.cycle()).toMatchObject({ points: 1 });
    expect(sink.points.get('Errors f -20')).toBe(1);
    now = at(63);
    expect(await pulling.cycle()).toMatchObject({ points: 1 });
    expect(sink.points.get('Errors f -20')).toBe(7);
  });

  test('metrics are listed every 15 minutes; the price is said again when it changed by more than a quarter', async () => {
    for (let n = 0; n < 4; n += 1) aws.metrics.put('Errors', `f${n}`, one(at(-1)));
    const pulling = pull();
    await pulling.cycle();
    aws.metrics.put('Errors', 'f4', one(at(0)));
    now = at(5);
    expect(await pulling.cycle()).toMatchObject({ metrics: 4 });
    now = at(15);
    expect(await pulling.cycle()).toMatchObject({ metrics: 5, points: 1 });
    expect(infos).toHaveLength(1);
    aws.metrics.put('Errors', 'f5', one(at(16)));
    now = at(30);
    await pulling.cycle();
    expect(infos).toEqual([expect.stringContaining('4 metrics'), expect.stringContaining('6 metrics')]);
  });

  test('a gap is read from where it began, also metrics without recent values', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    await pull().cycle();
    now = at(10 * 60);
    aws.metrics.put('Errors', 'f', one(at(30)));
    aws.metrics.put('Errors', 'g', one(at(9 * 60)));
    const pulling = pull();
    expect(await pulling.cycle()).toMatchObject({ metrics: 2, points: 2, problem: null });
    expect([...sink.points.keys()]).toEqual(['Errors f -1', 'Errors f 30', 'Errors g 540']);
    expect(sink.position?.watermarkMs).toBe(now);
    now = at(10 * 60 + 5);
    expect(await pulling.cycle()).toMatchObject({ metrics: 1 });
  });
});

describe('faults', () => {
  test.each([1, 2, 3, 4])('killed at request %i to the store: nothing is lost', async (failAt) => {
    for (let n = 0; n < 126; n += 1) aws.metrics.put('Errors', `f${n}`, one(at(-190)), one(at(-1)));
    sink.position = { ...CHECKPOINT, watermarkMs: at(-200), wideMs: at(-200) };
    sink.failAt = failAt;
    await expect(pull().cycle()).rejects.toThrow('killed');
    expect(sink.position.watermarkMs).toBeLessThan(NOON);
    await pull().cycle();
    expect(sink.points.size).toBe(252);
    expect(sink.position.watermarkMs).toBe(NOON);
  });

  test('throttling is retried', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    refuse('GetMetricData', 'ThrottlingException', 'Rate exceeded', 2);
    expect(await pull().cycle()).toMatchObject({ points: 1, problem: null });
    expect(aws.of('GetMetricData')).toHaveLength(3);
  });

  test('throttling that does not end leaves the position, and the next cycle reads the same', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    refuse('GetMetricData', 'ThrottlingException', 'Rate exceeded', 3);
    const pulling = pull();
    expect((await pulling.cycle()).problem).toMatch(/^AWS throttles cloudwatch:GetMetricData\./);
    expect(sink.position).toMatchObject({ state: 'throttled', watermarkMs: null, events: 0 });
    now = at(5);
    expect(await pulling.cycle()).toMatchObject({ points: 1, problem: null });
    expect(sink.position).toMatchObject({ state: 'ok', watermarkMs: now });
  });

  test.each(['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'])('%s that is denied is named', async (action) => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    refuse(
      action.split(':')[1] ?? '',
      'AccessDenied',
      `User is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
    );
    const pulling = pull();
    const { problem } = await pulling.cycle();
    expect(problem).toContain(`The credentials lack a permission. Allow ${action}.`);
    expect(sink.position).toMatchObject({ state: 'denied', message: problem, watermarkMs: null });
    await pulling.cycle();
    expect(warnings).toEqual([problem]);
  });

  test('a metric that cannot be read leaves the others', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    aws.metrics.put('Throttles', 'f', one(at(-1)));
    aws.script = ({ target }) =>
      target === 'GetMetricData'
        ? {
            answer: {
              MetricDataResults: [
                { Id: 'sum0', StatusCode: 'InternalError', Timestamps: [], Values: [] },
                { Id: 'count1', StatusCode: 'Complete', Timestamps: [at(-1) / 1000], Values: [1] },
                { Id: 'sum1', StatusCode: 'Complete', Timestamps: [at(-1) / 1000], Values: [2] },
              ],
            },
          }
        : undefined;
    expect(await pull().cycle()).toEqual({ metrics: 2, points: 1, problem: 'Errors of f: InternalError' });
    expect(sink.position).toMatchObject({ state: 'error', message: 'Errors of f: InternalError', watermarkMs: NOON });
  });

  test('a minute of which a page lacks the count is read again', async () => {
    aws.metrics.put('Errors', 'f', one(at(-1)));
    aws.script = ({ target }, nth) =>
      target === 'GetMetricData' && nth === 1
        ? { answer: { MetricDataResults: [{ Id: 'sum0', Timestamps: [at(-1) / 1000], Values: [1] }] } }
        : undefined;
    const pulling = pull();
    expect(await pulling.cycle()).toEqual({ metrics: 1, points: 0, problem: null });
    expect(infos.at(-1)).toBe('1 point lacked count or sum and will be read again.');
    now = at(5);
    expect(await pulling.cycle()).toMatchObject({ points: 1 });
  });

  test('a stop between two requests leaves the position', async () => {
    for (let n = 0; n < 126; n += 1) aws.metrics.put('Errors', `f${n}`, one(at(-1)));
    const stopping = new AbortController();
    aws.script = ({ target }) => {
      if (target === 'GetMetricData') stopping.abort();
      return undefined;
    };
    expect(await pull().cycle(stopping.signal)).toMatchObject({ problem: null });
    expect(aws.of('GetMetricData')).toHaveLength(1);
    expect(sink.position?.watermarkMs ?? null).toBeNull();
  });
});

const CHECKPOINT: PullCheckpoint = {
  account: ACCOUNT,
  region: REGION,
  logGroup: 'metrics:AWS/Lambda',
  mode: 'poll',
  watermarkMs: null,
  scan: null,
  wideMs: null,
  state: 'ok',
  message: null,
  events: 0,
  updatedMs: NOON,
};
