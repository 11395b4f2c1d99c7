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
