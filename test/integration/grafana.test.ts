/** The provisioned Grafana dashboards: every expression finds data on the simulated fleet. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { deliver } from '../../bench/accuracy/subject.ts';
import { Random } from '../../ingest/records/random.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const GRAFANA = join(import.meta.dirname, '../../deploy/grafana');
const TO = Date.UTC(2026, 10, 20);
const FROM = TO - 6 * HOUR_MS;
const API = '/prometheus/api/v1';

const source = z.object({ type: z.literal('prometheus'), uid: z.string() });
const panel = z.object({
  id: z.number(),
  title: z.string(),
  description: z.string().min(10),
  datasource: source,
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string(), instant: z.boolean(), datasource: source })).min(1),
});
const variable = z.object({ name: z.string(), datasource: source, query: z.object({ query: z.string() }) });
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(panel),
  templating: z.object({ list: z.array(variable) }),
});

const files = readdirSync(join(GRAFANA, 'dashboards'));
const dashboards = files.map((file) => {
  const text = readFileSync(join(GRAFANA, 'dashboards', file), 'utf8');
  return [file, dashboard.parse(JSON.parse(text))] as const;
});

let product: TestProduct;
/** A function with failures and cold starts. */
let functionName = '';

beforeAll(async () => {
  product = await startProduct({ now: () => TO });
  const streams = playPlans(mixedPlans(9, 5, FROM, TO), 5, FROM, TO).flatMap((one) => one.streams);
  await deliver({ request: product.fetch, derive: product.derive }, deliveries(streams, ORDERLY, new Random(1)));
  await product.derive();
  const query = 'topk(1, sum by (function) (increase(thermocline_failures_total[6h])))';
  const [most] = await resultOf(query, true);
  functionName = most?.metric['function'] ?? '';
  expect(functionName).not.toBe('');
});

afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]).optional(),
        values: z.array(z.tuple([z.number(), z.string()])).optional(),
      }),
    ),
  }),
});

/** Sends a query as Grafana does, by form. */
async function resultOf(query: string, isInstant: boolean) {
  const times = isInstant
    ? { time: String(TO / 1000) }
    : { start: String(FROM / 1000), end: String(TO / 1000), step: '300' };
  const body = new URLSearchParams({ query, ...times });
  const response = await product.fetch(`${API}/${isInstant ? 'query' : 'query_range'}`, { method: 'POST', body });
  const found: unknown = await response.json();
  expect([query, found]).toMatchObject([query, { status: 'success' }]);
  return answer.parse(found).data.result;
}

/** Replaces variables as Grafana does with a scrape interval of five minutes. */
function filledIn(expression: string): string {
  const values: Readonly<Record<string, string>> = {
    $__rate_interval: '20m',
    $__range: '6h',
    $function: functionName,
    $region: '.*',
    $account: '.*',
  };
  return expression.replaceAll(/\$\w+/g, (name) => values[name] ?? name);
}

describe.each(dashboards)('%s', (_, { uid, panels, templating }) => {
  test.each(panels.map((one) => [one.title, one] as const))('%s finds data', async (_title, { targets }) => {
    for (const { expr, instant } of targets) {
      const result = await resultOf(filledIn(expr), instant);
      const values = result.flatMap((one) => [...(one.values ?? []), ...(one.value === undefined ? [] : [one.value])]);
      expect(values.length, expr).toBeGreaterThan(0);
      expect(values.filter(([, value]) => Number(value) > 0).length, expr).toBeGreaterThan(0);
      if (!instant) expect(values.length, expr).toBeGreaterThan(20);
    }
  });

  test('variables find values', async () => {
    for (const { query } of templating.list) {
      const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(filledIn(query.query)) ?? [];
      const range = new URLSearchParams({ 'match[]': match, start: String(FROM / 1000), end: String(TO / 1000) });
      const { data } = await product.json<{ data: string[] }>(`${API}/label/${label}/values?${range}`);
      expect(data.length, query.query).toBeGreaterThan(0);
    }
  });

  test('panels have ids of their own and do not overlap', () => {
    expect(uid).toMatch(/^thermocline-/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_each, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

test('dashboards read the provisioned data source', () => {
  const provisioned: unknown = parse(readFileSync(join(GRAFANA, 'provisioning/datasources/thermocline.yaml'), 'utf8'));
  const { datasources } = z
    .object({
      datasources: z.array(
        z.object({ uid: z.string(), url: z.string(), jsonData: z.object({ timeInterval: z.string() }) }),
      ),
    })
    .parse(provisioned);
  expect(datasources).toMatchObject([
    { url: expect.stringMatching(/\/prometheus$/), jsonData: { timeInterval: '5m' } },
  ]);
  const uids = dashboards.flatMap(([, { panels, templating }]) => [
    ...panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)]),
    ...templating.list.map(({ datasource }) => datasource),
  ]);
  expect(new Set(uids.map(({ uid }) => uid))).toEqual(new Set(datasources.map(({ uid }) => uid)));
  expect(new Set(dashboards.map(([, { uid }]) => uid)).size).toBe(4);
});
