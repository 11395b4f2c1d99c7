import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('segments of one trace', async () => {
  const traceId = `1-65000000-${'0'.repeat(24)}`;
  const found = await ask('trace', () => ({ traceId }));
  expect(found.map((one) => one.origin)).toEqual(['AWS::Lambda', 'AWS::Lambda::Function']);
  expect(await ask('trace', () => ({ traceId: '1-00000000-000000000000000000000000' }))).toEqual([]);
});

test('callers and callees', async () => {
  const found = await ask('serviceMap', () => ({ ...FLEET_RANGE, mostTraces: 20 }));
  expect(found.traces).toBeGreaterThan(0);
});
