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
  expect(found.truncated).toBe(false);
});
