/** Coverage of the what-if's intervals on planted traffic, whose bursts and hours differ, with idle windows that are not exactly known. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import { idleWindowsOf } from '../keep-alive/windows.ts';
import { normalDraw } from '../statistics/normal.ts';
import { planProvisioned } from './provisioned.ts';
import type { PlayedRun } from './provisioned-replay.ts';

const RUNS = 200;
const HOURS = 48;
const INIT_MS = 400;
/** Every idle environment is kept for ten minutes. */
const KEPT_MS = 10 * MINUTE_MS;
const PRICES = { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6, onDemandPerGbS: 1.66667e-5 };

interface Environment {
  freeMs: number;
}

/** Bursts of requests, more of them in some hours; those on demand go to the environment that was used last, if one is left. */
function plantedRuns(dice: () => number): readonly PlayedRun[] {
  const environments: Environment[] = [];
  const runs: PlayedRun[] = [];
  let level = normalDraw(dice);
  for (let hour = 0; hour < HOURS; hour += 1) {
    level = 0.6 * level + 0.8 * normalDraw(dice);
    const starts: number[] = [];
    const bursts = Math.floor(4 * Math.exp(0.4 * level) * 2 * dice());
    for (let burst = 0; burst < bursts; burst += 1) {
      let at = (hour + dice()) * HOUR_MS;
      do {
        starts.push(at);
        at += -Math.log(1 - dice()) * SECOND_MS;
      } while (dice() < 0.7);
    }
    for (const startMs of starts.toSorted((a, b) => a - b)) {
      const idle = environments.filter(({ freeMs }) => freeMs <= startMs && startMs - freeMs < KEPT_MS);
      const last = idle.reduce<Environment | null>((a, b) => (a === null || b.freeMs > a.freeMs ? b : a), null);
      const waitedMs = last === null ? INIT_MS : 0;
      const lastsMs = 300 + dice() * 3000;
      const endMs = startMs + waitedMs + lastsMs;
      if (last === null) environments.push({ freeMs: endMs });
      else last.freeMs = endMs;
      runs.push({ arrivedMs: startMs, endMs, billedMs: Math.ceil(lastsMs), waitedMs });
    }
  }
  return runs;
}

/** A curve that is off by `error` standard errors of a tenth, with its 95 % band. */
function measuredCurve(error: number) {
  const goneAt = (idleMs: number, factor: number): number => {
    const share = (idleMs / (KEPT_MS * factor) - 0.95) / 0.1;
    return Math.min(1, Math.max(0, share));
  };
  return Array.from({ length: 240 }, (_, at) => {
    const idleMs = at * 5 * SECOND_MS;
    const survival = (shift: number): number => 1 - goneAt(idleMs, Math.exp(0.1 * (error + shift)));
    return { idleMs, survival: survival(0), low: survival(-1.96), high: survival(1.96) };
  });
}

test('nine in ten intervals contain the mean over such time ranges', () => {
  const random = new Random(1);
  const dice = () => random.next();
  const found = Array.from({ length: RUNS }, () => {
    const curve = measuredCurve(normalDraw(dice));
    return planProvisioned(plantedRuns(dice), {
      range: { fromMs: 0, toMs: HOURS * HOUR_MS },
      memoryMb: 1024,
      prices: PRICES,
      idleWindows: (errors) => idleWindowsOf({ curve }, errors),
      dice,
    }).options;
  });
  for (const kept of [1, 2]) {
    const options = found.flatMap((one) => one.filter((option) => option.kept === kept));
    expect(options).toHaveLength(RUNS);
    const heldOf = (
      values: readonly (readonly [value: number | null, interval: { low: number; high: number } | null])[],
    ) => {
      const mean = values.reduce((sum, [value]) => sum + (value ?? Number.NaN), 0) / RUNS;
      return values.filter(([, interval]) => interval !== null && interval.low <= mean && mean <= interval.high).length;
    };
    expect(heldOf(options.map((one) => [one.avoided, one.avoidedInterval]))).toBeGreaterThanOrEqual(0.9 * RUNS);
    expect(heldOf(options.map((one) => [one.costChangeUsd, one.costChangeInterval]))).toBeGreaterThanOrEqual(
      0.9 * RUNS,
    );
  }
});
