import { expect, test } from 'vitest';
import { byFunction, queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_MS, CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('totals and buckets', async () => {
  const found = await queryBoth('fleet', () => ({ ...CHECKOUT_RANGE, widthMs: 300_000 }));
  expect(found.functions).toMatchObject([{ identity: { name: 'checkout' }, counts: { n: 4, timeouts: 1 } }]);
  expect(found.buckets).toMatchObject([{ fromMs: CHECKOUT_MS, counts: { n: 4, billed_ms: 3720 } }]);
});

test.each([{}, { memoryMb: 1024, version: '$LATEST' }, { region: 'eu-south-2' }])('fleets below %j', async (filter) => {
  const found = await queryBoth(
    'fleet',
    () => ({ ...FLEET_RANGE, ...filter, widthMs: null }),
    (answer) => ({ ...answer, functions: byFunction(answer.functions) }),
  );
  expect(found.functions).toHaveLength('region' in filter ? 0 : 4);
});
