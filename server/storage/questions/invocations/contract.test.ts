import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, checkoutId, FLEET_RANGE, SCATTERED_RANGE } from '../../../../test/support/contract-fixture.ts';

test('newest first, with every field', async () => {
  const { items, nextCursor } = await ask('invocations', () => ({ ...CHECKOUT_RANGE, limit: 10 }));
  expect(items.map((one) => one.requestId)).toEqual([3, 4, 2, 1].map(checkoutId));
  expect(items[0]).toMatchObject({ status: 'timeout', durationMs: 3000, memorySizeMb: 512, coldStart: null });
  expect(items[3]).toMatchObject({
    durationMs: 100,
    initDurationMs: 250,
    coldStart: { kind: 'on-demand', userFelt: true },
  });
  expect(nextCursor).toBeNull();
});

test.each([
  { status: 'timeout' as const },
  { cold: true },
  { cold: false },
  { minDurationMs: 500 },
  { cause: 'scale-out' as const },
  { memoryMb: 1024 },
  { version: '$LATEST' },
])('filtered by %j', async (filter) => {
  const { items } = await ask('invocations', () => ({ ...FLEET_RANGE, ...filter, limit: 50 }));
  if (filter.status !== undefined) expect(items.every((one) => one.status === filter.status)).toBe(true);
  if (filter.cold !== undefined) expect(items.every((one) => (one.coldStart !== null) === filter.cold)).toBe(true);
});

test('without a log stream: whether a caller waited is not known', async () => {
  const { items } = await ask('invocations', () => ({ ...SCATTERED_RANGE, limit: 10 }));
  expect(items.map((one) => one.requestId)).toEqual([73, 72, 71].map(checkoutId));
  expect(items.map((one) => one.logStream === null || one.logStream === 'unknown')).toEqual([true, false, true]);
  expect(items.map((one) => one.status)).toEqual(['timeout', 'success', 'success']);
  expect(items[2]?.coldStart).toMatchObject({ kind: 'on-demand', userFelt: null });
});
