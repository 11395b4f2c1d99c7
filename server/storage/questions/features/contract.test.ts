import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';

test('features that lines show', async () => {
  expect(await ask('features', ({ isolated }) => ({ functionId: isolated }))).toEqual(['tenant-isolation']);
  expect(await ask('features', ({ streams }) => ({ functionId: streams }))).toEqual(['responses']);
  expect(await ask('features', ({ workflow }) => ({ functionId: workflow }))).toEqual(['durable']);
  expect(await ask('features', ({ managed }) => ({ functionId: managed }))).toEqual(['managed-instances', 'responses']);
  expect(await ask('features', ({ latest }) => ({ functionId: latest }))).toEqual([]);
});
