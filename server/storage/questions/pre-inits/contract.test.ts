import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test.each(['plain', 'snap'] as const)('time before init of %s', async (name) => {
  const found = await queryBoth(
    'preInits',
    (ids) => ({ ...FLEET_RANGE, functionId: ids[name], mostSegments: 1000 }),
    ({ own, inside, outside, ...rest }) => ({
      own: own.toSorted((a, b) => a.startMs - b.startMs),
      inside: inside.length,
      outside: outside.length,
      ...rest,
    }),
  );
  expect(found).toMatchObject({ unmatched: 0, truncated: false });
  // Of each trace: init begins 400 ms after the request.
  expect(found.own.length).toBeGreaterThan(0);
  expect(new Set(found.own.map((one) => one.preInitMs))).toEqual(new Set([400]));
});

test('functions that are comparable with plain, which is in a VPC', async () => {
  const found = await queryBoth(
    'preInits',
    (ids) => ({ ...FLEET_RANGE, functionId: ids.plain, mostSegments: 1000 }),
    // Ids differ between the stores, and so may the order of rows.
    ({ inside, outside, cohortProblem }) => ({ inside: waits(inside), outside: waits(outside), cohortProblem }),
  );
  // snap alone has the same architecture.
  expect(waits(found.inside)).toEqual([[400]]);
  expect(waits(found.outside)).toEqual([[400]]);
  expect(found).toMatchObject({ cohortProblem: null, roughlyOutside: [] });
});

/** Distinct times of each function. */
function waits(members: readonly { readonly preInitsMs: readonly number[] }[]) {
  return members.map((one) => [...new Set(one.preInitsMs)]);
}

test('a function without a comparable one', async () => {
  const found = await queryBoth(
    'preInits',
    (ids) => ({ ...FLEET_RANGE, functionId: ids.json, mostSegments: 1000 }),
    ({ inside, outside, cohortProblem }) => ({ inside, outside, cohortProblem }),
  );
  expect(found).toMatchObject({ inside: [], outside: [] });
  expect(found.cohortProblem?.text).toMatch(/^Not comparable: architecture of the function is unknown/);
});
