/** Metrics of functions in the Prometheus text format: a genuine Prometheus scrapes a running server, promtool checks the text. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { FAMILIES } from '../../server/http/presentation/prometheus-metrics.ts';
import type { RunningServer, TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';
import { Prometheus, promtool } from '../support/prometheus.ts';

const START = Date.UTC(2026, 10, 20, 10);
const PATH = '/metrics/functions';
const NAME = 'thermocline_invocations_total';
let product: TestProduct;
let nowMs = START;

type Send = (path: string, init: RequestInit) => Promise<Response>;

/** One invocation of a function in a log stream of its own, with an init. */
async function invoke(send: Send, name: string, n: number, endMs: number): Promise<void> {
  const stream = `2026/11/20/[$LATEST]${String(n).padStart(32, '0')}`;
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const report = `REPORT RequestId: ${id}\tDuration: 200.00 ms\tBilled Duration: 200 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tInit Duration: 300.00 ms\t\n`;
  const events = [
    { timestamp: endMs - 200, logStreamName: stream, message: `START RequestId: ${id} Version: $LATEST\n` },
    { timestamp: endMs, logStreamName: stream, message: report },
  ];
  const query = new URLSearchParams({ function: name, account: '123456789012', region: 'eu-west-1' });
  const init = { method: 'POST', body: JSON.stringify({ events }) };
  expect((await send(`/ingest/logs?${query}`, init)).status).toBe(200);
}

/** Values of the series of a metric whose labels have all these texts. */
function valuesOf(text: string, metric: string, ...labels: readonly string[]): readonly number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && labels.every((label) => line.includes(label)))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

/** Later than readings are shared for. */
async function scrape(query = ''): Promise<string> {
  nowMs += 6000;
  const response = await product.fetch(`${PATH}${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return response.text();
}

describe('one server', () => {
  beforeAll(async () => {
    product = await startProduct({ now: () => nowMs });
    await invoke(product.fetch, 'pay', 1, START - 10 * MINUTE_MS);
    await invoke(product.fetch, 'pay', 2, START - MINUTE_MS);
    await invoke(product.fetch, 'cart', 3, START - MINUTE_MS);
    const tags = { functions: [{ account: '123456789012', region: 'eu-west-1', name: 'pay', tags: { team: 'shop' } }] };
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(tags) };
    expect((await product.fetch('/api/v1/tags', put)).status).toBe(200);
    nowMs = START + 2 * MINUTE_MS;
    await product.derive();
  });
  afterAll(async () => {
    await product.close();
    removeFolder(product.folder);
  });

  test('the configuration in the documentation scrapes all but histograms', async () => {
    const docs = readFileSync(new URL('../../docs/integrations.md', import.meta.url), 'utf8');
    const example: unknown = parse(/```yaml\n(scrape_configs:[\s\S]*?)```/.exec(docs)?.[1] ?? '');
    const { scrape_configs: jobs } = z
      .object({
        scrape_configs: z.array(
          z.object({ metrics_path: z.string(), params: z.record(z.string(), z.array(z.string())) }),
        ),
      })
      .parse(example);
    expect(jobs.map((job) => job.metrics_path)).toEqual([PATH]);
    const query = new URLSearchParams(
      jobs.flatMap(({ params }) => Object.entries(params).flatMap(([name, all]) => all.map((one) => [name, one]))),
    );
    const text = await scrape(`?${query}`);
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(families).toEqual(expect.arrayContaining([NAME, 'thermocline_function_info', 'thermocline_cost_usd_total']));
    expect(families.filter((name) => name?.includes('duration_seconds'))).toEqual([]);
  });

  test('promtool finds no fault', async () => {
    const text = await scrape();
    expect(execFileSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
    expect(() =>
      execFileSync(promtool, ['check', 'metrics'], { input: text.replaceAll('} ', '}x '), stdio: 'pipe' }),
    ).toThrow();
  });

  test('every metric that is known is there, with values worked out by hand', async () => {
    const text = await scrape();
    const missing = FAMILIES.filter(({ name }) => !text.includes(`# TYPE ${name} `)).map(({ name }) => name);
    // Of lines of REPORT alone it is not known whether the runtime reported an error.
    expect(missing).toEqual(['thermocline_errors_total']);
    expect(valuesOf(text, 'thermocline_errors_unknown_total', 'function="pay"')).toEqual([2]);
    expect(valuesOf(text, 'thermocline_max_memory_used_bytes', 'function="pay"')).toEqual([60 * 2 ** 20]);
    expect(valuesOf(text, NAME, 'function="pay"')).toEqual([2]);
    expect(valuesOf(text, 'thermocline_cold_starts_total', 'function="pay"', 'kind="on-demand"')).toEqual([2]);
    expect(valuesOf(text, 'thermocline_cold_start_causes_total', 'function="pay"').reduce((a, b) => a + b)).toBe(2);
    expect(valuesOf(text, 'thermocline_duration_seconds_count', 'function="pay"')).toEqual([2]);
    expect(valuesOf(text, 'thermocline_duration_seconds_bucket', 'function="pay"', 'le="0.1"')).toEqual([0]);
    expect(valuesOf(text, 'thermocline_duration_seconds_bucket', 'function="pay"', 'le="0.25"')).toEqual([2]);
    expect(valuesOf(text, 'thermocline_billed_seconds_total', 'function="pay"')[0]).toBeCloseTo(0.4, 9);
    expect(valuesOf(text, 'thermocline_function_tags', 'function="pay"', 'tag_team="shop"')).toEqual([1]);
    expect(text).toContain('thermocline_function_series_left_out 0\n');
  });

  test('selectors and a limit; what is not valid is 400 in the form of Prometheus', async () => {
    const text = await scrape(`?match[]=${NAME}&match[]=${encodeURIComponent('{__name__=~".*_info",function="pay"}')}`);
    expect(text.split('\n').filter((line) => /^\w+\{/.test(line))).toHaveLength(3);
    expect(await scrape('?limit=1')).toMatch(/^thermocline_function_series_left_out [1-9]/m);
    for (const query of ['match[]=', 'match[]=rate(x[5m])', 'limit=x', 'limit=100001']) {
      const response = await product.fetch(`${PATH}?${query}`);
      expect([query, response.status]).toEqual([query, 400]);
      expect(await response.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
    }
  });

  test('a token is needed: of scope read, as bearer or as the password of basic authentication', async () => {
    const status = async (authorization: string) =>
      (await product.app.request(PATH, { headers: { authorization } })).status;
    expect((await product.app.request(PATH)).status).toBe(401);
    expect(await status('Bearer x')).toBe(401);
    expect(await status(`Basic ${Buffer.from(`scraper:${ADMIN}`).toString('base64')}`)).toBe(200);
    const created = await product.json<{ token: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ingest-only', scope: 'ingest' }),
    });
    expect(await status(`Bearer ${created.token}`)).toBe(403);
  });

  test('counters never decrease: late data, another day, a deletion, a restart', async () => {
    const count = async () => valuesOf(await scrape(), NAME, 'function="pay"');
    expect(await count()).toEqual([2]);
    // Late, but not before the day before.
    await invoke(product.fetch, 'pay', 4, START - 20 * HOUR_MS);
    expect(await count()).toEqual([3]);
    nowMs = START + DAY_MS;
    await invoke(product.fetch, 'pay', 5, nowMs - MINUTE_MS);
    expect(await count()).toEqual([4]);
    // The base moves on: what happened two days ago is no longer read.
    nowMs = START + 2 * DAY_MS;
    await invoke(product.fetch, 'pay', 6, nowMs - MINUTE_MS);
    expect(await count()).toEqual([5]);
    await product.close();
    product = await startProduct({ folder: product.folder, now: () => nowMs });
    nowMs = START + 5 * DAY_MS;
    await invoke(product.fetch, 'pay', 7, nowMs - MINUTE_MS);
    expect(await count()).toEqual([6]);
    expect((await product.fetch('/api/v1/functions/pay', { method: 'DELETE' })).status).toBe(200);
    // Without invocations in what is read there is no series; then it goes on.
    expect(await count()).toEqual([]);
    nowMs += 6 * MINUTE_MS;
    await invoke(product.fetch, 'pay', 8, nowMs - MINUTE_MS);
    expect(await count()).toEqual([7]);
  });

  test('tags go with the data of a function', async () => {
    await invoke(product.fetch, 'pay', 9, nowMs - MINUTE_MS);
    const text = await scrape();
    expect(valuesOf(text, 'thermocline_function_tags', 'function="pay"')).toEqual([1]);
    expect(text).not.toContain('tag_team');
  });
});

