/** Environments on demand: which request finds one idle. Times are worked out by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { OnDemandPool, replaceLeast } from './on-demand-pool.ts';

/** Requests as [start, duration, window]; returns whether each found an idle environment. */
function found(requests: readonly (readonly [startMs: number, lastsMs: number, windowMs: number])[]): boolean[] {
  const pool = new OnDemandPool();
  return requests.map(([startMs, lastsMs, windowMs]) => {
    const isWarm = pool.take(startMs);
    pool.run(startMs + lastsMs, windowMs);
    return isWarm;
  });
}

test('an environment is free from its end on, and terminated at the end of its window', () => {
  const second = (startMs: number) =>
    found([
      [0, 100, 1000],
      [startMs, 100, 1000],
    ])[1];
  // Busy until 100 ms, and kept until 1,100 ms.
  expect([99, 100, 1099, 1100].map(second)).toEqual([false, true, true, false]);
});

test('a request takes the environment that became idle last, and the others stay idle', () => {
  // Idle from 100 ms until 5,100 ms, and from 200 ms until 300 ms. The second one is terminated when the request comes.
  expect(
    found([
      [0, 100, 5000],
      [0, 200, 100],
      [1000, 10, 5000],
    ]),
  ).toEqual([false, false, true]);
  // The later one serves at 250 ms, and the earlier one is left for the next.
  expect(
    found([
      [0, 100, 5000],
      [0, 200, 100],
      [250, 100, 0],
      [260, 10, 0],
      [265, 10, 0],
    ]),
  ).toEqual([false, false, true, true, false]);
});

test('as many requests at once find an environment as have become idle by then', () => {
  const ends = [700, 100, 500, 300, 600, 200, 400];
  for (const atMs of [99, 100, 350, 600, 700, 900]) {
    const pool = new OnDemandPool();
    for (const endMs of ends) pool.run(endMs, 10_000);
    let warm = 0;
    while (pool.take(atMs)) warm += 1;
    expect(warm).toBe(ends.filter((endMs) => endMs <= atMs).length);
  }
});

test('hundreds of environments are busy at once, in any order of their ends, and idle afterwards', () => {
  const pool = new OnDemandPool();
  // 7 and 300 have no common factor: every end from 0 to 299 ms once. Each is kept until a second later.
  for (let n = 0; n < 300; n += 1) pool.run((n * 7) % 300, 1000);
  const takenAt = (atMs: number) => {
    let taken = 0;
    while (pool.take(atMs)) taken += 1;
    return taken;
  };
  // Ends of 0 to 199 ms; then the rest.
  expect([takenAt(199), takenAt(299), takenAt(299)]).toEqual([200, 100, 0]);
  for (let n = 0; n < 300; n += 1) pool.run((n * 7) % 300, 1000);
  // Kept beyond 1,249 ms: the 50 that ended after 249 ms.
  expect(takenAt(1249)).toBe(50);
});

test('a cleared pool has no environments, busy or idle', () => {
  const pool = new OnDemandPool();
  pool.run(0, 1000);
  pool.run(5, 1000);
  pool.run(20, 1000);
  expect(pool.take(10)).toBe(true);
  pool.clear();
  expect([pool.take(10), pool.take(30)]).toEqual([false, false]);
});

test('the least value of a heap is replaced', () => {
  law(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 50 })), (size, values) => {
      const heap = new Float64Array(size);
      let kept = Array.from({ length: size }, () => 0);
      for (const value of values) {
        replaceLeast(heap, value);
        kept = [...kept.toSorted((a, b) => a - b).slice(1), value];
        expect(heap[0]).toBe(Math.min(...kept));
      }
      expect([...heap].toSorted((a, b) => a - b)).toEqual(kept.toSorted((a, b) => a - b));
    }),
  );
});
