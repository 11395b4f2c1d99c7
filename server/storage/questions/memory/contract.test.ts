import { expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { ask } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, TO } from '../../../../test/support/contract-fixture.ts';

test('one memory size', async () => {
  const query = { ...CHECKOUT_RANGE, outOfMemorySinceMs: TO - DAY_MS };
  const found = await ask('memory', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found.sizes).toMatchObject([{ maxUsedMb: 84, sampled: false, evidence: { memoryMb: 512 } }]);
  expect(found.outOfMemoryAtMb).toEqual([]);
});

test.each(['plain', 'json', 'fails', 'snap'] as const)('sizes of %s', async (name) => {
  const query = { ...FLEET_RANGE, outOfMemorySinceMs: TO - DAY_MS };
  const found = await ask('memory', (ids) => ({ ...query, functionId: ids[name] }));
  expect(found.outOfMemoryAtMb.length > 0).toBe(name === 'fails');
});
