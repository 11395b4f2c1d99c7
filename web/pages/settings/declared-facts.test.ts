/** Declared configuration on the Settings page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { DeclaredFacts } from './declared-facts.tsx';

afterEach(restore);

type Fact = NonNullable<Answers['listInventory']>['items'][number];
const [example] = examples.listInventory.answer.items as Fact[];
if (example === undefined) throw new Error('no example');
const show = (items: Fact[], nextCursor: string | null = null, failures: Failures = {}) =>
  showPage(h(DeclaredFacts, {}), {
    search: '?from=now-7d&to=now-1d',
    answers: { listInventory: { items, nextCursor } },
    failures,
  });

test('each function has its memory, timeout, VPC, source and day', async () => {
  const { table, link, requested } = await show([
    { ...example, memoryMb: 512, timeoutMs: 900_000, subnetIds: ['subnet-1'], source: 'inventory' },
    { ...example, id: '1:eu-west-1:plain', timeoutMs: 3000, architecture: null, subnetIds: null },
    { ...example, id: 'name', since: '2026-10-24T23:59:59.999Z' },
  ]);
  expect(requested).toEqual(['/api/v1/inventory?limit=50']);
  expect(table('Function configuration').slice(-4)).toEqual([
    ['Function', 'Memory', 'Timeout', 'Architecture', 'VPC', 'Source', 'Since'],
    ['search', '512 MB', '15.0 min', 'arm64', 'yes', 'inventory', '2026-11-28'],
    ['plain', '–', '3.00 s', '–', '–', 'declared', '2026-11-28'],
    ['name', '–', '–', 'arm64', 'no', 'declared', '2026-10-24'],
  ]);
  expect(link('search')).toBe('/functions/000000000000%3Aeu-west-1%3Asearch?from=now-7d&to=now-1d');
});

test('only what was filled in is declared', async () => {
  const page = await show([]);
  await page.fill('function', 'checkout');
  await page.submit('Save configuration');
  expect(page.sent.at(-1)).toEqual(['PUT /api/v1/inventory', { functions: [{ id: 'checkout' }] }]);
  await page.fill('architecture', 'arm64');
  await page.fill('timeout', '30');
  await page.fill('subnets', 'subnet-1, subnet-2 ,');
  await page.submit('Save configuration');
  expect(page.sent.at(-1)?.[1]).toEqual({
    functions: [{ id: 'checkout', architecture: 'arm64', timeoutSeconds: 30, subnetIds: ['subnet-1', 'subnet-2'] }],
  });
  expect(page.text).toContain('Saved for checkout. Declared values override those from other sources from now on.');
  await page.fill('architecture', '');
  await page.fill('timeout', '');
  await page.fill('subnets', ' none ');
  await page.submit('Save configuration');
  expect(page.sent.at(-1)?.[1]).toEqual({ functions: [{ id: 'checkout', subnetIds: [] }] });
  expect(page.requested).toHaveLength(4);
});

test('a longer list says so, and a refusal names its field', async () => {
  const page = await show([example], 'next', {
    updateInventory: { code: 'invalid-request', errors: [{ field: 'functions.0.id', message: 'expected a name' }] },
  });
  expect(page.text).toContain('The first 50 are listed; use the API to get all.');
  await page.submit('Save configuration');
  expect(page.text).toContain('The request is not valid — functions.0.id: expected a name');
  restore();
  expect((await show([example])).text).not.toContain('are listed');
});
