/** The Prometheus-compatible API over rollups: figures as exported rows have them, failures in the form of Prometheus, Grafana's calls. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deliver } from '../../bench/accuracy/subject.ts';
import { Random } from '../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import { prometheusFailure, prometheusRoutes } from '../../server/http/contract/prometheus.ts';
import { FAMILIES, namesOf } from '../../server/http/presentation/prometheus-metrics.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const TO = Date.UTC(2026, 10, 20);
const FROM = TO - 6 * HOUR_MS;
let product: TestProduct;

interface ExportedRow {
  readonly endedAt: string;
  readonly function: string;
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly coldStart: string | null;
  readonly initDurationMs: number | null;
  readonly costUsd: number | null;
}
let rows: readonly ExportedRow[];

beforeAll(async () => {
  product = await startProduct({ now: () => TO + 7 * MINUTE_MS });
  const streams = playPlans(mixedPlans(9, 5, FROM, TO), 5, FROM, TO).flatMap((one) => one.streams);
  const subject = { request: product.fetch, derive: product.derive };
  await deliver(subject, deliveries(streams, ORDERLY, new Random(1)));
  await product.derive();
  const text = await (await product.fetch(`/api/v1/export/invocations?from=${FROM}&to=${TO}`)).text();
  rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportedRow);
  expect(rows.length).toBeGreaterThan(1000);
}, 600_000);

afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const API = '/prometheus/api/v1';
const vector = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** Values of an instant query at a time, by one label. */
async function valuesBy(label: string, query: string, atMs = TO): Promise<ReadonlyMap<string, number>> {
  const parameters = new URLSearchParams({ query, time: String(atMs / 1000) });
  const answer: unknown = await product.json(`${API}/query?${parameters}`);
  const { data } = vector.parse(answer);
  return new Map(data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
}

/** Sums of exported rows that ended in the last `hours`, by function name. */
function sums(hours: number, of: (row: ExportedRow) => number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) {
    const name = row.function.split(':').at(-1) ?? '';
    if (Date.parse(row.endedAt) < TO - hours * HOUR_MS) continue;
    found.set(name, (found.get(name) ?? 0) + of(row));
  }
  return found;
}

function expectSame(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>, share: number): void {
  const wanted = [...expected].filter(([, value]) => value > 0);
  expect(wanted.length).toBeGreaterThan(2);
  for (const [name, value] of wanted)
    expect(Math.abs((found.get(name) ?? Number.NaN) - value), name).toBeLessThanOrEqual(value * share);
  for (const [name, value] of found) if (!expected.has(name)) expect(value, name).toBe(0);
}

describe('figures', () => {
  test('an increase over an hour is what happened in that hour', async () => {
    const query = 'sum by (function) (increase(thermocline_invocations_total[1h]))';
    expectSame(
      await valuesBy('function', query),
      sums(1, () => 1),
      1e-9,
    );
  });

  test('billed seconds, costs and cold starts of three hours', async () => {
    const by = (metric: string) => valuesBy('function', `sum by (function) (increase(${metric}[3h]))`);
    expectSame(
      await by('thermocline_billed_seconds_total'),
      sums(3, (row) => row.billedDurationMs / 1000),
      1e-9,
    );
    expectSame(
      await by('thermocline_cost_usd_total'),
      sums(3, (row) => row.costUsd ?? 0),
      1e-6,
    );
    expectSame(
      await by('thermocline_cold_starts_total'),
      sums(3, (row) => (row.coldStart === null ? 0 : 1)),
      1e-9,
    );
  });

  test('durations: count, sum and the share below a bound', async () => {
    const by = (query: string) => valuesBy('function', `sum by (function) (${query})`);
    expectSame(
      await by('increase(thermocline_duration_seconds_count[2h])'),
      sums(2, () => 1),
      1e-9,
    );
    const seconds = sums(2, (row) => row.durationMs / 1000);
    expectSame(await by('increase(thermocline_duration_seconds_sum[2h])'), seconds, 0.011);
    const all = await by('increase(thermocline_duration_seconds_bucket{le="+Inf"}[2h])');
    expect(all).toEqual(await by('increase(thermocline_duration_seconds_count[2h])'));
    const median = await valuesBy(
      'function',
      'histogram_quantile(0.5, sum by (function, le) (rate(thermocline_duration_seconds_bucket[6h])))',
    );
    expect(median.size).toBeGreaterThan(2);
    for (const value of median.values()) expect(value).toBeGreaterThan(0);
  });

  test('results at the same time do not depend on where a range begins', async () => {
    const query = 'sum(rate(thermocline_invocations_total[17m]))';
    const at = async (start: number): Promise<unknown> => {
      const range = new URLSearchParams({ query, start: String(start / 1000), end: String(TO / 1000), step: '60' });
      const answer = await product.json<{ data: { result: { values: unknown[] }[] } }>(`${API}/query_range?${range}`);
      return answer.data.result[0]?.values.at(-1);
    };
    expect(await at(TO - 10 * MINUTE_MS)).toEqual(await at(TO - 5 * HOUR_MS));
  });

  test('the bucket that has not ended is not counted', async () => {
    const series = await valuesBy('function', 'thermocline_invocations_total', TO + 7 * MINUTE_MS);
    expect(series.size).toBeGreaterThan(0);
    const raw = new URLSearchParams({ query: 'thermocline_invocations_total[10m]', time: String(TO / 1000 + 420) });
    const answer = await product.json<{ data: { result: { values: [number, string][] }[] } }>(`${API}/query?${raw}`);
    expect(answer.data.result[0]?.values.map(([seconds]) => seconds)).toEqual([TO / 1000, TO / 1000 + 300]);
  });

  test('a ratio joins by labels, and the information metric adds the runtime', async () => {
    const rates = await valuesBy(
      'runtime',
      'sum by (function, account, region) (rate(thermocline_invocations_total[1h])) * on (function, account, region) group_left (runtime) thermocline_function_info',
    );
    expect(rates.size).toBeGreaterThan(0);
  });
});

