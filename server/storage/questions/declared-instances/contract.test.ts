import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';

test('declared instances count only for functions that run on Managed Instances', async () => {
  const found = await queryBoth('declaredInstances', () => ({}));
  // The fixture declares the same for every fleet; these run on demand.
  expect(found.map(({ functionId: _, ...declared }) => declared)).toEqual([{ instances: 3, instanceHourUsd: 0.1 }]);
});
