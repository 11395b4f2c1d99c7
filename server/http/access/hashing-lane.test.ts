import { expect, test } from 'vitest';
import { HashingLane, LaneFullError } from './hashing-lane.ts';

test('runs so many at once, lets so many wait in order, and refuses the rest without running it', async () => {
  const lane = new HashingLane(2, 3);
  const ends: (() => void)[] = [];
  const began: number[] = [];
  const work = (n: number) => (): Promise<number> =>
    new Promise((resolve) => {
      began.push(n);
      ends.push(() => resolve(n));
    });
  const all = Array.from({ length: 400 }, (_, n) => lane.run(work(n)).catch((error: unknown) => error));
  expect(began).toEqual([0, 1]);
  const refused = await Promise.all(all.slice(5));
  expect(refused.every((error) => error instanceof LaneFullError)).toBe(true);
  for (let at = 0; at < 5; at += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(at);
    ends[at]?.();
    await all[at];
  }
  expect(began).toEqual([0, 1, 2, 3, 4]);
});

test('work that fails frees its place', async () => {
  const lane = new HashingLane(1, 0);
  const failing = (): Promise<never> => Promise.reject(new Error('no memory'));
  await expect(lane.run(failing)).rejects.toThrow('no memory');
  expect(await lane.run(async () => 1)).toBe(1);
});