describe('failures have the form and the status of Prometheus', () => {
  test.each([
    [400, 'bad_data', 'query?query='],
    [400, 'bad_data', 'query?query=x%5B5m'],
    [400, 'bad_data', 'query?query=deriv(thermocline_invocations_total%5B1h%5D)'],
    [400, 'bad_data', 'query?query=1&time=yesterday'],
    [400, 'bad_data', 'query?query=1&time=NaN'],
    [400, 'bad_data', 'query?query=1&time=1e300'],
    [400, 'bad_data', 'query_range?query=1&start=0&end=10'],
    [400, 'bad_data', 'query_range?query=1&start=0&end=10&step=0'],
    [400, 'bad_data', 'query_range?query=1&start=0&end=10&step=-1'],
    [400, 'bad_data', 'query_range?query=1&start=10&end=0&step=1'],
    [400, 'bad_data', 'query_range?query=1&start=0&end=11001&step=1'],
    [400, 'bad_data', `query_range?query=x%5B5m%5D&start=0&end=10&step=1`],
    [400, 'bad_data', 'series'],
    [400, 'bad_data', 'series?match%5B%5D=%7B%7D'],
    [400, 'bad_data', 'label/a-b/values'],
    [400, 'bad_data', 'label/%00/values'],
    [400, 'bad_data', 'labels?limit=-1'],
    [422, 'execution', 'query_range?query=rate(thermocline_invocations_total%5B5m%5D)&start=0&end=1700000000&step=2d'],
    [
      422,
      'execution',
      `query?time=${TO / 1000}&query=thermocline_failures_total%20%2F%20on(function)%20thermocline_failures_total`,
    ],
    [404, 'not_found', 'targets'],
    [404, 'not_found', 'admin/tsdb/snapshot'],
  ])('%s %s %s', async (status, errorType, path) => {
    const response = await product.fetch(`${API}/${path}`);
    expect(response.status).toBe(status);
    const failure = prometheusFailure.parse(await response.json());
    expect(failure.errorType).toBe(errorType);
    expect(failure.error.length).toBeGreaterThan(5);
  });

  test('11,000 points are answered', async () => {
    const response = await product.fetch(`${API}/query_range?query=1&start=0&end=11000&step=1`);
    expect(response.status).toBe(200);
  });

  test('deep and long queries are refused with a reason', async () => {
    for (const query of [
      `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
      `x{a=~"${'(a|'.repeat(3000)}"}`,
      '-'.repeat(50_000),
    ]) {
      const response = await product.fetch(`${API}/query`, { method: 'POST', body: new URLSearchParams({ query }) });
      expect(response.status).toBe(400);
      expect(prometheusFailure.parse(await response.json()).error).toMatch(/levels deep|characters|parse error|bytes/);
    }
  });

  test('a form that is too large, or none', async () => {
    const large = await product.fetch(`${API}/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: 'a'.repeat(70_000) }),
    });
    expect([large.status, await large.json()]).toMatchObject([400, { errorType: 'bad_data' }]);
    const headers = { 'content-type': 'application/json' };
    const json = await product.fetch(`${API}/query`, { method: 'POST', body: '{}', headers });
    expect([json.status, await json.json()]).toMatchObject([400, { errorType: 'bad_data' }]);
  });
});

