import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';

test('features that lines show', async () => {
  expect(await queryBoth('features', ({ isolated }) => ({ functionId: isolated }))).toEqual(['tenant-isolation']);
  expect(await queryBoth('features', ({ streams }) => ({ functionId: streams }))).toEqual(['responses']);
  expect(await queryBoth('features', ({ workflow }) => ({ functionId: workflow }))).toEqual(['durable']);
  expect(await queryBoth('features', ({ managed }) => ({ functionId: managed }))).toEqual([
    'managed-instances',
    'responses',
  ]);
  expect(await queryBoth('features', ({ latest }) => ({ functionId: latest }))).toEqual([]);
});
