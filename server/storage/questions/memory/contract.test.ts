import { expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, TO } from '../../../../test/support/contract-fixture.ts';
import { KINDS_RANGE } from '../../../../test/support/kinds-fixture.ts';

test('one memory size', async () => {
  const query = { ...CHECKOUT_RANGE, outOfMemorySinceMs: TO - DAY_MS };
  const found = await queryBoth('memory', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found.sizes).toMatchObject([{ maxUsedMb: 84, sampled: false, evidence: { memoryMb: 512 } }]);
  expect(found.outOfMemoryAtMb).toEqual([]);
});

test('an environment of a function with tenant isolation serves one tenant', async () => {
  const found = await queryBoth('memory', ({ isolated }) => ({
    ...KINDS_RANGE,
    outOfMemorySinceMs: 0,
    functionId: isolated,
  }));
  const tenants = found.sizes.flatMap(({ evidence }) => evidence.environments.map(({ tenant }) => tenant));
  expect(tenants.toSorted()).toEqual(['blue', 'green']);
});

test('responses of sampled invocations have their sizes, where lines contain them', async () => {
  const query = { ...KINDS_RANGE, outOfMemorySinceMs: 0 };
  const found = await queryBoth('memory', ({ streams }) => ({ ...query, functionId: streams }));
  // The first invocation of the environment is not sampled; the second responded with 7 MiB.
  expect(found.sizes.map(({ evidence }) => evidence.responseBytes)).toEqual([[7_340_032]]);
  const text = await queryBoth('memory', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    outOfMemorySinceMs: 0,
    functionId: checkout,
  }));
  expect(text.sizes.map(({ evidence }) => evidence.responseBytes)).toEqual([[]]);
});

test('routes of sampled invocations come from the access log of the API', async () => {
  const found = await queryBoth('memory', (ids) => ({ ...FLEET_RANGE, outOfMemorySinceMs: 0, functionId: ids.plain }));
  const routes = found.sizes.flatMap(({ evidence }) => evidence.routes);
  // Every other request in the log has a route.
  expect(routes).toEqual(routes.map(() => 'GET /'));
  expect(routes.length).toBeGreaterThan(0);
  const other = await queryBoth('memory', (ids) => ({ ...FLEET_RANGE, outOfMemorySinceMs: 0, functionId: ids.json }));
  expect(other.sizes.flatMap(({ evidence }) => evidence.routes)).toEqual([]);
});

test('failed attempts are counted with their billed time, and a timeout with the time until its limit', async () => {
  const query = { ...CHECKOUT_RANGE, outOfMemorySinceMs: TO - DAY_MS };
  const found = await queryBoth('memory', ({ checkout }) => ({ ...query, functionId: checkout }));
  // Four runs: 100 and 120 ms after an init, 50 ms, and a timeout of 3 s.
  const startMs = CHECKOUT_RANGE.fromMs;
  expect(found.sizes[0]?.evidence).toMatchObject({
    invocations: 4,
    failures: 1,
    sizeFailures: 1,
    attempts: [{ startMs, n: 4, failures: 1, sizeFailures: 1, failedBilledMs: 3000 }],
    timeouts: { n: 1, billedMs: 3000 },
    environments: [{ durationsMs: [50, 3000], hours: [{ startMs, n: 2, billedMs: 3050 }] }],
  });
});

test.each(['plain', 'json', 'fails', 'snap'] as const)('sizes of %s', async (name) => {
  const query = { ...FLEET_RANGE, outOfMemorySinceMs: TO - DAY_MS };
  const found = await queryBoth('memory', (ids) => ({ ...query, functionId: ids[name] }));
  expect(found.outOfMemoryAtMb.length > 0).toBe(name === 'fails');
});
