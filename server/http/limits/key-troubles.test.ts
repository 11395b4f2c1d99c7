import { expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { sumTroubles } from '../../storage/key-troubles.ts';
import type { KeyTrouble } from '../../storage/ports.ts';
import { KeyTroubles } from './key-troubles.ts';

const NOW = Date.UTC(2026, 10, 20);

/** A store in memory that can be made to fail. */
function memory(stored: readonly KeyTrouble[] = []) {
  const state = { stored, failing: false, calls: 0, errors: [] as unknown[] };
  const control = {
    noteKeyTroubles: async (added: readonly KeyTrouble[], nowMs: number) => {
      state.calls += 1;
      if (state.failing) throw new Error('disk full');
      state.stored = sumTroubles([state.stored, added], nowMs);
      return state.stored;
    },
  };
  return { state, options: { control, now: () => NOW, onError: (error: unknown) => void state.errors.push(error) } };
}

const trouble = (keyId: string, reason: string, n: number, lastMs = NOW): KeyTrouble => ({
  keyId,
  keyName: `name of ${keyId}`,
  reason,
  n,
  lastMs,
});

test('the first body of a reason is stored at once, further ones when the process ends', async () => {
  const { state, options } = memory();
  const troubles = new KeyTroubles(options);
  await troubles.start();
  expect(troubles.note('a', 'name of a', 'too-slow')).toBe(true);
  await troubles.save();
  expect(state.stored).toEqual([trouble('a', 'too-slow', 1)]);
  expect(troubles.note('a', 'name of a', 'too-slow')).toBe(false);
  expect(troubles.note('a', 'name of a', 'thread-lost')).toBe(true);
  expect(troubles.all().map(({ reason, n }) => [reason, n])).toEqual([
    ['too-slow', 2],
    ['thread-lost', 1],
  ]);
  await troubles.close();
  expect(state.stored.map(({ reason, n }) => [reason, n])).toEqual([
    ['too-slow', 2],
    ['thread-lost', 1],
  ]);
});

test('a restart goes on from what is stored', async () => {
  const troubles = new KeyTroubles(memory([trouble('a', 'too-slow', 7)]).options);
  await troubles.start();
  expect(troubles.all()).toEqual([trouble('a', 'too-slow', 7)]);
  expect(troubles.note('a', 'name of a', 'too-slow')).toBe(false);
  expect(troubles.all()).toEqual([trouble('a', 'too-slow', 8)]);
  await troubles.close();
});

test('what could not be stored is kept, counted once, and stored later', async () => {
  const { state, options } = memory();
  const troubles = new KeyTroubles(options);
  await troubles.start();
  state.failing = true;
  troubles.note('a', 'name of a', 'too-slow');
  await troubles.save();
  expect(state.errors.length).toBeGreaterThan(0);
  troubles.note('a', 'name of a', 'too-slow');
  expect(troubles.all()).toEqual([trouble('a', 'too-slow', 2)]);
  state.failing = false;
  await troubles.close();
  expect(state.stored).toEqual([trouble('a', 'too-slow', 2)]);
});

test('sums are by key and reason, the newest first, for thirty days after the last body', () => {
  const sums = sumTroubles(
    [
      [trouble('a', 'x', 2, NOW - 1000), trouble('b', 'x', 1, NOW - 31 * DAY_MS)],
      [trouble('a', 'x', 3, NOW - 5000), trouble('a', 'y', 1, NOW)],
    ],
    NOW,
  );
  expect(sums).toEqual([trouble('a', 'y', 1, NOW), trouble('a', 'x', 5, NOW - 1000)]);
});

test('a thousand pairs of a key and a reason are kept', () => {
  const many = Array.from({ length: 1500 }, (_, at) => trouble(`k${at}`, 'x', 1, NOW - at));
  expect(sumTroubles([many], NOW)).toHaveLength(1000);
  expect(sumTroubles([many], NOW)[0]?.keyId).toBe('k0');
});
