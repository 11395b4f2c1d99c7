/** Keep-alive estimation on published measurements of 2019 and 2021, and on periods with a known curve. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEEP_ALIVE_SETS } from '../../../bench/accuracy/published-data.ts';
import { Random } from '../../../ingest/records/random.ts';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { published } from '../../../test/support/published-data.ts';
import { MIN_TERMINATIONS } from '../metrics/minimum-samples.ts';
import type { EnvironmentLifetime } from './idle-periods.ts';
import { idlePeriods as periodsOf } from './idle-periods.ts';
import type { IdlePeriod } from './survival.ts';
import { cellsOf, inspected, survivalCurve, survivalOf } from './survival.ts';
import type { Binned } from './turnbull.ts';
import { turnbull } from './turnbull.ts';

const ALIVE = Number.POSITIVE_INFINITY;

const dice = (seed: number) => {
  const random = new Random(seed);
  return () => random.next();
};

describe('published measurements: the median falls in the published range', () => {
  test.each(KEEP_ALIVE_SETS)('%s, %s: between %i and %i minutes', (name, _, low, high) => {
    const found = survivalOf(published.idlePeriods(name), dice(1));
    const minutes = (found?.medianMs ?? Number.NaN) / MINUTE_MS;
    expect(minutes).toBeGreaterThanOrEqual(low);
    expect(minutes).toBeLessThanOrEqual(high);
    expect(found?.deaths).toBeGreaterThan(100);
  });
});

describe('estimator', () => {
  test('the fast path and expectation-maximisation agree if every period is one inspection', () => {
    const period = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean());
    law(
      fc.property(fc.array(period, { minLength: 5, maxLength: 40 }), (drawn) => {
        const periods = drawn.map(
          ([bin, died]): Binned => (died ? { after: 0, until: bin, n: 1 } : { after: bin, until: ALIVE, n: 1 }),
        );
        const cells = cellsOf(periods);
        const share = (masses: readonly number[]): number[] => {
          let dead = 0;
          return masses.map((mass) => {
            dead += mass;
            return dead;
          });
        };
        const quick = share(inspected(periods, cells));
        const slow = share(turnbull(periods, cells));
        // The likelihood fixes the curve only at inspection times; between them the mass may lie anywhere.
        for (const [at, edge] of cells.entries()) {
          if (edge === 0 || edge === ALIVE) continue;
          expect(Math.abs((quick[at] ?? 0) - (slow[at] ?? 0))).toBeLessThan(0.03);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(KEEP_ALIVE_SETS)('%s, %s: the curve with a rough band is the same curve', (name) => {
    const bare = new Map(survivalCurve(published.idlePeriods(name), dice(2))?.map((one) => [one.idleMs, one.survival]));
    const curve = survivalOf(published.idlePeriods(name), dice(1))?.curve ?? [];
    expect(curve.length).toBeGreaterThan(3);
    expect(curve.map(({ idleMs }) => bare.get(idleMs))).toEqual(curve.map(({ survival }) => survival));
  });

  test('no curve with too few terminations', () => {
    const few = Array.from({ length: MIN_TERMINATIONS - 1 }, () => ({ afterMs: 0, untilMs: 5000 }));
    expect(survivalCurve([...few, { afterMs: 9000, untilMs: ALIVE }], dice(1))).toBeNull();
  });

  test('exact death times with censoring give the Kaplan–Meier curve', () => {
    // Ten lifetimes: deaths at 10, 20, 30 and 40 minutes; two censored at 25, four at 60.
    const death = (minutes: number): IdlePeriod => ({
      afterMs: minutes * MINUTE_MS * 0.98,
      untilMs: minutes * MINUTE_MS,
    });
    const alive = (minutes: number): IdlePeriod => ({ afterMs: minutes * MINUTE_MS, untilMs: ALIVE });
    const ten = [10, 20, 30, 40].map(death).concat([25, 25, 60, 60, 60, 60].map(alive));
    const found = survivalOf(Array.from({ length: 10 }, () => ten).flat(), dice(2));
    const at = (minutes: number): number =>
      found?.curve.findLast((point) => point.idleMs <= minutes * MINUTE_MS * 1.005)?.survival ?? 1;
    expect(at(10)).toBeCloseTo(0.9, 3);
    expect(at(20)).toBeCloseTo(0.8, 3);
    expect(at(30)).toBeCloseTo(0.8 * (5 / 6), 3);
    expect(at(40)).toBeCloseTo(0.8 * (4 / 6), 3);
    expect(found?.medianMs).toBeNull();
  });

  test('two policies at once have neither shape; the times come from the curve', () => {
    // Half is kept for 2 minutes and half for 60, so that between them half is alive.
    const random = new Random(3);
    const periods = Array.from({ length: 4000 }, (): IdlePeriod => {
      const lived = random.next() < 0.5 ? 2 * MINUTE_MS : 60 * MINUTE_MS;
      const looked = Math.exp(Math.log(MINUTE_MS) + random.next() * Math.log(100));
      return looked < lived ? { afterMs: looked, untilMs: ALIVE } : { afterMs: 0, untilMs: looked };
    });
    const found = survivalOf(periods, dice(3));
    expect(found?.shape).toBeNull();
    expect((found?.p10Ms ?? 0) / MINUTE_MS).toBeCloseTo(2, 0);
    expect((found?.p90Ms ?? 0) / MINUTE_MS).toBeGreaterThan(55);
  });

  test('returns no estimate after too few deaths', () => {
    const deaths = Array.from({ length: MIN_TERMINATIONS - 1 }, () => ({ afterMs: 0, untilMs: MINUTE_MS }));
    expect(survivalOf(deaths, dice(1))).toBeNull();
    expect(survivalOf([...deaths, { afterMs: 0, untilMs: MINUTE_MS }], dice(1))).not.toBeNull();
    // Censored at time zero: carries no information and is not counted.
    const silent = Array.from({ length: 100 }, () => ({ afterMs: 0, untilMs: ALIVE }));
    expect(survivalOf(deaths.concat(silent), dice(1))).toBeNull();
  });
});

describe('idle periods', () => {
  const run = (startMinute: number, minutes = 1) => ({
    startMs: startMinute * MINUTE_MS,
    endMs: (startMinute + minutes) * MINUTE_MS,
  });

  const idlePeriods = (lifetimes: readonly Omit<EnvironmentLifetime, 'bornMs'>[]) =>
    periodsOf(lifetimes.map((lifetime) => ({ ...lifetime, bornMs: lifetime.runs[0]?.startMs ?? 0 })));

  test('idle periods end by reuse, by a new environment, at the end of the data or by a crash', () => {
    const periods = idlePeriods([
      // Served at 0 and at 5 min; ended by 20 min, when a request started a new environment.
      { runs: [run(0), run(5)], demandedMs: null, crashed: false },
      // The new environment; no data after its first run.
      { runs: [run(20)], demandedMs: 20 * MINUTE_MS, crashed: false },
      // Crashed at 3 min: not ended by a keep-alive policy.
      { runs: [run(2)], demandedMs: 2 * MINUTE_MS, crashed: true },
    ]);
    expect(periods).toEqual([
      { afterMs: 4 * MINUTE_MS, untilMs: ALIVE, young: true, block: 0 },
      { afterMs: 0, untilMs: 14 * MINUTE_MS, young: true, block: 0 },
    ]);
  });

  test('an environment that became idle during the placement of another was busy when the request arrived', () => {
    const second = (ms: number) => ({ startMs: ms - 1000, endMs: ms });
    // INIT_START at 10.0 s for a request that arrived up to half a second earlier; the first environment was busy until 9.7 s.
    const periods = idlePeriods([
      { runs: [second(9700)], demandedMs: null, crashed: false },
      { runs: [second(11_500)], demandedMs: 10_000, crashed: false },
      { runs: [second(70_000)], demandedMs: 69_000, crashed: false },
    ]);
    // Both were terminated by 69 s, when the third one was started.
    expect(periods.map(({ untilMs }) => untilMs)).toEqual([59_300, 57_500]);
  });

  test('one that was passed over is terminated if requests go to the environment that was used last', () => {
    const rounds = Array.from({ length: 25 }, (_, n) => n * 20);
    // Idle from :03 of the eleventh round, used last, and never seen again.
    const lost = { runs: [run(202)], demandedMs: null, crashed: false };
    const deaths = (first: number, second: number) => {
      // Two at once, which end at :01 and :02; at :05, a request goes to one of them; both are used again.
      const environments = [first, second].map((minutes, at) => ({
        runs: rounds.flatMap((round) => [run(round, minutes), ...(at === 1 ? [run(round + 5)] : [])]),
        demandedMs: null,
        crashed: false,
      }));
      return idlePeriods([...environments, lost]).filter(({ untilMs }) => untilMs !== ALIVE);
    };
    // At 205 min, the one that is idle since 202 min serves, so the one that is idle since 203 min is terminated.
    expect(deaths(1, 2).map(({ untilMs }) => untilMs)).toEqual([2 * MINUTE_MS]);
    // Of two that are idle for as long, either was used last.
    expect(deaths(2, 2).map(({ untilMs }) => untilMs)).toEqual([2 * MINUTE_MS]);
    // If requests go to the one that is idle for longest, that says nothing.
    expect(deaths(2, 1)).toEqual([]);
  });

  test('the first request that passes it over shows the termination; environments in use are not passed over', () => {
    const rounds = Array.from({ length: 25 }, (_, n) => n * 20);
    // Idle from :03 of the eleventh round, as the third environment is.
    const lost = { runs: [run(202)], demandedMs: null, crashed: false };
    const more = [[], [10, 1], [5, 10]] as const;
    const environments = more.map(([at, minutes], index) => ({
      runs: rounds.flatMap((round) => [
        run(round, index + 1),
        ...(at === undefined || minutes === undefined ? [] : [run(round + at, minutes)]),
      ]),
      demandedMs: null,
      crashed: false,
    }));
    // At :05 the third one serves until :15, and is idle since :03, no less than the lost one; at :10 the second, idle since :02.
    const deaths = idlePeriods([...environments, lost]).filter(({ untilMs }) => untilMs !== ALIVE);
    expect(deaths.map(({ untilMs }) => untilMs)).toEqual([7 * MINUTE_MS]);
  });

  test('of three idle ones the second is used: requests do not go to the one that was used last', () => {
    const rounds = Array.from({ length: 25 }, (_, n) => n * 20);
    const environments = [1, 3, 2].map((minutes) => ({
      runs: rounds.flatMap((round) => [run(round, minutes), ...(minutes === 2 ? [run(round + 5)] : [])]),
      demandedMs: null,
      crashed: false,
    }));
    const lost = { runs: [run(202)], demandedMs: null, crashed: false };
    expect(idlePeriods([...environments, lost]).filter(({ untilMs }) => untilMs !== ALIVE)).toEqual([]);
  });

  test('concurrent requests of one environment are not idle time; the age is reported', () => {
    const periods = idlePeriods([
      { runs: [run(0, 10), run(5, 10), run(200), run(210)], demandedMs: null, crashed: false },
    ]);
    expect(periods.map((period) => [period.afterMs / MINUTE_MS, period.young])).toEqual([
      [185, true],
      [9, false],
    ]);
  });
});
