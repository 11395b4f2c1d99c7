import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET_RANGE, NOW } from '../../../../test/support/contract-fixture.ts';
import { MOVED_AT_MS, MOVED_RANGE } from '../../../../test/support/moved-fixture.ts';

test('changes and their marks', async () => {
  const marks = await queryBoth('changeMarks', () => ({ ...FLEET_RANGE, limit: 50 }));
  const found = await queryBoth('changes', () => ({
    ...FLEET_RANGE,
    limit: 50,
    beforeMs: HOUR_MS,
    afterMs: HOUR_MS,
    nowMs: NOW,
  }));
  expect(found.total).toBe(marks.total);
  expect(found.items.map((one) => one.atMs)).toEqual(marks.items.map((one) => one.atMs));
});

// The inventory was read a day after the move; the first arm64 environment started 28 minutes after it.
test('a move to another architecture is a change at the time of its update, with whole periods on both sides', async () => {
  const { items } = await queryBoth('changes', ({ moved }) => ({
    fromMs: MOVED_RANGE.fromMs,
    toMs: NOW + HOUR_MS,
    functionId: moved,
    limit: 50,
    beforeMs: 45 * MINUTE_MS,
    afterMs: 45 * MINUTE_MS,
    nowMs: NOW,
  }));
  const move = items.find((one) => one.source === 'inventory');
  expect(move).toMatchObject({
    atMs: MOVED_AT_MS,
    facts: [{ name: 'architecture', from: 'x86_64', to: 'arm64' }],
  });
  const latest = (side: 'before' | 'after') => move?.[side].usage.filter((one) => one.version === '$LATEST');
  expect(latest('before')).toMatchObject([{ architecture: 'x86_64', invocations: 1, billedMs: 400 }]);
  expect(latest('after')).toMatchObject([{ architecture: 'arm64', invocations: 1, billedMs: 300 }]);
});
