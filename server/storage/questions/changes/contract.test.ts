import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET_RANGE, NOW } from '../../../../test/support/contract-fixture.ts';
import { KINDS_RANGE } from '../../../../test/support/kinds-fixture.ts';
import { MOVED_AT_MS, MOVED_RANGE } from '../../../../test/support/moved-fixture.ts';

test('changes and their marks', async () => {
  const marks = await queryBoth('changeMarks', () => ({ ...FLEET_RANGE, limit: 50 }));
  const found = await queryBoth('changes', () => ({
    ...FLEET_RANGE,
    limit: 50,
    sidesOf: 50,
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
    sidesOf: 50,
    beforeMs: 45 * MINUTE_MS,
    afterMs: 45 * MINUTE_MS,
    nowMs: NOW,
  }));
  const move = items.find((one) => one.source === 'inventory');
  expect(move).toMatchObject({
    atMs: MOVED_AT_MS,
    facts: [{ name: 'architecture', from: 'x86_64', to: 'arm64' }],
  });
  const latest = (side: 'before' | 'after') => move?.sides?.[side].usage.filter((one) => one.version === '$LATEST');
  expect(latest('before')).toMatchObject([{ architecture: 'x86_64', invocations: 1, billedMs: 400 }]);
  expect(latest('after')).toMatchObject([{ architecture: 'arm64', invocations: 1, billedMs: 300 }]);
});

test('pages are the list, and changes beyond the judged ones have no distributions', async () => {
  const range = { fromMs: Math.min(KINDS_RANGE.fromMs, MOVED_RANGE.fromMs), toMs: NOW + DAY_MS };
  const ask = { ...range, beforeMs: HOUR_MS, afterMs: HOUR_MS, nowMs: NOW };
  const whole = await queryBoth('changes', () => ({ ...ask, limit: 50, sidesOf: 1 }));
  expect(whole.items.length).toBeGreaterThan(2);
  expect(whole.more).toBe(false);
  expect(whole.items.map(({ sides }) => sides !== null)).toEqual(whole.items.map((_, at) => at === 0));
  const [, second] = whole.items;
  const key = ({ identity, atMs, source }: (typeof whole.items)[number]) => [identity.name, atMs, source];
  if (second === undefined) throw new Error('No second change.');
  // Ids of functions differ between the stores: the cursor is after every function of that time.
  const cursor = { atMs: second.atMs, functionId: Number.MAX_SAFE_INTEGER, source: 'logs' } as const;
  const rest = await queryBoth('changes', () => ({ ...ask, limit: 50, sidesOf: 0, cursor }));
  expect(rest.items.map(key)).toEqual(whole.items.filter(({ atMs }) => atMs < second.atMs).map(key));
  expect(rest.total).toBe(whole.total);
  const first = await queryBoth('changes', () => ({ ...ask, limit: 1, sidesOf: 0 }));
  expect([first.items.map(key), first.more]).toEqual([whole.items.slice(0, 1).map(key), true]);
});

test('a change just outside the range bounds the period of one in it', async () => {
  const move = { limit: 50, sidesOf: 50, beforeMs: 45 * MINUTE_MS, afterMs: 45 * MINUTE_MS, nowMs: NOW };
  const of = async (fromMs: number) => {
    const { items } = await queryBoth('changes', ({ moved }) => ({
      ...move,
      ...{ fromMs, toMs: NOW + HOUR_MS, functionId: moved },
    }));
    return items.map(({ atMs, sides }) => [atMs, sides?.before.range.fromMs]);
  };
  const all = await of(MOVED_RANGE.fromMs);
  const last = all[0];
  expect(await of(Number(last?.[0]))).toEqual([last]);
});
