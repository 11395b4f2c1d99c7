import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examples } from '../contract/examples/examples.generated.ts';
import type { Example, RouteDeclaration } from '../contract/route.ts';
import { routes } from '../contract/routes.generated.ts';
import { openApiDocument } from './document.ts';

const root = new URL('../../../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
/** Short lists on one line: the file is read in reviews. */
const text = `${JSON.stringify(openApiDocument(version), null, 2).replaceAll(/\[\n\s+([^[\]{}]{1,110}?)\n\s+\]/g, (_, list: string) => `[${list.replaceAll(/\n\s+/g, ' ')}]`)}\n`;
const declared = Object.entries<RouteDeclaration>(routes);

test('docs/openapi.json is up to date: `npm run openapi` rewrites it', async () => {
  await expect(text).toMatchFileSnapshot('../../../docs/openapi.json');
});

test('no two routes have the same method and path', () => {
  const endpoints = declared.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(endpoints).size).toBe(endpoints.length);
});

test('no field states throttles or the use of a CPU, which logs cannot show', () => {
  const names = new Set([...text.matchAll(/"(\w+)": \{/g)].map(([, name = '']) => name));
  expect(names.size).toBeGreaterThan(500);
  // `cpuMs` is a parameter of the fitted curve of durations by memory.
  expect([...names].filter((name) => /throttl|cpu/i.test(name))).toEqual(['cpuMs']);
});

describe('each example is what its schemas accept', () => {
  test.each(declared)('%s', (id, route) => {
    const example: Example = examples[id as keyof typeof examples];
    expect(route.answer.parse(example.answer)).toEqual(example.answer);
    if (route.params !== undefined) route.params.parse(example.params);
    if (route.query !== undefined) route.query.parse(example.query ?? {});
    if (route.body !== undefined) route.body.parse(example.body);
  });
});

describe('an unknown query parameter is refused', () => {
  // Prometheus ignores parameters that it does not know, and its clients send some.
  const strict = declared.filter(([, { tag, query }]) => query !== undefined && tag !== 'Prometheus');
  test.each(strict)('%s', (id, { query }) => {
    const example: Example = examples[id as keyof typeof examples];
    const given = Object.entries(example.query ?? {}).map(([name, value]) => [name, String(value)]);
    expect(query?.safeParse(Object.fromEntries(given)).success).toBe(true);
    const result = query?.safeParse({ ...Object.fromEntries(given), tz: 'local' });
    expect(result?.error?.issues.map((issue) => issue.code)).toEqual(['unrecognized_keys']);
  });
});
