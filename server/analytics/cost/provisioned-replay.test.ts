/** Requests as columns, and what serves them: by hand, in a range of 56 blocks of a minute. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { PlayedRun } from './provisioned-replay.ts';
import { BLOCKS, replay, requestsOf, serve } from './provisioned-replay.ts';

const RANGE = { fromMs: 0, toMs: BLOCKS * MINUTE_MS };
/** Handlers take 100 ms after the wait. */
const run = (arrivedMs: number, waitedMs = 0, billedMs = 100): PlayedRun => ({
  arrivedMs,
  endMs: arrivedMs + waitedMs + 100,
  billedMs,
  waitedMs,
});

test('what each request takes in an environment that is ready, and what it is billed there', () => {
  const found = requestsOf(
    [
      // Warm; an init of 400 ms that is billed; one of 200 ms that is not; one of 300 ms of which 100 are.
      run(0),
      run(1000, 400, 500),
      run(MINUTE_MS, 200, 100),
      run(2 * MINUTE_MS, 300, 200),
    ],
    RANGE,
  );
  expect([...found.lastsMs]).toEqual([100, 100, 100, 100]);
  expect([...found.billedMs]).toEqual([100, 500, 100, 200]);
  expect([...found.warmBilledMs]).toEqual([100, 100, 100, 100]);
  // A warm request would wait for the median init.
  expect([...found.initMs]).toEqual([300, 400, 200, 300]);
  // 400 + 0 + 100 of 900 ms.
  expect(found.billedShare).toBeCloseTo(500 / 900, 12);
  expect([...found.block]).toEqual([0, 0, 1, 2]);
  expect([...found.observed].slice(0, 4)).toEqual([1, 1, 1, 0]);
  expect([...found.observedWaitMs].slice(0, 4)).toEqual([400, 200, 300, 0]);
  expect([...found.observedBilledMs].slice(0, 4)).toEqual([600, 100, 200, 0]);
});

test('without cold starts no init is known; what lies outside of the range is in the first or last block', () => {
  const found = requestsOf([run(-5), run(RANGE.toMs - 1), run(RANGE.toMs + 5)], RANGE);
  expect([...found.initMs, found.billedShare]).toEqual([0, 0, 0, 0]);
  expect([...found.block]).toEqual([0, BLOCKS - 1, BLOCKS - 1]);
});

test('a billed time that is rounded up holds no init', () => {
  // 100.4 ms of the handler, billed as 101.
  const found = requestsOf([{ arrivedMs: 0, endMs: 500.4, billedMs: 101, waitedMs: 400 }], RANGE);
  expect([found.billedShare, found.warmBilledMs[0]]).toEqual([0, 101]);
});

test('requests that find no provisioned environment spill over', () => {
  const requests = requestsOf([run(0), run(50), run(99), run(100), run(MINUTE_MS)], RANGE);
  expect(serve(requests, 1)).toMatchObject({ spilled: [1, 2], busyMs: 300 });
  expect(serve(requests, 2)).toMatchObject({ spilled: [2], busyMs: 400 });
  expect([...serve(requests, 1).keptBilledMs].slice(0, 3)).toEqual([200, 100, 0]);
  expect(serve(requests, 0).spilled).toEqual([0, 1, 2, 3, 4]);
});

test('those that spill over find environments on demand, or wait for an init of which a part is billed', () => {
  const requests = requestsOf([run(0, 400, 500), run(1000), run(MINUTE_MS)], RANGE);
  const found = replay(requests, [0, 1, 2], Float64Array.from([10_000, 10_000, 10_000]));
  // The first is cold, the second comes within ten seconds, and the third does not: 400 ms more, all of which are billed.
  expect([...found.cold].slice(0, 2)).toEqual([1, 1]);
  expect([...found.billedMs].slice(0, 2)).toEqual([600, 500]);
  const unknown = replay(requests, [0, 2], null);
  expect(unknown.cold[0]).toBeNaN();
  expect([...unknown.billedMs].slice(0, 2)).toEqual([500, 100]);
});
