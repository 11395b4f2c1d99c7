import { describe, expect, test } from 'vitest';
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../ingest/records/time.ts';
import type { ClockMark } from './guarded-clock.ts';
import { GuardedClock } from './guarded-clock.ts';

const START = Date.UTC(2026, 10, 20, 12);

/** A machine with a true time, and a system clock that may be off by `skewMs`. */
class Machine {
  trueMs = START;
  skewMs = 0;
  bootedMs = START - DAY;
  /** Time asleep, which the monotonic clock does not count. */
  asleepMs = 0;
  boot = 'first';
  clock(mark: ClockMark | null = null, lastReceiptMs: number | null = null): GuardedClock {
    const clock = new GuardedClock({
      wall: () => this.trueMs + this.skewMs,
      monotonic: () => this.trueMs - this.bootedMs - this.asleepMs,
      uptime: () => this.trueMs - this.bootedMs,
      bootId: this.boot,
    });
    clock.resume(mark, lastReceiptMs);
    return clock;
  }
}

describe('while running', () => {
  test.each([40, 500, 2, -2, -40, -20_000])(
    'a jump of %i days is not followed, and is over when the clock is right',
    (days) => {
      const machine = new Machine();
      const clock = machine.clock();
      machine.trueMs += HOUR;
      machine.skewMs = days * DAY;
      expect([clock.now(), clock.settledNow()]).toEqual([machine.trueMs, machine.trueMs]);
      expect(clock.doubt()).toMatchObject({ kind: days > 0 ? 'ahead' : 'behind', wallMs: machine.trueMs + days * DAY });
      machine.trueMs += 20_000;
      machine.skewMs = 0;
      expect([clock.now(), clock.settledNow(), clock.doubt()]).toEqual([machine.trueMs, machine.trueMs, null]);
    },
  );

  test('times are whole milliseconds, although the monotonic clock is finer', () => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.trueMs += 0.375;
    machine.skewMs = 40 * DAY;
    expect([clock.now(), clock.settledNow(), clock.doubt()?.settledMs]).toEqual([START, START, START]);
  });

  test.each([20 * HOUR, -HOUR, 500])('a correction by %i ms is followed', (skewMs) => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.skewMs = skewMs;
    expect([clock.now(), clock.doubt()]).toEqual([machine.trueMs + skewMs, null]);
  });

  test('small steps do not add up to a jump', () => {
    const machine = new Machine();
    const clock = machine.clock();
    for (let step = 1; step <= 40; step += 1) {
      machine.skewMs = step * 20 * HOUR;
      machine.trueMs += 1000;
      expect(clock.settledNow()).toBeLessThanOrEqual(machine.trueMs + DAY);
    }
    expect(clock.now()).toBe(machine.trueMs);
  });

  test('a machine that slept for a week wakes up with the right time', () => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.trueMs += 7 * DAY;
    machine.asleepMs = 7 * DAY;
    expect([clock.now(), clock.settledNow(), clock.doubt()]).toEqual([machine.trueMs, machine.trueMs, null]);
  });
});

describe('confirmation', () => {
  test('three functions with the new time confirm it, two do not', () => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.skewMs = 40 * DAY;
    const wall = machine.trueMs + machine.skewMs;
    expect(clock.observe([[1, wall - 1000]])).toBe(false);
    // The same function again, and a function with a time that fits neither.
    expect(
      clock.observe([
        [1, wall],
        [2, wall - HOUR],
        [7, wall - 5 * DAY],
      ]),
    ).toBe(false);
    expect(clock.now()).toBe(machine.trueMs);
    expect(clock.observe([[3, wall]])).toBe(true);
    expect([clock.now(), clock.settledNow(), clock.doubt()]).toEqual([wall, wall, null]);
  });

  test('functions with the old time contradict it', () => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.skewMs = 40 * DAY;
    const wall = machine.trueMs + machine.skewMs;
    clock.observe([1, 2].map((id) => [id, machine.trueMs] as const));
    expect(clock.observe([3, 4, 5, 6].map((id) => [id, wall] as const))).toBe(false);
    expect(clock.now()).toBe(machine.trueMs);
  });

  test('an operator accepts it', () => {
    const machine = new Machine();
    const clock = machine.clock();
    machine.skewMs = 40 * DAY;
    clock.accept();
    expect(clock.settledNow()).toBe(machine.trueMs + machine.skewMs);
  });
});

describe('after a restart', () => {
  test('of the process, a wrong clock is noticed from the stored time', () => {
    const machine = new Machine();
    const mark = machine.clock().mark();
    machine.trueMs += 3 * DAY;
    machine.skewMs = 40 * DAY;
    const clock = machine.clock(mark);
    expect([clock.now(), clock.settledNow()]).toEqual([machine.trueMs, machine.trueMs]);
  });

  test('of the machine, a clock far ahead is shown but deletes nothing until it is confirmed', () => {
    const machine = new Machine();
    const mark = machine.clock().mark();
    machine.boot = 'second';
    machine.trueMs += 10 * DAY;
    machine.bootedMs = machine.trueMs - 60_000;
    const clock = machine.clock(mark);
    expect(clock.now()).toBe(machine.trueMs);
    expect(clock.settledNow()).toBe(START + 60_000);
    expect(clock.doubt()?.kind).toBe('unconfirmed');
    // A lower bound is not stored as a time that was right.
    expect(clock.mark()).toBeNull();
    clock.observe([1, 2, 3].map((id) => [id, machine.trueMs] as const));
    expect(clock.settledNow()).toBe(machine.trueMs);
  });

  test('of the machine, a clock behind the stored time is not followed', () => {
    const machine = new Machine();
    const mark = machine.clock().mark();
    machine.boot = 'second';
    machine.bootedMs = machine.trueMs;
    machine.skewMs = -START;
    const clock = machine.clock(mark);
    expect([clock.now(), clock.doubt()?.kind]).toEqual([START, 'behind']);
  });

  test('of the machine within a day, nothing is in doubt', () => {
    const machine = new Machine();
    const mark = machine.clock().mark();
    machine.boot = 'second';
    machine.trueMs += 5 * HOUR;
    machine.bootedMs = machine.trueMs;
    const clock = machine.clock(mark);
    expect([clock.settledNow(), clock.doubt()]).toEqual([machine.trueMs, null]);
  });

  test('without a stored time the last receipt counts, unless it is ahead of the clock', () => {
    const machine = new Machine();
    expect(machine.clock(null, START - 30 * DAY).settledNow()).toBe(START - 30 * DAY);
    expect(machine.clock(null, START - HOUR).doubt()).toBeNull();
    expect(machine.clock(null, START + 30 * DAY).settledNow()).toBe(START);
    expect(machine.clock(null, null).settledNow()).toBe(START);
  });
});
