import { expect, test } from 'vitest';
import { SingleFlightCache } from './single-flight-cache.ts';

test('one computation for concurrent requests, until its lifetime is over', async () => {
  const kept = new SingleFlightCache<number>(1000, 2);
  let worked = 0;
  const work = async (): Promise<number> => ++worked;
  expect(await Promise.all([kept.get('a', 0, work), kept.get('a', 10, work)])).toEqual([1, 1]);
  expect(await kept.get('a', 999, work)).toBe(1);
  expect(await kept.get('a', 1000, work)).toBe(2);
  // A clock that was set back does not keep an answer for hours.
  expect(await kept.get('a', 0, work)).toBe(3);
});

test('a failed question is computed again; the oldest one is evicted', async () => {
  const kept = new SingleFlightCache<string>(1000, 2);
  await expect(kept.get('a', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await kept.get('a', 1, async () => 'first')).toBe('first');
  await kept.get('b', 1, async () => 'b');
  await kept.get('c', 1, async () => 'c');
  expect(await kept.get('a', 2, async () => 'again')).toBe('again');
  expect(await kept.get('c', 2, async () => 'again')).toBe('c');
});
