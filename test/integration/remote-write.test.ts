/** A genuine Prometheus receives samples by remote write: its answers to PromQL are those of the Prometheus-compatible API. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { SsrfSafeClient } from '../../server/alerts/egress/egress-client.ts';
import { readConfig } from '../../server/config/environment.ts';
import { remoteWriteBatch } from '../../server/http/prometheus/remote-write-requests.ts';
import { RemoteWrite } from '../../server/jobs/remote-write.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';
import { Prometheus } from '../support/prometheus.ts';

/** Prometheus refuses samples of times that are far from those of its clock's blocks: the hour before this one. */
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
let product: TestProduct;
let prometheus: Prometheus;
let nowMs = START;
let n = 0;

beforeEach(async () => {
  nowMs = START;
  product = await startProduct({ now: () => nowMs });
  prometheus = await Prometheus.configured({}, ['--web.enable-remote-write-receiver']);
});
afterEach(async () => {
  await prometheus.stop();
  await product.close();
  removeFolder(product.folder);
});

async function invoke(name: string, endMs: number, durationMs: number): Promise<void> {
  n += 1;
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const stream = `2026/11/20/[$LATEST]${String(n % 3).padStart(32, '0')}`;
  const report = `REPORT RequestId: ${id}\tDuration: ${durationMs}.00 ms\tBilled Duration: ${durationMs} ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB${n <= 3 ? '\tInit Duration: 300.00 ms' : ''}\t\n`;
  const events = [
    { timestamp: endMs - durationMs, logStreamName: stream, message: `START RequestId: ${id} Version: $LATEST\n` },
    { timestamp: endMs, logStreamName: stream, message: report },
  ];
  const query = new URLSearchParams({ function: name, account: '123456789012', region: 'eu-west-1' });
  const init = { method: 'POST', body: JSON.stringify({ events }) };
  expect((await product.fetch(`/ingest/logs?${query}`, init)).status).toBe(200);
}

