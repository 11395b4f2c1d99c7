/** Derived metrics as a receiver of OTLP/HTTP gets them: values worked out by hand, and equal to those of the Prometheus-compatible API. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SsrfSafeClient } from '../../server/alerts/egress/egress-client.ts';
import { readConfig } from '../../server/config/environment.ts';
import { metricRequests } from '../../server/http/prometheus/metric-requests.ts';
import { MetricExport } from '../../server/jobs/metric-export.ts';
import { decodeMetrics } from '../support/metrics-proto.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20, 10);
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';

interface Received {
  readonly type: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

let received: Received[];
/** Statuses of the next answers; 200 after them. */
let statuses: number[];
let product: TestProduct;
let nowMs = START;
let url = '';
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { 'content-type': type, authorization } = request.headers;
    received.push({ type, authorization, body: gunzipSync(Buffer.concat(chunks)) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
});

beforeEach(async () => {
  [received, statuses, nowMs] = [[], [], START];
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/metrics`;
  product = await startProduct({ now: () => nowMs });
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

function exporter(encoding: 'protobuf' | 'json'): MetricExport {
  const environment = { THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8', THERMOCLINE_OUTBOUND_HTTP: 'on' };
  const config = readConfig(environment);
  const egress = new SsrfSafeClient({ policy: config.outbound });
  let kept: string | null = null;
  const context = { store: product.store, analysis: product.analysis, tags: product.tags, config, version: '1.2.3' };
  return new MetricExport({
    target: { url, headers: { authorization: 'Bearer secret' }, encoding, intervalMs: 60_000 },
    read: (period) => metricRequests(context, period, encoding),
    post: (request) => egress.post(request),
    load: async () => kept,
    save: async (text) => {
      kept = text;
    },
    now: () => nowMs,
    random: () => 0,
    sleep: async () => undefined,
  });
}

async function invocation(n: number, endMs: number, durationMs: number, more = ''): Promise<void> {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const events = [
    { timestamp: endMs - durationMs, logStreamName: STREAM, message: `START RequestId: ${id} Version: $LATEST\n` },
    {
      timestamp: endMs,
      logStreamName: STREAM,
      message: `REPORT RequestId: ${id}\tDuration: ${durationMs}.00 ms\tBilled Duration: ${durationMs} ms\tMemory Size: 128 MB\tMax Memory Used: ${60 + n} MB${more}\t\n`,
    },
  ];
  const query = new URLSearchParams({ function: 'paid', account: '123456789012', region: 'eu-west-1' });
  const init = { method: 'POST', body: JSON.stringify({ events }) };
  expect((await product.fetch(`/ingest/logs?${query}`, init)).status).toBe(200);
}

interface Point {
  readonly attributes: { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly count?: string;
  readonly sum?: number;
  readonly bucketCounts?: string[];
  readonly explicitBounds?: number[];
}
interface Data {
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints: Point[];
}
interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: Data;
  readonly gauge?: Data;
  readonly histogram?: Data;
}

function metricsOf({ body, type }: Received): ReadonlyMap<string, Metric> {
  const request = (type === 'application/json' ? JSON.parse(body.toString()) : decodeMetrics(body)) as {
    resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[];
  };
  const metrics = request.resourceMetrics.flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
  return new Map(metrics.map((metric) => [metric.name, metric]));
}
const run = (one: MetricExport) => one.run(new AbortController().signal);
const at = (index: number): Received => {
  const found = received.at(index);
  if (found === undefined) throw new Error('nothing was received');
  return found;
};

test.each(['protobuf', 'json'] as const)('sums, histograms and gauges since the start, in %s', async (encoding) => {
  const job = exporter(encoding);
  // The start is the full hour of the first export: nothing has happened yet, and nothing is sent.
  nowMs = START + 60_000;
  expect(await run(job)).toBeNull();
  nowMs = START + 2 * HOUR + 12 * 60_000;
  await invocation(1, START + 10 * 60_000, 100, '\tInit Duration: 300.00 ms');
  await invocation(2, START + HOUR + 60_000, 200);
  await invocation(3, START + 2 * HOUR + 11 * 60_000, 400);
  expect(received).toHaveLength(0);
  expect(await run(job)).toBeNull();
  expect(received).toHaveLength(1);
  expect(at(0)).toMatchObject({ authorization: 'Bearer secret' });
  const metrics = metricsOf(at(0));
  const { sum } = metrics.get('thermocline_invocations_total') ?? {};
  expect(sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
  expect(sum?.dataPoints).toHaveLength(1);
  expect(sum?.dataPoints[0]).toMatchObject({
    startTimeUnixNano: `${START}000000`,
    timeUnixNano: `${nowMs}000000`,
    asDouble: 3,
  });
  expect(
    Object.fromEntries(sum?.dataPoints[0]?.attributes.map(({ key, value }) => [key, value.stringValue]) ?? []),
  ).toEqual({
    function: 'paid',
    account: '123456789012',
    region: 'eu-west-1',
    version: '$LATEST',
    memory_mb: '128',
  });
  const duration = metrics.get('thermocline_duration_seconds');
  expect(duration?.unit).toBe('s');
  const [histogram] = duration?.histogram?.dataPoints ?? [];
  // Bounds of 50, 100, 250 and 500 ms: sketches are right to 1 %, so that 100 ms may be on either side of its bound.
  expect(histogram?.count).toBe('3');
  expect(histogram?.sum).toBeCloseTo(0.7, 1);
  expect(histogram?.explicitBounds?.slice(0, 8)).toEqual([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]);
  const counts = histogram?.bucketCounts?.map(Number) ?? [];
  expect(counts).toHaveLength(16);
  expect([(counts[4] ?? 0) + (counts[5] ?? 0), counts[6]]).toEqual([2, 1]);
  const init = metrics.get('thermocline_init_duration_seconds')?.histogram?.dataPoints[0];
  expect([init?.count, init?.attributes.at(-1)]).toEqual(['1', { key: 'kind', value: { stringValue: 'on-demand' } }]);
  expect(metrics.get('thermocline_cold_starts_total')?.sum?.dataPoints[0]?.asDouble).toBe(1);
  expect(metrics.get('thermocline_billed_seconds_total')?.sum?.dataPoints[0]?.asDouble).toBeCloseTo(0.7, 9);
  const memory = metrics.get('thermocline_max_memory_used_bytes')?.gauge?.dataPoints[0];
  expect([memory?.asDouble, memory?.startTimeUnixNano]).toEqual([63 * 2 ** 20, undefined]);
  // Costs of 3 requests at $0.20 for a million and of 0.7 s of 128 MB on x86_64 at $0.0000166667 for a GB-second.
  const cost = metrics.get('thermocline_cost_usd_total')?.sum?.dataPoints[0]?.asDouble;
  expect(cost).toBeCloseTo(3 * 0.2e-6 + 0.7 * 0.125 * 0.0000166667, 9);
});

test('what arrives late is added to the next export, and nothing is counted twice', async () => {
  const job = exporter('json');
  await run(job);
  nowMs = START + HOUR + 60_000;
  await invocation(1, START + 10 * 60_000, 100);
  await run(job);
  await invocation(2, START + 20 * 60_000, 100);
  await invocation(2, START + 20 * 60_000, 100);
  nowMs += 60_000;
  await run(job);
  const values = received.map(
    (one) => metricsOf(one).get('thermocline_invocations_total')?.sum?.dataPoints[0]?.asDouble,
  );
  expect(values).toEqual([1, 2]);
});

test('a receiver that answers 503 gets the same request again', async () => {
  nowMs = START + 60_000;
  await invocation(1, START + 1000, 100);
  statuses = [503, 429];
  expect(await run(exporter('protobuf'))).toBeNull();
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ body }) => body.toString('hex'))).size).toBe(1);
});

test('a server with the settings exports by itself, and shows a receiver that refuses', async () => {
  const folder = memoryFolder();
  statuses = Array.from({ length: 10 }, () => 401);
  const server = await startServer(folder, {
    THERMOCLINE_OTLP_METRICS_URL: url,
    THERMOCLINE_OTLP_METRICS_HEADERS: 'env:RECEIVER_HEADERS',
    RECEIVER_HEADERS: 'authorization=Bearer%20from-the-environment',
    THERMOCLINE_OTLP_METRICS_SECONDS: '10',
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
    THERMOCLINE_OUTBOUND_HTTP: 'on',
  });
  try {
    const now = Date.now();
    const line = `${new Date(now).toISOString()} REPORT RequestId: 00000000-0000-4000-8000-000000000001\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
    const headers = { authorization: 'Bearer test-admin-token-0123456789abcdef' };
    const sent = await fetch(`${server.url}/ingest/logs?function=f`, { method: 'POST', body: line, headers });
    expect(sent.status).toBe(200);
    const notice = async () => {
      const answer = await fetch(`${server.url}/api/v1/ingest/status`, { headers });
      const { collectors } = (await answer.json()) as { collectors: { name: string; notice: string | null }[] };
      return collectors.find(({ name }) => name === 'otlp:ExportMetrics')?.notice;
    };
    await expect.poll(notice).toBe('The receiver of metrics refused them: status 401.');
    expect(at(0).authorization).toBe('Bearer from-the-environment');
  } finally {
    await server.stop();
    removeFolder(folder);
  }
});
