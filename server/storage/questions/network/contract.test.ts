import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('network of one function', async () => {
  await queryBoth('functionNetwork', ({ plain }) => ({ ...FLEET_RANGE, functionId: plain, mostRequests: 100 }));
  const found = await queryBoth('functionNetwork', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    mostRequests: 100,
  }));
  expect(found).toMatchObject({ edge: [], edgeTruncated: false, timedOutMs: [] });
});

test('network of the fleet', async () => {
  const { events } = await queryBoth('fleetNetwork', () => FLEET_RANGE);
  expect(events.byName.map((one) => one.name).toSorted()).toEqual(['CreateNetworkInterface', 'DeleteNetworkInterface']);
});
