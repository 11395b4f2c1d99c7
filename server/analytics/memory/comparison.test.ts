/** Compares memory sizes at equal hours, and by the self time of the function. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { compareDurations } from './comparison.ts';
import type { EnvironmentSample } from './samples.ts';
import { meanBilledMs } from './samples.ts';
import { fitTraced, remoteMs } from './self-time.ts';

const WEEK_HOURS = 168;

/** Environments of which a share of `busyShare` ran in busy hours, where invocations take three times as long. */
function environments(random: Random, meanMs: number, busyShare: number, week: number): EnvironmentSample[] {
  return Array.from({ length: 200 }, (_, at): EnvironmentSample => {
    const busy = random.next() < busyShare;
    const ms = meanMs * (busy ? 3 : 1) * random.logNormal(1, 0.05);
    const startMs = Date.UTC(2026, 10, 2) + (week * WEEK_HOURS + (busy ? 100 : 0) + (at % 20)) * HOUR_MS;
    return {
      version: '$LATEST',
      firstMs: startMs,
      durationsMs: [ms],
      tenant: null,
      maxMemoryUsedMb: 80,
      hours: [{ startMs, n: 20, billedMs: 20 * ms }],
    };
  });
}

const moved = (samples: readonly EnvironmentSample[], hours: number): EnvironmentSample[] =>
  samples.map((sample) => ({
    ...sample,
    hours: sample.hours.map((hour) => ({ ...hour, startMs: hour.startMs + hours * HOUR_MS })),
  }));

describe('equal hours', () => {
  const random = new Random(4);
  const dice = () => random.next();
  const one = environments(random, 100, 0.3, 0);
  const other = environments(random, 80, 0.6, 1);

  test('finds a ratio that the mix of hours hides', () => {
    // Without matching hours, the faster size looks slower.
    expect(meanBilledMs(other) / meanBilledMs(one)).toBeGreaterThan(1);
    const found = compareDurations(one, other, dice, 200);
    expect(found?.pairing).toBe('hour-of-week');
    expect(Math.exp(found?.logRatio ?? 0)).toBeCloseTo(0.8, 1);
  });

  test('weekends are compared with weekends where no hour of the week is shared', () => {
    // Monday, Tuesday and Saturday against Wednesday and Sunday: at weekends, invocations take twice as long.
    const onDays = (days: readonly number[]): EnvironmentSample[] =>
      days.flatMap((day) =>
        Array.from({ length: 24 }, (_, hour): EnvironmentSample => {
          const startMs = Date.UTC(2026, 10, 2 + day, hour);
          const ms = day >= 5 ? 200 : 100;
          const hours = [{ startMs, n: 20, billedMs: 20 * ms }];
          return { version: '7', tenant: null, firstMs: startMs, durationsMs: [ms], maxMemoryUsedMb: 80, hours };
        }),
      );
    const found = compareDurations(onDays([0, 1, 5]), onDays([2, 6]), dice, 50);
    expect(found?.pairing).toBe('hour-of-working-day-or-weekend');
    expect(found?.logRatio).toBeCloseTo(0, 12);
    // Without a weekend at one of them, less than half of the other is shared.
    expect(compareDurations(onDays([0, 1]), onDays([2, 5, 6]), dice, 50)?.pairing).toBe('hour-of-day');
  });

  test('a weighted alias is compared within each hour', () => {
    expect(compareDurations(one, moved(other, -WEEK_HOURS), dice, 50)?.pairing).toBe('hour');
  });

  test('does not compare if the common hours of the day hold less than half of either size', () => {
    const night = one.slice(0, 100).map((sample) => ({ ...sample, hours: [{ startMs: 0, n: 20, billedMs: 2000 }] }));
    expect(compareDurations(night, moved(night, 12), dice, 50)).toBeNull();
  });
});