let kept: string | null;
function sender(further: Readonly<Record<string, string>> = {}): RemoteWrite {
  const config = readConfig({
    THERMOCLINE_REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write`,
    THERMOCLINE_REMOTE_WRITE_LABELS: 'cluster=prod,function=other',
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
    THERMOCLINE_OUTBOUND_HTTP: 'on',
    ...further,
  });
  const target = config.remoteWrite;
  if (target === null) throw new Error('no receiver is configured');
  const egress = new SsrfSafeClient({ policy: config.outbound });
  const { store, analysis, tags } = product;
  return new RemoteWrite({
    target,
    read: (period) => remoteWriteBatch({ store, analysis, tags, config, now: () => nowMs }, period, target.labels),
    post: (request) => egress.post(request),
    load: async () => kept,
    save: async (text) => {
      kept = text;
    },
    count: (outcome, samples) => product.metrics.remoteWriteSamples.inc({ outcome }, samples),
    now: () => nowMs,
    random: () => 0,
    sleep: async () => undefined,
  });
}
beforeEach(() => {
  kept = null;
});

const result = z.array(
  z.object({
    metric: z.record(z.string(), z.string()),
    value: z.tuple([z.number(), z.string()]).optional(),
    values: z.array(z.tuple([z.number(), z.string()])).optional(),
  }),
);
type Values = ReadonlyMap<string, number>;

function valuesOf(found: readonly unknown[]): Values {
  return new Map(
    result
      .parse(found)
      .map(({ metric: { cluster: _, ...metric }, value }) => [
        JSON.stringify(Object.entries(metric).toSorted()),
        Number(value?.[1]),
      ]),
  );
}
async function theirs(query: string, atMs: number): Promise<Values> {
  const { status, error, data } = await prometheus.ask('/api/v1/query', { query, time: String(atMs / 1000) });
  expect([status, error]).toEqual(['success', undefined]);
  return valuesOf(data?.result ?? []);
}
async function ours(query: string, atMs: number): Promise<Values> {
  const parameters = new URLSearchParams({ query, time: String(atMs / 1000) });
  const { data } = await product.json<{ data: { result: unknown[] } }>(`/prometheus/api/v1/query?${parameters}`);
  return valuesOf(data.result);
}

const run = (one: RemoteWrite) => one.run(new AbortController().signal);

const QUERIES = [
  'increase(thermocline_invocations_total[30m])',
  'sum by (function) (rate(thermocline_billed_seconds_total[15m]))',
  'increase(thermocline_cold_starts_total[30m])',
  'increase(thermocline_cost_usd_total[30m])',
  'histogram_quantile(0.9, sum by (function, le) (increase(thermocline_duration_seconds_bucket[30m])))',
  'sum by (kind) (increase(thermocline_init_duration_seconds_count[30m]))',
  'max by (function) (max_over_time(thermocline_max_memory_used_bytes[30m]))',
  'thermocline_function_info',
  'thermocline_function_tags',
  'sum by (tag_team) (sum by (function) (increase(thermocline_invocations_total[30m])) * on (function) group_left (tag_team) thermocline_function_tags)',
];

test('answers are those of the Prometheus-compatible API, and samples are sent once', async () => {
  const tags = { functions: [{ account: '123456789012', region: 'eu-west-1', name: 'pay', tags: { team: 'shop' } }] };
  const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(tags) };
  expect((await product.fetch('/api/v1/tags', put)).status).toBe(200);
  // Buckets end on the minute of five; a sender of its own each time, as after restarts.
  for (let minute = 0; minute < 45; minute += 1) {
    nowMs = START + minute * MINUTE_MS + 1000;
    await invoke('pay', nowMs, 100 + minute * 10);
    if (minute >= 12) await invoke('cart', nowMs + 500, 40);
    if (minute % 5 === 1) expect(await run(sender())).toBeNull();
  }
  nowMs = START + 46 * MINUTE_MS;
  expect(await run(sender())).toBeNull();
  const atMs = START + 45 * MINUTE_MS;
  for (const query of QUERIES) {
    const [mine, other] = [await ours(query, atMs), await theirs(query, atMs)];
    expect([query, mine.size > 0]).toEqual([query, true]);
    expect([query, [...other.keys()].toSorted()]).toEqual([query, [...mine.keys()].toSorted()]);
    for (const [key, value] of mine) expect(other.get(key), `${query} ${key}`).toBeCloseTo(value, 9);
  }
  // 45 minutes of one function, and 33 of the other, in nine five minutes each.
  const count = await theirs('count_over_time(thermocline_invocations_total{function="pay"}[1h])', atMs);
  expect([...count.values()]).toEqual([10]);
  expect((await theirs('thermocline_invocations_total{cluster="prod"}', atMs)).size).toBe(2);
});

test('late data is in the next sample; what Prometheus refuses is said and does not stop the others', async () => {
  await invoke('pay', START + 1000, 100);
  nowMs = START + 6 * MINUTE_MS;
  expect(await run(sender())).toBeNull();
  await invoke('pay', START + 2000, 100);
  nowMs = START + 11 * MINUTE_MS;
  expect(await run(sender())).toBeNull();
  const increase = 'increase(thermocline_invocations_total[5m])';
  const values = async (minute: number) => [
    ...(await theirs('thermocline_invocations_total', START + minute * MINUTE_MS)).values(),
  ];
  expect([await values(5), await values(10)]).toEqual([[1], [2]]);
  expect([...(await theirs(increase, START + 10 * MINUTE_MS)).values()]).toEqual([1]);
  // A sender that has lost its state counts from another base: Prometheus refuses other values of the same times.
  kept = null;
  await invoke('pay', START + 3000, 100);
  expect(await run(sender())).toMatch(
    /^The receiver of remote write refused \d+ samples, which are not sent again: status 400 \(out of (?:order|bounds)/,
  );
  nowMs = START + 16 * MINUTE_MS;
  expect(await run(sender())).toBeNull();
  expect(await values(15)).toEqual([3]);
});

test('a server with the settings sends by itself, with its credentials', async () => {
  const folder = memoryFolder();
  const headers = { authorization: 'Bearer test-admin-token-0123456789abcdef' };
  // Before it sends: in the five minutes before the current ones, which are sent first.
  const before = await startServer(folder);
  const endMs = Math.floor(Date.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS - 1000;
  const line = `${new Date(endMs).toISOString()} REPORT RequestId: 00000000-0000-4000-8000-000000000001\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
  const sent = await fetch(`${before.url}/ingest/logs?function=f`, { method: 'POST', body: line, headers });
  expect(sent.status).toBe(200);
  await before.stop();
  const server = await startServer(folder, {
    THERMOCLINE_REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write`,
    THERMOCLINE_REMOTE_WRITE_TOKEN: 'env:RECEIVER_TOKEN',
    RECEIVER_TOKEN: 'from-the-environment',
    THERMOCLINE_REMOTE_WRITE_SECONDS: '10',
    THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS: '0',
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
    THERMOCLINE_OUTBOUND_HTTP: 'on',
  });
  try {
    const found = async () => [
      ...(await theirs('last_over_time(thermocline_invocations_total{function="f"}[1h])', Date.now())).values(),
    ];
    await expect.poll(found, { interval: 500 }).toEqual([1]);
    const notice = async () => {
      const answer = await fetch(`${server.url}/api/v1/ingest/status`, { headers });
      const { collectors } = (await answer.json()) as { collectors: { name: string; notice: string | null }[] };
      return collectors.find(({ name }) => name === 'prometheus:RemoteWrite')?.notice;
    };
    expect(await notice()).toBeNull();
    const metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^thermocline_remote_write_samples_total\{outcome="sent"\} [1-9]/m);
    expect(metrics).toContain('thermocline_collector_failing{collector="prometheus:RemoteWrite",region=""} 0');
  } finally {
    await server.stop();
    removeFolder(folder);
  }
});