describe('access', () => {
  const path = `${API}/query?query=1`;
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`grafana:${password}`).toString('base64')}`,
  });

  test('a token of scope read, as bearer or as the password of basic authentication', async () => {
    const created = await product.json<{ token: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'grafana', scope: 'read' }),
    });
    const tokens = [created.token, ADMIN];
    for (const token of tokens) {
      for (const headers of [basic(token), { authorization: `Bearer ${token}` }])
        expect((await product.app.request(path, { headers })).status).toBe(200);
    }
    // Basic authentication is for these routes only: browsers send it by themselves.
    expect((await product.app.request('/api/v1/overview', { headers: basic(created.token) })).status).toBe(401);
  });

  test('other scopes, and no token', async () => {
    const created = await product.json<{ token: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'key', scope: 'ingest' }),
    });
    for (const { method, path: declared } of Object.values(prometheusRoutes)) {
      const target = declared.replace(':label', 'function');
      const ask = (headers: HeadersInit) => product.app.request(target, { method: method.toUpperCase(), headers });
      const refused = await ask(basic(created.token));
      expect([refused.status, await refused.json()]).toMatchObject([403, { errorType: 'forbidden' }]);
      for (const headers of [
        {},
        basic('tc_read_wrong'),
        { authorization: 'Basic !' },
        { authorization: 'Basic YQ==' },
      ]) {
        const response = await ask(headers);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('Basic');
        expect(prometheusFailure.parse(await response.json()).errorType).toBe('unauthorized');
      }
    }
  });
});

describe('what Grafana asks', () => {
  test('Save & test: a query by form, and the version', async () => {
    const body = new URLSearchParams({ query: '1+1', time: String(TO / 1000) });
    const response = await product.fetch(`${API}/query`, { method: 'POST', body });
    expect(await response.json()).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [TO / 1000, '2'] },
    });
    expect(await product.json(`${API}/status/buildinfo`)).toMatchObject({ data: { version: '2.42.0' } });
    expect(await product.json(`${API}/rules`)).toEqual({ status: 'success', data: { groups: [] } });
    expect(await product.json(`${API}/alerts`)).toEqual({ status: 'success', data: { alerts: [] } });
    const exemplars = await product.fetch(`${API}/query_exemplars`, { method: 'POST', body });
    expect(await exemplars.json()).toEqual({ status: 'success', data: [] });
  });

  test('metrics, labels and series of the builder', async () => {
    const range = `start=${FROM / 1000}&end=${TO / 1000}`;
    const { data: names } = await product.json<{ data: string[] }>(`${API}/label/__name__/values?${range}`);
    expect(names).toEqual(
      expect.arrayContaining(['thermocline_duration_seconds_bucket', 'thermocline_cost_usd_total']),
    );
    const known = FAMILIES.flatMap(namesOf);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    const match = encodeURIComponent('thermocline_duration_seconds_bucket{function="no-such"}');
    expect(await product.json(`${API}/labels?match[]=${match}&${range}`)).toEqual({ status: 'success', data: [] });
    const functions = await product.json<{ data: string[] }>(`${API}/label/function/values?${range}`);
    expect(functions.data).toEqual([...sums(6, () => 1).keys()].toSorted());
    const labels = await product.json(`${API}/labels`, {
      method: 'POST',
      body: new URLSearchParams({
        'match[]': 'thermocline_failures_total',
        start: String(FROM / 1000),
        end: String(TO / 1000),
      }),
    });
    expect(labels).toMatchObject({ data: expect.arrayContaining(['__name__', 'function', 'type']) });
    const series = await product.json<{ data: Record<string, string>[] }>(
      `${API}/series?match[]=thermocline_invocations_total&match[]=thermocline_function_info&${range}`,
    );
    expect(new Set(series.data.map((one) => one['__name__']))).toEqual(
      new Set(['thermocline_invocations_total', 'thermocline_function_info']),
    );
    const limited = await product.json<{ data: unknown[] }>(`${API}/label/__name__/values?${range}&limit=2`);
    expect(limited.data).toHaveLength(2);
  });

  test('metadata', async () => {
    const { data } = await product.json<{ data: Record<string, unknown> }>(`${API}/metadata`);
    expect(Object.keys(data)).toEqual(FAMILIES.map(({ name }) => name));
    expect(await product.json(`${API}/metadata?metric=thermocline_invocations_total`)).toMatchObject({
      data: { thermocline_invocations_total: [{ type: 'counter' }] },
    });
  });

  test('answers match the contract', async () => {
    const query = 'query=thermocline_invocations_total';
    const range = `start=${(TO - HOUR_MS) / 1000}&end=${TO / 1000}`;
    const paths = {
      prometheusQuery: `query?${query}&time=${TO / 1000}`,
      prometheusQueryRange: `query_range?${query}&${range}&step=300`,
      prometheusLabels: `labels?${range}`,
      prometheusLabelValues: `label/region/values?${range}`,
      prometheusSeries: `series?match[]=thermocline_invocations_total&${range}`,
      prometheusMetadata: 'metadata',
      prometheusBuildInfo: 'status/buildinfo',
    } as const;
    for (const [operation, path] of Object.entries(paths)) {
      const answer: unknown = await product.json(`${API}/${path}`);
      const { answer: schema } = prometheusRoutes[operation as keyof typeof paths];
      expect(schema.parse(answer), operation).toEqual(answer);
      expect(JSON.stringify(answer).length, operation).toBeGreaterThan(40);
    }
  });
});

test('a range of weeks is answered from wider buckets', async () => {
  const query = 'sum(increase(thermocline_invocations_total[1d]))';
  const range = new URLSearchParams({
    ...{ query, step: '1d' },
    ...{ start: String((TO - 20 * DAY_MS) / 1000), end: String(TO / 1000) },
  });
  const answer = await product.json<{ data: { result: { values: [number, string][] }[] } }>(
    `${API}/query_range?${range}`,
  );
  expect(Number(answer.data.result[0]?.values.at(-1)?.[1])).toBeCloseTo(rows.length, 6);
});