/** One environment for each of the hours of the day, 20 invocations of the given mean duration in each. */
const atHours = (list: readonly (readonly [hour: number, ms: number])[], day = 2): EnvironmentSample[] =>
  list.map(([hour, ms]) => {
    const startMs = Date.UTC(2026, 10, day, hour);
    const hours = [{ startMs, n: 20, billedMs: 20 * ms }];
    return { version: '7', tenant: null, firstMs: startMs, durationsMs: [ms], maxMemoryUsedMb: 80, hours };
  });

/** Repeats the numbers for ever. */
function cycle(numbers: readonly number[]): () => number {
  let at = -1;
  return () => {
    at += 1;
    return numbers[at % numbers.length] ?? 0;
  };
}

describe('resamples', () => {
  const one: readonly (readonly [number, number])[] = [
    [0, 100],
    [5, 100],
  ];

  test('deviate from the ratio as the drawn blocks do, times the factor for their number', () => {
    const other = atHours([
      [0, 200],
      [5, 100],
    ]);
    // Hours weigh the same: 300 over 200. The first hour alone doubles, the second stays.
    // t of one degree of freedom, 12.7062, over 1.96, times √2: 9.1681.
    const draws = compareDurations(atHours(one), other, cycle([0, 0, 0.9, 0.9]), 2);
    expect(draws).toMatchObject({ pairing: 'hour', logRatio: Math.log(1.5) });
    expect(draws?.resamples[0]).toBeCloseTo(Math.log(1.5) + 9.1681 * Math.log(2 / 1.5), 3);
    expect(draws?.resamples[1]).toBeCloseTo(Math.log(1.5) + 9.1681 * Math.log(1 / 1.5), 3);
  });

  test('that share no hour are left out', () => {
    // A week later. Of each size the first hour is drawn twice, then of one the first and of the other the second.
    const found = compareDurations(atHours(one), atHours(one, 9), cycle([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.9, 0.9]), 6);
    expect(found).toMatchObject({ pairing: 'hour-of-week', logRatio: 0, resamples: [0, 0, 0, 0] });
  });
});

test('a part of the day has four hours, from midnight on', () => {
  const pairing = (hour: number) => compareDurations(atHours([[0, 100]]), atHours([[hour, 100]]), () => 0, 2)?.pairing;
  expect([0, 1, 3, 4].map(pairing)).toEqual(['hour', 'part-of-day', 'part-of-day', undefined]);
});

describe('self time', () => {
  test('subtracts concurrent calls once, and neither own subsegments nor unfinished calls', () => {
    const call = (fromMs: number, toMs: number | null, namespace: string | null = 'aws') => ({
      startNs: BigInt(fromMs * 1e6),
      endNs: toMs === null ? null : BigInt(toMs * 1e6),
      namespace,
    });
    expect(
      remoteMs([call(50, 60, 'remote'), call(0, 10), call(5, 20), call(6, 8), call(0, 100, null), call(70, null)]),
    ).toBe(30);
    expect(remoteMs([])).toBe(0);
  });

  test('a downstream service that was slower at one size does not distort the curve and is added back', () => {
    const ownMs = (memoryMb: number): number => 20 + 100 / Math.min(memoryMb / 1769, 1);
    const remote = [300, 40, 60, 40];
    const points = [256, 512, 1024, 2048].map((memoryMb, at) => ({
      memoryMb,
      durationMs: ownMs(memoryMb) + (remote[at] ?? 0),
      remote: { meanMs: remote[at] ?? 0, n: 50 },
    }));
    const model = fitTraced(points);
    expect(model).toMatchObject({ kind: 'capped' });
    expect(model?.remoteMs).toBeCloseTo(110, 6);
    expect(model?.fixedMs).toBeCloseTo(130, 3);
    expect(model?.cpuMs).toBeCloseTo(100, 3);
    const untraced = fitTraced(
      points.map((point, at) => (at === 2 ? { ...point, remote: { meanMs: 60, n: 19 } } : point)),
    );
    expect(untraced?.remoteMs).toBeNull();
    expect(Math.abs((untraced?.cpuMs ?? 0) / 100 - 1)).toBeGreaterThan(0.2);
  });
});
