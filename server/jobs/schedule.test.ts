import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Schedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a job runs after its first delay, then after each pause, also after a failure', async () => {
  const errors: unknown[] = [];
  const schedule = new Schedule((error) => errors.push(error));
  let runs = 0;
  schedule.add({
    name: 'job',
    firstDelayMs: 10,
    pauseMs: 100,
    run: async () => {
      runs += 1;
      if (runs === 1) throw new Error('failed');
    },
  });
  await vi.advanceTimersByTimeAsync(9);
  expect(runs).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect([runs, errors.length]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(100);
  expect([runs, errors.length]).toEqual([2, 1]);
  await schedule.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(runs).toBe(2);
});

test('runs of one job do not overlap', async () => {
  const schedule = new Schedule(() => undefined);
  let running = 0;
  let most = 0;
  const run = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running -= 1;
  };
  schedule.add({ name: 'slow', firstDelayMs: 0, pauseMs: 1, run });
  await vi.advanceTimersByTimeAsync(500);
  expect(most).toBe(1);
  const stopped = schedule.stop();
  await vi.advanceTimersByTimeAsync(50);
  await stopped;
});

test('stop aborts the signal, waits for the run in progress and ignores its error', async () => {
  const errors: unknown[] = [];
  const schedule = new Schedule((error) => errors.push(error));
  let ended = false;
  schedule.add({
    name: 'job',
    firstDelayMs: 0,
    pauseMs: 1,
    run: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          ended = true;
          reject(new Error('aborted'));
        });
      }),
  });
  await vi.advanceTimersByTimeAsync(1);
  await schedule.stop();
  expect([ended, errors]).toEqual([true, []]);
});

test('jobs that were added or delayed at different times are due together, at whole seconds', async () => {
  const schedule = new Schedule(() => undefined);
  const begun: number[] = [];
  let slowMs = 0;
  const run = async (): Promise<void> => {
    begun.push(Math.round(performance.now()));
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
  };
  const toWhole = 1000 - (performance.now() % 1000);
  await vi.advanceTimersByTimeAsync(toWhole + 300);
  schedule.add({ name: 'one', firstDelayMs: 1000, pauseMs: 1000, run });
  await vi.advanceTimersByTimeAsync(400);
  schedule.add({ name: 'other', firstDelayMs: 1000, pauseMs: 1000, run });
  await vi.advanceTimersByTimeAsync(3000);
  const offsets = (): readonly number[] => [...new Set(begun.splice(0).map((ms) => ms % 1000))];
  // The first runs, due 0.3 s from a whole second, are at a quarter; from the next on both are at whole seconds.
  begun.splice(0, 2);
  expect(offsets()).toEqual([0]);
  // As far from two whole seconds: it takes two runs.
  slowMs = 500;
  await vi.advanceTimersByTimeAsync(1000);
  slowMs = 0;
  await vi.advanceTimersByTimeAsync(2000);
  begun.length = 0;
  await vi.advanceTimersByTimeAsync(3000);
  expect(begun.length).toBe(6);
  expect(offsets()).toEqual([0]);
  await schedule.stop();
});

test('no pause is a quarter of a second shorter or longer than it should be', async () => {
  const schedule = new Schedule(() => undefined);
  const PAUSE_MS = 1000;
  let endedMs = 0;
  const pauses: number[] = [];
  let runs = 0;
  schedule.add({
    name: 'of varying length',
    firstDelayMs: PAUSE_MS,
    pauseMs: PAUSE_MS,
    run: async () => {
      if (runs > 0) pauses.push(performance.now() - endedMs);
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, (runs * 70) % 990));
      endedMs = performance.now();
    },
  });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(pauses.length).toBeGreaterThan(60);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(PAUSE_MS - 250);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(PAUSE_MS + 251);
  await schedule.stop();
});
