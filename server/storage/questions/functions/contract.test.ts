import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { byFunction, onBoth, queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, SCOPE } from '../../../../test/support/contract-fixture.ts';
import { coldStartsOf, errorsOf, placedOf } from '../../../analytics/metrics/counts.ts';
import type { FunctionAggregate, FunctionSums, FunctionTotals } from './types.ts';

test('counts and quantiles of each function', async () => {
  const { items } = await queryBoth('functions', () => CHECKOUT_RANGE);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    identity: { ...SCOPE, name: 'checkout', memoryMb: 512, version: '$LATEST', nameInferred: false },
    counts: { n: 4, timeouts: 1, errors: 0, cold_on_demand: 2, user_felt: 2, billed_ms: 3720 },
    maxMemoryUsedMb: 84,
    durationMs: { n: 4 },
    initMs: { n: 2 },
  });
  expect(items[0]?.initMs.p50).toBeCloseTo(200, -1);
});

test('functions of the fleets, and of one region', async () => {
  const found = await queryBoth(
    'functions',
    () => FLEET_RANGE,
    (answer) => ({ ...answer, items: byFunction(answer.items) }),
  );
  expect(found.items).toHaveLength(4);
  expect((await queryBoth('functions', () => ({ ...FLEET_RANGE, region: 'eu-south-2' }))).items).toEqual([]);
});

test('with a limit, the functions with the most invocations', async () => {
  const all = (await queryBoth('functions', () => FLEET_RANGE, inOrder)).items;
  const limited = await queryBoth('functions', () => ({ ...FLEET_RANGE, limit: 2 }), inOrder);
  const most = all.toSorted((a, b) => b.counts.n - a.counts.n).slice(0, 2);
  expect(byFunction(limited.items)).toEqual(byFunction(most));
  expect(limited.omitted).toBe(2);
});

test.each([{ region: SCOPE.region }, { memoryMb: 512 }, { version: '$LATEST' }, { architecture: 'arm64' }])(
  'with a limit and the filter %j',
  async (filter) => {
    const all = (await queryBoth('functions', () => ({ ...FLEET_RANGE, ...filter }), inOrder)).items;
    const limited = await queryBoth('functions', () => ({ ...FLEET_RANGE, ...filter, limit: 1 }), inOrder);
    const [first, second] = all.toSorted((a, b) => b.counts.n - a.counts.n);
    expect(limited.items).toEqual(all.length === 0 ? [] : [first]);
    expect(first?.counts.n ?? 1).toBeGreaterThan(second?.counts.n ?? 0);
    expect(limited.omitted).toBe(Math.max(0, all.length - 1));
  },
);

test.each([
  {},
  { account: SCOPE.account },
  { region: SCOPE.region },
  { memoryMb: 512 },
  { version: '$LATEST' },
  { architecture: 'arm64' },
  { region: 'eu-south-2' },
])('pages of functions are the list with the filter %j', async (filter) => {
  const query = { ...FLEET_RANGE, ...filter };
  await onBoth(async ({ store: { read } }) => {
    const { range, items } = await read.functions(query);
    const ids = await read.functionIds(query);
    const found: FunctionSums[] = [];
    for (let first = 0; first < ids.length; first += 3) {
      const page = await read.functionsPage({ ...query, functionIds: ids.slice(first, first + 3) });
      expect(page.range).toEqual(range);
      found.push(...page.items);
    }
    expect(found.map(withUsageInOrder)).toEqual(items.map(withoutBlocks).map(withUsageInOrder));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('a page leaves out functions that are not stored, and keeps the order that was asked for', async () => {
  await onBoth(async ({ store: { read } }) => {
    const ids = (await read.functions(FLEET_RANGE)).items.map(({ identity }) => identity.functionId).toReversed();
    const [first = 0, ...rest] = ids;
    const page = await read.functionsPage({ ...FLEET_RANGE, functionIds: [first, 999_999_999, ...rest] });
    expect(page.items.map(({ identity }) => identity.functionId)).toEqual(ids);
    expect((await read.functionsPage({ ...FLEET_RANGE, functionIds: [] })).items).toEqual([]);
  });
});

test('a function by its name, and its configurations', async () => {
  expect(await queryBoth('resolveFunction', () => ({ name: 'checkout' }))).toMatchObject([{ name: 'checkout' }]);
  expect(await queryBoth('resolveFunction', () => ({ name: 'nothing' }))).toEqual([]);
  expect(await queryBoth('configurations', ({ checkout }) => ({ functionId: checkout }))).toMatchObject([
    { version: '$LATEST', memoryMb: 512, runtimeVersion: 'nodejs:22.v50', environments: 2 },
  ]);
});

test.each([25, 80, 24 * 8])('counts by parts of %i hours add up to those of the range', async (hours) => {
  const { fromMs, toMs } = FLEET_RANGE;
  const middle = (fromMs + toMs) / 2;
  const range = { fromMs: middle - (hours * HOUR_MS) / 2, toMs: middle + (hours * HOUR_MS) / 2 };
  const { items } = await queryBoth(
    'functions',
    () => range,
    (answer) => ({ ...answer, items: byFunction(answer.items) }),
  );
  expect(items.length).toBeGreaterThan(0);
  for (const { counts, blocks } of items) {
    const sums = [blocks.n, blocks.placed, blocks.errors, blocks.coldStarts, blocks.userFelt].map(sumOf);
    expect(blocks.n.length).toBeLessThanOrEqual(32);
    expect(sums).toEqual([counts.n, placedOf(counts), errorsOf(counts), coldStartsOf(counts), counts.user_felt]);
  }
});

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

function inOrder(answer: FunctionTotals): FunctionTotals {
  return { ...answer, items: byFunction(answer.items) };
}

function withoutBlocks({ blocks: _, ...sums }: FunctionAggregate): FunctionSums {
  return sums;
}

/** ClickHouse adds the rows of a function in any order. */
function withUsageInOrder(sums: FunctionSums): FunctionSums {
  return { ...sums, usage: sums.usage.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}
