import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { provisionedPriceOf } from './cost.ts';
import { planProvisioned } from './provisioned.ts';
import type { PlayedRun } from './provisioned-replay.ts';
import { AT_LIST_PRICE } from './terms.ts';

const PRICES = { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6, onDemandPerGbS: 1.66667e-5 };
const MONDAY = Date.UTC(2026, 10, 16);
const ONE_DAY = { fromMs: MONDAY, toMs: MONDAY + 24 * HOUR_MS };
const run = (fromS: number, toS: number, waitedMs = 0): PlayedRun => ({
  arrivedMs: MONDAY + fromS * 1000,
  endMs: MONDAY + toS * 1000,
  billedMs: (toS - fromS) * 1000,
  waitedMs,
});

/** Idle environments are kept for ten minutes. */
/** Idle environments that are all kept equally long. */
const keptFor = (ms: number) => () => (draws: Float64Array) => draws.map(() => ms);
const settings = { range: ONE_DAY, memoryMb: 1024, prices: PRICES, idleWindows: keptFor(600_000), dice: () => 0.5 };

describe('planProvisioned', () => {
  test('requests that spill over, and the environments that they leave behind', () => {
    // By hand. As observed: two requests at once every 7 minutes find both environments idle; only the first two are cold.
    // With one provisioned, the second of each pair still finds its own environment, so one cold start is left.
    const often = [0, 420, 840].flatMap((at) => [
      run(at, at + 2, at === 0 ? 400 : 0),
      run(at, at + 2, at === 0 ? 400 : 0),
    ]);
    expect(
      planProvisioned(often, settings).options.map(({ kept, avoided, spilled }) => [kept, avoided, spilled]),
    ).toEqual([
      [0, 0, 0],
      [1, 1, 3],
      [2, 2, 0],
    ]);
    // Single requests every 7 minutes keep one environment warm, and every third time there are two at once. The second
    // environment has been idle for 21 minutes then and is new each time, but the first is never cold again. With one
    // provisioned, what spills over is cold each time: all that is avoided is the first cold start.
    const thirds = Array.from({ length: 9 }, (_, at) => {
      const pair = at % 3 === 0;
      const from = at * 420;
      return [run(from, from + 2, at === 0 ? 400 : 0), ...(pair ? [run(from, from + 2, 400)] : [])];
    }).flat();
    const one = planProvisioned(thirds, settings).options[1];
    expect(one).toMatchObject({ kept: 1, avoided: 1, spilled: 3 });
    // Kept all day; 9 runs of 2 s, of which the first waited for 0.4 s of it; 3 on demand.
    const expected = 86_400 * PRICES.keptPerGbS + (9 * 2 - 0.4) * PRICES.runPerGbS + 3 * 2 * PRICES.onDemandPerGbS;
    expect(one?.costUsd).toBeCloseTo(expected, 9);
  });

  test('what the data cannot show is unknown, never 0', () => {
    const runs = [run(0, 10, 400), run(5, 8, 300), run(20, 30)];
    const unknownWindows = planProvisioned(runs, { ...settings, idleWindows: null }).options;
    // With both provisioned nothing spills over, so every cold start is avoided, however long idle ones are kept.
    expect(unknownWindows.map(({ avoided, avoidedWaitMs }) => [avoided, avoidedWaitMs])).toEqual([
      [0, 0],
      [null, null],
      [2, 700],
    ]);
    const unknownSize = planProvisioned(runs, { ...settings, memoryMb: null });
    expect(unknownSize.options.map(({ costUsd, costChangeUsd }) => [costUsd, costChangeUsd])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect(unknownSize.breakEvenKept).toBeNull();
    expect(planProvisioned([], settings)).toMatchObject({ options: [], breakEvenKept: null });
  });

  test('counts served, spilled and avoided cold starts', () => {
    const plan = planProvisioned([run(0, 10, 400), run(5, 8, 300), run(20, 30), run(40, 50, 500)], {
      ...settings,
      idleWindows: keptFor(1000),
    });
    // Without provisioned ones, all four are cold if idle environments are kept for a second; with one, one is: a quarter
    // of the three that were observed is left, 0.75 of 3 and of 1,200 ms are avoided.
    expect(plan.options.map((option) => [option.kept, option.avoided, option.avoidedWaitMs, option.spilled])).toEqual([
      [0, 0, 0, 0],
      [1, 2, 900, 1],
      [2, 3, 1200, 0],
    ]);
    const one = plan.options[1];
    expect(one?.utilisation).toBeCloseTo((10 - 0.4 + 10 + 10 - 0.5) / 86_400, 10);
    const kept = 86_400 * PRICES.keptPerGbS + 29.1 * PRICES.runPerGbS + 3 * PRICES.onDemandPerGbS;
    expect(one?.costUsd).toBeCloseTo(kept, 12);
    const change = kept - 33 * PRICES.onDemandPerGbS;
    expect(one?.costChangeUsd).toBeCloseTo(change, 12);
    // The range is a day; two are avoided.
    expect(one?.costChangePerMonthUsd).toBeCloseTo(30 * change, 12);
    expect(one?.usdPerAvoided).toBeCloseTo(change / 2, 12);
    expect(plan.options[0]).toMatchObject({ costChangePerMonthUsd: 0, usdPerAvoided: null });
    const unknown = planProvisioned([run(0, 10, 400)], { ...settings, memoryMb: null }).options[1];
    expect(unknown).toMatchObject({ avoided: 1, costChangePerMonthUsd: null, usdPerAvoided: null });
    const none = planProvisioned([run(0, 10)], settings).options[1];
    expect(none).toMatchObject({ avoided: 0, usdPerAvoided: null });
    expect(plan.breakEvenKept).toBe(0);
    expect(plan.schedule.every((n) => n === 0)).toBe(true);
  });

  test('the interval of one burst reaches far: nothing shows that such bursts are usual', () => {
    // By hand: both cold starts are in the first of 56 blocks, and two provisioned environments avoid them. With
    // ⌈0.4 × 56^⅔⌉ = 6 frequencies, the variance is 2 × 2² × the mean of cos²(jπ / 112) for j = 1 to 6, 0.98818, so 7.9054;
    // Student's t for 6 degrees of freedom is 2.4469, and 2.4469 × √7.9054 = 6.880.
    const [none, , both] = planProvisioned([run(0, 10, 400), run(5, 8, 300)], settings).options;
    expect(both?.avoided).toBe(2);
    expect(both?.avoidedInterval?.low).toBe(0);
    expect(both?.avoidedInterval?.high).toBeCloseTo(2 + 6.88, 2);
    expect([none?.avoidedInterval, none?.costChangeInterval]).toEqual([
      { low: 0, high: 0 },
      { low: 0, high: 0 },
    ]);
    const change = both?.costChangeUsd ?? Number.NaN;
    const { low, high } = both?.costChangeInterval ?? { low: Number.NaN, high: Number.NaN };
    expect((low + high) / 2).toBeCloseTo(change, 12);
    // What runs in provisioned environments costs 13 − 0.7 s × 9.7222e-6 for 13 × 1.66667e-5: 9.7083e-5 less, in one block.
    expect(high - change).toBeCloseTo((6.88 / 2) * (13 * PRICES.onDemandPerGbS - 12.3 * PRICES.runPerGbS), 7);
    expect(planProvisioned([run(0, 10)], settings).options[1]?.avoidedInterval).toBeNull();
  });

  test('the interval is of what is avoided, not of what is left and what was observed apart', () => {
    // By hand: with one provisioned, one of the two cold starts at 00:00 is left and none of that at 12:13, so 2 of 3 are
    // avoided, one in each of the blocks 0 and 28. The transforms cos(jπ / 112) + cos(57jπ / 112) for j = 1 to 6 are 0.97156,
    // 0, 1.08051, 1.98742, 0.85039 and 0: variance 2.2615, and 2.4469 × √2.2615 = 3.680.
    const runs = [run(0, 10, 400), run(5, 8, 300), run(44_000, 44_005, 400)];
    const one = planProvisioned(runs, settings).options[1];
    expect(one?.avoided).toBe(2);
    expect(one?.avoidedInterval?.high).toBeCloseTo(2 + 3.68, 2);
  });

  test('the interval contains how well idle windows are known', () => {
    // By hand: pairs at 0 and 600 s, one request at 300 s; idle ones are kept for 1200 s if windows are a standard error
    // longer, otherwise for 400 s. On demand alone 2 or 3 are cold, with one provisioned 1 or 2. The likely windows decide
    // what is avoided, 2 × (1 − 2 / 3); a standard error changes 2 × (2/3 − 1/2) / 2 = 1/6 of it. The block alone gives
    // 2/3 × √1.97636 (above: 2 × 0.98818), both √(4/9 × 1.97636 + 1/36) × 2.4469 = 2.3293.
    const runs = [run(0, 2, 400), run(0, 2, 400), run(300, 302), run(600, 602), run(600, 602)];
    const idleWindows = (errors: number) => keptFor(errors > 0 ? 1_200_000 : 400_000)();
    const one = planProvisioned(runs, { ...settings, idleWindows }).options[1];
    expect(one?.avoided).toBe(1);
    expect(one?.avoidedInterval?.high).toBeCloseTo(2 / 3 + 2.3293, 3);
  });

  test('schedules a busy hour but not a quiet one', () => {
    expect(planProvisioned([], settings).breakEvenUtilisation).toBeCloseTo(0.6, 3);
    // Monday 09:00 to 10:00, two are busy 90 % of the time; at 11:00, one is busy 20 % of the time.
    const busy = Array.from({ length: 6 }, (_, n) => [
      run(9 * 3600 + n * 600, 9 * 3600 + n * 600 + 540),
      run(9 * 3600 + n * 600, 9 * 3600 + n * 600 + 540),
    ]).flat();
    const quiet = Array.from({ length: 6 }, (_, n) => run(11 * 3600 + n * 600, 11 * 3600 + n * 600 + 120));
    const plan = planProvisioned([...busy, ...quiet], settings);
    expect(plan.schedule[9]).toBe(2);
    expect(plan.schedule[11]).toBe(0);
    // Over the whole day, none pays for itself.
    expect(plan.breakEvenKept).toBe(0);
    const hour = { fromMs: MONDAY + 9 * HOUR_MS, toMs: MONDAY + 10 * HOUR_MS };
    expect(planProvisioned(busy, { ...settings, range: hour }).breakEvenKept).toBe(2);
  });

  test('avoids no less and spills no more with more provisioned; spills nothing at the peak', () => {
    const runs = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 300 }), fc.constantFrom(0, 0, 200)),
      { maxLength: 60 },
    );
    law(
      fc.property(runs, (drawn) => {
        const { options } = planProvisioned(
          drawn.map(([from, lasts, waited]) => run(from, from + lasts, waited)),
          settings,
        );
        for (const [at, option] of options.entries()) {
          const next = options[at + 1];
          if (at > 0 && next !== undefined) expect(next.spilled).toBeLessThanOrEqual(option.spilled);
          expect(option.utilisation ?? 0).toBeLessThanOrEqual(1);
        }
        const last = options.at(-1);
        if (drawn.length > 0) {
          expect(last?.spilled).toBe(0);
          expect(last?.avoided).toBe(drawn.filter(([, , waited]) => waited > 0).length);
        }
      }),
    );
  });

  test('idle windows are drawn from the dice', () => {
    // As above: single requests every 7 minutes, and pairs every 21. Kept for 900 s, one environment stays warm: of four cold
    // starts three are left. Kept for 100 s, all twelve requests are cold, and three with one provisioned: a quarter is left.
    const thirds = Array.from({ length: 9 }, (_, at) => {
      const from = at * 420;
      return [run(from, from + 2, at === 0 ? 400 : 0), ...(at % 3 === 0 ? [run(from, from + 2, 400)] : [])];
    }).flat();
    const avoided = (share: number) =>
      planProvisioned(thirds, {
        ...settings,
        idleWindows: () => (draws: Float64Array) => draws.map((draw) => draw * 1_000_000),
        dice: () => share,
      }).options[1]?.avoided;
    expect([avoided(0.9), avoided(0.1)]).toEqual([1, 3]);
  });

  test('of a high peak, twenty-four numbers are tried, evenly apart', () => {
    const together = (n: number) => Array.from({ length: n }, () => run(0, 10));
    const tried = (n: number) => planProvisioned(together(n), settings).options.map(({ kept }) => kept);
    expect(tried(24)).toEqual(Array.from({ length: 25 }, (_, kept) => kept));
    expect(tried(48)).toEqual(Array.from({ length: 25 }, (_, kept) => 2 * kept));
    expect(tried(2)).toEqual([0, 1, 2]);
    // One ends as the other begins.
    expect(planProvisioned([run(0, 10), run(10, 20)], settings).options.map(({ kept }) => kept)).toEqual([0, 1]);
  });

  test('returns the prices of a region, and flags assumed ones', () => {
    expect(provisionedPriceOf('us-east-1', 'arm64', AT_LIST_PRICE)).toEqual({
      keptPerGbS: 3.3334e-6,
      runPerGbS: 7.7778e-6,
      assumed: false,
    });
    expect(provisionedPriceOf('nowhere-1', 'x86_64', AT_LIST_PRICE).assumed).toBe(true);
    expect(provisionedPriceOf('us-east-1', null, AT_LIST_PRICE).assumed).toBe(true);
  });
});
