/** The docs list exactly the settings, metrics and routes that exist. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AGGREGATIONS, MATH_FUNCTIONS, RANGE_FUNCTIONS } from '../../server/analytics/promql/expression.ts';
import { settingsTable } from '../../server/config/settings.ts';
import { createMetrics } from '../../server/http/metrics.ts';
import { FAMILIES } from '../../server/http/presentation/prometheus-metrics.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';

const standing = { pending: 0, firing: 0, failingRules: 0, disabledReceivers: 0, lagSeconds: 0 };
const storage = { freeBytes: null, databaseBytes: 0, reusableBytes: 0, paused: null, damage: [], backupMs: null };
const doc = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

test('the table of settings is what `thermocline settings` prints', () => {
  expect(doc('configuration.md')).toContain(`\n${settingsTable()}\n`);
});

test('the table lists every metric', async () => {
  const metrics = createMetrics(
    () => Promise.reject(new Error('no store')),
    () => standing,
    () => storage,
    () => ({ pendingHours: 0, failed: [] }),
    () => [],
  );
  const names = (await metrics.registry.getMetricsAsJSON())
    .map((metric) => metric.name)
    .filter((name) => name.startsWith('thermocline_'));
  const documented = [...doc('metrics.md').matchAll(/^\| `(thermocline_\w+)`/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(names));
});

test('integrations: the table lists every derived metric with its type, and the text every function of PromQL', () => {
  const text = doc('integrations.md');
  const documented = [...text.matchAll(/^\| `(thermocline_\w+)` \| (\w+)/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  expect(documented).toEqual(FAMILIES.map(({ name, type }) => `${name} ${type}`));
  const missing = [...AGGREGATIONS, ...RANGE_FUNCTIONS, ...MATH_FUNCTIONS].filter(
    (name) => !text.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

test('the table lists every route with its scope', () => {
  const documented = [...doc('api.md').matchAll(/^\| `(GET|POST|PUT|DELETE) (\/(?:api\/v1\/\S+|mcp))` \| (\w+)/gm)].map(
    (match) => `${match[1]} ${match[2]} ${match[3]}`,
  );
  expect(new Set(documented)).toEqual(
    new Set(routeTable.map((route) => `${route.method.toUpperCase()} ${route.path} ${route.scope}`)),
  );
});

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

test('the dashboard queries existing metrics, and its panels do not overlap', async () => {
  const file = join(import.meta.dirname, '../../deploy/grafana/thermocline.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: Panel[] };
  const metrics = createMetrics(
    () => Promise.reject(new Error('no store')),
    () => standing,
    () => storage,
    () => ({ pendingHours: 0, failed: [] }),
    () => [],
  );
  const known = new Set((await metrics.registry.getMetricsAsJSON()).map((metric) => metric.name));
  const requested = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:thermocline|process|nodejs)_\w+/g)].map(([name]) => name)),
  );
  expect(requested.length).toBeGreaterThan(panels.length);
  for (const name of requested) expect(known, name).toContain(name.replace(/_(?:bucket|sum|count)$/, ''));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('the tests that promises name exist', () => {
  const root = join(import.meta.dirname, '../..');
  const files = ['ingest', 'server', 'test', 'web']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }))
    .filter((path) => path.endsWith('.test.ts'));
  const named = [...doc('testing.md').matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !files.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
});
