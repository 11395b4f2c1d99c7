/** What is said beside a survival curve: how many periods it rests on, how far it reaches, and what blocks do to it. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { IdlePeriod } from './survival.ts';
import { survivalOf } from './survival.ts';

const ALIVE = Number.POSITIVE_INFINITY;
const dice = () => {
  const random = new Random(5);
  return () => random.next();
};
const terminated = (minutes: number, block?: number): IdlePeriod => ({
  afterMs: 0,
  untilMs: minutes * MINUTE_MS,
  ...(block === undefined ? {} : { block }),
});
const alive = (minutes: number, block?: number): IdlePeriod => ({
  afterMs: minutes * MINUTE_MS,
  untilMs: ALIVE,
  ...(block === undefined ? {} : { block }),
});
const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);

test('periods that say nothing do not count', () => {
  const found = survivalOf([...times(30, terminated(9)), ...times(40, alive(3)), ...times(100, alive(0))], dice());
  expect(found).toMatchObject({ n: 70, deaths: 30 });
  // The longest inspection, to 1 %.
  expect((found?.longestMs ?? 0) / (9 * MINUTE_MS)).toBeCloseTo(1, 2);
});

test('the curve is the share found alive at each inspection, falling', () => {
  // At 2 min none of 50 is terminated, at 5 min a fifth, at 9 min half; by 12 min all.
  const periods = [
    ...times(50, alive(2)),
    ...times(40, alive(5)),
    ...times(10, terminated(5)),
    ...times(25, alive(9)),
    ...times(25, terminated(9)),
    ...times(30, terminated(12)),
  ];
  const found = survivalOf(periods, dice());
  const at = (minutes: number) =>
    found?.curve.findLast(({ idleMs }) => idleMs <= minutes * MINUTE_MS * 1.005)?.survival ?? 1;
  expect([at(2), at(5), at(9), at(12)]).toEqual([1, 0.8, 0.5, 0].map((share) => expect.closeTo(share, 9)));
  for (const { survival, low, high } of found?.curve ?? []) {
    expect(low).toBeLessThanOrEqual(survival);
    expect(high).toBeGreaterThanOrEqual(survival);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
  }
});

test('points between equal neighbours are left out', () => {
  // All alive at every minute up to 20, and a tenth is terminated by 25.
  const periods = [
    ...Array.from({ length: 20 }, (_, minute) => times(10, alive(minute + 1))).flat(),
    ...times(90, alive(25)),
    ...times(30, terminated(25)),
  ];
  const curve = survivalOf(periods, dice())?.curve ?? [];
  // The ends of the flat part and the step; every point between them is the same.
  expect(curve.length).toBeLessThan(6);
  expect(curve.at(-1)?.survival).toBeCloseTo(0.75, 9);
});

describe('blocks', () => {
  /** Forty inspections after 5 minutes, a fifth of which ended, and after 10, four fifths: whole blocks of eight, or some of each. */
  const periods = (together: boolean) =>
    Array.from({ length: 80 }, (_, at) => {
      const [minutes, share] = at < 40 ? [5, 0.2] : [10, 0.8];
      const place = at % 40;
      const isEnded = together ? place < 40 * share : place % 10 < 10 * share;
      const block = Math.floor(at / 8);
      return isEnded ? terminated(minutes, block) : alive(minutes, block);
    });
  const bandOf = (some: readonly IdlePeriod[]) => {
    const point = survivalOf(some, dice())?.curve.find(({ survival }) => Math.abs(survival - 0.8) < 1e-9);
    return (point?.high ?? 0) - (point?.low ?? 0);
  };

  test('of which all ended together are less certain', () => {
    expect(bandOf(periods(true))).toBeGreaterThan(1.5 * bandOf(periods(false)));
  });

  test('without a number each period is a block', () => {
    const free = periods(true).map(({ afterMs, untilMs }) => ({ afterMs, untilMs }));
    expect(bandOf(free)).toBeLessThan(bandOf(periods(true)));
    expect(bandOf(free)).toBeGreaterThan(0.1);
  });
});
