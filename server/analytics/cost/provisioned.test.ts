import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { provisionedPriceOf } from './cost.ts';
import type { PlayedRun } from './provisioned.ts';
import { planProvisioned } from './provisioned.ts';

const PRICES = { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6, onDemandPerGbS: 1.66667e-5 };
const MONDAY = Date.UTC(2026, 10, 16);
const ONE_DAY = { fromMs: MONDAY, toMs: MONDAY + 24 * HOUR_MS };
const run = (fromS: number, toS: number, waitedMs = 0): PlayedRun => ({
  startMs: MONDAY + fromS * 1000,
  endMs: MONDAY + toS * 1000,
  billedMs: (toS - fromS) * 1000,
  waitedMs,
});

describe('planProvisioned', () => {
  test('counts served, spilled and avoided cold starts', () => {
    const plan = planProvisioned(
      [run(0, 10, 400), run(5, 8, 300), run(20, 30), run(40, 50, 500)],
      ONE_DAY,
      1024,
      PRICES,
    );
    expect(plan.options.map((option) => [option.kept, option.avoided, option.avoidedWaitMs, option.spilled])).toEqual([
      [0, 0, 0, 0],
      [1, 2, 900, 1],
      [2, 3, 1200, 0],
    ]);
    const one = plan.options[1];
    expect(one?.utilisation).toBeCloseTo((10 - 0.4 + 10 + 10 - 0.5) / 86_400, 10);
    const kept = 86_400 * PRICES.keptPerGbS + 29.1 * PRICES.runPerGbS + 3 * PRICES.onDemandPerGbS;
    expect(one?.costUsd).toBeCloseTo(kept, 12);
    expect(one?.costChangeUsd).toBeCloseTo(kept - 33 * PRICES.onDemandPerGbS, 12);
    expect(plan.breakEvenKept).toBe(0);
    expect(plan.schedule.every((n) => n === 0)).toBe(true);
  });

  test('schedules a busy hour but not a quiet one', () => {
    expect(planProvisioned([], ONE_DAY, 128, PRICES).breakEvenUtilisation).toBeCloseTo(0.6, 3);
    // Monday 09:00 to 10:00, two are busy 90 % of the time; at 11:00, one is busy 20 % of the time.
    const busy = Array.from({ length: 6 }, (_, n) => [
      run(9 * 3600 + n * 600, 9 * 3600 + n * 600 + 540),
      run(9 * 3600 + n * 600, 9 * 3600 + n * 600 + 540),
    ]).flat();
    const quiet = Array.from({ length: 6 }, (_, n) => run(11 * 3600 + n * 600, 11 * 3600 + n * 600 + 120));
    const plan = planProvisioned([...busy, ...quiet], ONE_DAY, 512, PRICES);
    expect(plan.schedule[9]).toBe(2);
    expect(plan.schedule[11]).toBe(0);
    // Over the whole day, none pays for itself.
    expect(plan.breakEvenKept).toBe(0);
    const hour = { fromMs: MONDAY + 9 * HOUR_MS, toMs: MONDAY + 10 * HOUR_MS };
    expect(planProvisioned(busy, hour, 512, PRICES).breakEvenKept).toBe(2);
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
          ONE_DAY,
          1024,
          PRICES,
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

  test('returns the prices of a region, and flags assumed ones', () => {
    expect(provisionedPriceOf('us-east-1', 'arm64')).toEqual({
      keptPerGbS: 3.3334e-6,
      runPerGbS: 7.7778e-6,
      assumed: false,
    });
    expect(provisionedPriceOf('nowhere-1', 'x86_64').assumed).toBe(true);
    expect(provisionedPriceOf('us-east-1', null).assumed).toBe(true);
  });
});