describe('a genuine Prometheus', () => {
  const folder = memoryFolder();
  let server: RunningServer;
  let prometheus: Prometheus;

  beforeAll(async () => {
    server = await startServer(folder);
    const { host } = new URL(server.url);
    prometheus = await Prometheus.configured({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          job_name: 'thermocline-functions',
          metrics_path: PATH,
          authorization: { credentials: ADMIN },
          params: { 'match[]': [`{__name__=~"thermocline_.+"}`] },
          static_configs: [{ targets: [host] }],
        },
      ],
    });
  });
  afterAll(async () => {
    await prometheus.stop();
    await server.stop();
    removeFolder(folder);
  });

  const vector = z.array(
    z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
  );
  const sampleOf = async (query: string) => {
    const { data } = await prometheus.ask('/api/v1/query', { query });
    return vector.parse(data?.result ?? []).map(({ value }) => Number(value[1]));
  };

  test('scrapes the server, and counts what happens between scrapes', async () => {
    const send: Send = (path, init) =>
      fetch(`${server.url}${path}`, { ...init, headers: { authorization: `Bearer ${ADMIN}` } });
    const now = Date.now();
    await invoke(send, 'pay', 1, now);
    await expect.poll(() => sampleOf('up'), { interval: 500 }).toEqual([1]);
    await expect.poll(() => sampleOf(`${NAME}{function="pay"}`), { interval: 500 }).toEqual([1]);
    await invoke(send, 'pay', 2, now + 1);
    await invoke(send, 'pay', 3, now + 2);
    await expect.poll(() => sampleOf(`${NAME}{function="pay"}`), { interval: 500 }).toEqual([3]);
    expect(await sampleOf(`resets(${NAME}[5m])`)).toEqual([0]);
    const joined = `sum by (runtime) (${NAME} * on (function, account, region) group_left (runtime) thermocline_function_info)`;
    expect(await sampleOf(joined)).toEqual([3]);
    const quantile = 'histogram_quantile(0.5, sum by (le) (thermocline_duration_seconds_bucket))';
    const [median = 0] = await sampleOf(quantile);
    expect([median > 0.1, median <= 0.25]).toEqual([true, true]);
  });
});
