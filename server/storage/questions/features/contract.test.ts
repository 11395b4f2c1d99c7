import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';

test('features that lines show', async () => {
  expect(await ask('features', ({ isolated }) => ({ functionId: isolated }))).toEqual(['tenant-isolation']);
  expect(await ask('features', ({ latest }) => ({ functionId: latest }))).toEqual([]);
});
