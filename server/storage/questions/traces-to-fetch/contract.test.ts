import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { FLEET_RANGE, NOW } from '../../../../test/support/contract-fixture.ts';

test('traces that are not stored completely', async () => {
  const query = {
    fromMs: FLEET_RANGE.fromMs,
    toMs: NOW,
    regions: null,
    nowMs: NOW,
    waitMs: 60_000,
    maxTries: 3,
    limit: 1000,
  };
  const found = await ask(
    'tracesToFetch',
    () => query,
    (rows) => rows.toSorted((a, b) => (a.traceId < b.traceId ? -1 : 1)),
  );
  expect(new Set(found.map((one) => one.traceId)).size).toBe(found.length);
  // Cold starts come first.
  expect(found.map((one) => one.cold)).toEqual(found.map((one) => one.cold).toSorted((a, b) => Number(b) - Number(a)));
});
