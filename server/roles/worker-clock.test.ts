import { expect, test, vi } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { WorkerClock } from './worker-clock.ts';

const START = Date.UTC(2026, 10, 20, 12);

/** A worker whose system clock is off by `skewMs`, beside a ClickHouse whose clock is off by `serverSkewMs`. */
function machine() {
  const at = { trueMs: START, skewMs: 0, serverSkewMs: 0 };
  const source = {
    wall: () => at.trueMs + at.skewMs,
    monotonic: () => at.trueMs - START,
    uptime: () => at.trueMs - START + DAY_MS,
    bootId: 'boot',
  };
  const log = { warn: vi.fn(), info: vi.fn() };
  return { at, log, clock: new WorkerClock({ serverMs: async () => at.trueMs + at.serverSkewMs, log, source }) };
}

test.each([40 * DAY_MS, -400 * DAY_MS])('a clock that is wrong by %i ms at start is not followed', async (skewMs) => {
  const { at, clock, log } = machine();
  at.skewMs = skewMs;
  await clock.start();
  expect(clock.now()).toBe(START);
  expect(clock.sentence()).toMatch(/^The system clock says .* until the clock of ClickHouse agrees with it\.$/);
  expect(log.warn).toHaveBeenCalledTimes(1);
  at.skewMs = 0;
  await clock.round();
  expect([clock.now(), clock.sentence(), log.info.mock.calls.length]).toEqual([START, null, 1]);
});

test('a jump while running is not followed until ClickHouse has the same time', async () => {
  const { at, clock } = machine();
  await clock.start();
  at.trueMs += HOUR_MS;
  at.skewMs = 3 * DAY_MS;
  await clock.round();
  expect(clock.now()).toBe(START + HOUR_MS);
  at.serverSkewMs = 3 * DAY_MS + 1000;
  await clock.round();
  expect([clock.now(), clock.sentence()]).toEqual([START + HOUR_MS + 3 * DAY_MS, null]);
});

test('a correction by an hour is followed', async () => {
  const { at, clock } = machine();
  await clock.start();
  at.skewMs = -HOUR_MS;
  await clock.round();
  expect([clock.now(), clock.sentence()]).toEqual([START - HOUR_MS, null]);
});
