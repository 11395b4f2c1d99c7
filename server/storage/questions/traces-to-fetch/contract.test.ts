import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET_RANGE, NOW } from '../../../../test/support/contract-fixture.ts';

/** The fleet samples no trace; test/clickhouse/traces.test.ts compares both stores on sampled invocations. */
test.each([
  ['every region', null],
  ['some regions', ['eu-west-1', '']],
])('traces that are not stored completely, %s', async (_name, regions) => {
  const query = {
    fromMs: FLEET_RANGE.fromMs,
    toMs: NOW,
    regions,
    nowMs: NOW,
    waitMs: 60_000,
    maxTries: 3,
    limit: 1000,
  };
  expect(await queryBoth('tracesToFetch', () => query)).toEqual([]);
});
