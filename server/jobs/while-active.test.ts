import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { whileActive } from './while-active.ts';

function job(activeMs = 2 * MINUTE_MS) {
  const state = { nowMs: 0, writtenMs: 0 as number | null, runs: 0, left: false, fails: false };
  const round = whileActive({
    lastWriteMs: () => state.writtenMs,
    activeMs,
    monotonicNow: () => state.nowMs,
    run: async () => {
      state.runs += 1;
      if (state.fails) throw new Error('failed');
      return state.left;
    },
  });
  const after = async (ms: number): Promise<number> => {
    state.nowMs += ms;
    const before = state.runs;
    await round().catch(() => undefined);
    return state.runs - before;
  };
  return { state, after };
}

test('a job runs for a while after a write, then rests until the next', async () => {
  const { state, after } = job();
  expect([await after(0), await after(MINUTE_MS), await after(MINUTE_MS), await after(1)]).toEqual([1, 1, 1, 0]);
  state.writtenMs = state.nowMs;
  expect([await after(1), await after(2 * MINUTE_MS)]).toEqual([1, 0]);
});

test('a job goes on while something is left, or a run failed', async () => {
  const { state, after } = job();
  state.left = true;
  expect([await after(5 * MINUTE_MS), await after(MINUTE_MS)]).toEqual([1, 1]);
  state.left = false;
  state.fails = true;
  expect([await after(MINUTE_MS), await after(MINUTE_MS)]).toEqual([1, 1]);
  state.fails = false;
  expect([await after(MINUTE_MS), await after(MINUTE_MS)]).toEqual([1, 0]);
});

test('a job at rest runs every fifteen minutes', async () => {
  const { after } = job();
  expect([await after(3 * MINUTE_MS), await after(14 * MINUTE_MS), await after(MINUTE_MS)]).toEqual([1, 0, 1]);
});

test('where other processes write, a job never rests', async () => {
  const { state, after } = job();
  state.writtenMs = null;
  expect([await after(10 * MINUTE_MS), await after(MINUTE_MS)]).toEqual([1, 1]);
});
