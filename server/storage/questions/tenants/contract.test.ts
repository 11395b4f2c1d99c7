import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { KINDS_MS, KINDS_RANGE, kindId } from '../../../../test/support/kinds-fixture.ts';

/** An hour has twelve parts of five minutes; counts of some of them. */
function parts(counts: Readonly<Record<number, number>>): readonly number[] {
  return Array.from({ length: 12 }, (_, at) => counts[at] ?? 0);
}

/** Durations by hand: blue 100, 40 and 60 ms; green 100, 10,000 and 300 ms. Billed: with the inits of 200 ms. */
test('totals of each tenant', async () => {
  const found = await queryBoth('tenants', ({ isolated }) => ({ ...KINDS_RANGE, functionId: isolated, limit: 10 }));
  expect(found).toEqual({
    items: [
      {
        tenant: 'blue',
        invocations: 3,
        errors: 0,
        coldStarts: 1,
        userFelt: 1,
        environments: 1,
        durationMs: { p50: 60, p95: 100 },
        billedMs: 400,
        lastMs: KINDS_MS + 600_060,
        // At 10:00, 11:00 and 20:00 min; the first is cold.
        blocks: {
          n: parts({ 2: 2, 4: 1 }),
          placed: parts({ 2: 2, 4: 1 }),
          errors: parts({}),
          coldStarts: parts({ 2: 1 }),
          userFelt: parts({ 2: 1 }),
        },
      },
      {
        tenant: 'green',
        invocations: 3,
        errors: 0,
        coldStarts: 2,
        userFelt: 2,
        environments: 2,
        durationMs: { p50: 300, p95: 10_000 },
        billedMs: 10_800,
        lastMs: KINDS_MS + 190_000,
        // Between 12:00 and 13:10 min; two of them are cold.
        blocks: {
          n: parts({ 2: 3 }),
          placed: parts({ 2: 3 }),
          errors: parts({}),
          coldStarts: parts({ 2: 2 }),
          userFelt: parts({ 2: 2 }),
        },
      },
    ],
    total: 2,
    withoutTenant: 0,
  });
});

test('a limit, and a function without tenants', async () => {
  const one = await queryBoth('tenants', ({ isolated }) => ({ ...KINDS_RANGE, functionId: isolated, limit: 1 }));
  expect([one.items.map(({ tenant }) => tenant), one.total]).toEqual([['blue'], 2]);
  const none = await queryBoth('tenants', ({ latest }) => ({ ...KINDS_RANGE, functionId: latest, limit: 10 }));
  expect(none).toEqual({ items: [], total: 0, withoutTenant: 3 });
});

test('idle environments of one tenant do not serve another', async () => {
  const { items } = await queryBoth('invocations', ({ isolated }) => ({
    ...KINDS_RANGE,
    functionId: isolated,
    cold: true,
    limit: 10,
  }));
  expect(items.map(({ requestId, coldStart }) => [requestId, coldStart?.cause])).toEqual([
    [kindId(6), 'scale-out'],
    [kindId(4), 'new-tenant'],
    [kindId(1), 'unknown'],
  ]);
  const green = await queryBoth('invocations', ({ isolated }) => ({
    ...KINDS_RANGE,
    functionId: isolated,
    tenant: 'green',
    limit: 10,
  }));
  expect(green.items.map(({ requestId }) => requestId)).toEqual([kindId(5), kindId(6), kindId(4)]);
  const unknown = await queryBoth('invocations', () => ({ ...KINDS_RANGE, tenant: 'red', limit: 10 }));
  expect(unknown.items).toEqual([]);
});
