import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test.each(['plain', 'snap'] as const)('time before init of %s', async (name) => {
  const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
  const found = await ask(
    'preInits',
    (ids) => ({ ...FLEET_RANGE, functionId: ids[name], mostSegments: 1000 }),
    ({ own, cohort, ...rest }) => ({ own: sorted(own), cohort: sorted(cohort), ...rest }),
  );
  expect(found).toMatchObject({ unmatched: 0, truncated: false });
  // Of each trace: 700 ms from the request to the start, of which 300 ms are init, and 1 ms after the end.
  expect(found.own.length).toBeGreaterThan(0);
  expect(new Set(found.own)).toEqual(new Set([401]));
});
