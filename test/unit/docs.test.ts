/** Docs are tested: every setting, metric and route stands in its table, and nothing else does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../../server/api/metrics.ts';
import { routeTable } from '../../server/api/routes/table.ts';
import { settingsTable } from '../../server/settings.ts';

const doc = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

test('settings: `thermocline settings` prints the table', () => {
  expect(doc('configuration.md')).toContain(`\n${settingsTable()}\n`);
});

test('metrics', async () => {
  const standing = { pending: 0, firing: 0, failingRules: 0, disabledReceivers: 0, lagSeconds: 0 };
  const metrics = createMetrics(
    () => Promise.reject(new Error('no store')),
    () => standing,
  );
  const names = (await metrics.registry.getMetricsAsJSON())
    .map((metric) => metric.name)
    .filter((name) => name.startsWith('thermocline_'));
  const documented = [...doc('metrics.md').matchAll(/^\| `(thermocline_\w+)`/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(names));
});

test('routes, with their scopes', () => {
  const documented = [...doc('api.md').matchAll(/^\| `(GET|POST|PUT|DELETE) (\/api\/v1\/\S+)` \| (\w+)/gm)].map(
    (match) => `${match[1]} ${match[2]} ${match[3]}`,
  );
  expect(new Set(documented)).toEqual(
    new Set(routeTable.map((route) => `${route.method.toUpperCase()} ${route.path} ${route.scope}`)),
  );
});
