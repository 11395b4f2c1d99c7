/** Plans of mixed fleets of any size, and how fleets are played. */

import { Random } from '../records/random.ts';
import { HOUR_MS, MINUTE_MS } from '../records/time.ts';
import type { FunctionPlan } from './plan.ts';
import { planOf } from './plan.ts';
import type { SimulatedFunction } from './simulate.ts';
import { simulateFunction } from './simulate.ts';

/** `first` is the index of the first plan, so that a fleet can be simulated in parts. */
export function playPlans(
  plans: readonly FunctionPlan[],
  seed: number,
  fromMs: number,
  toMs: number,
  first = 0,
): readonly SimulatedFunction[] {
  return plans.map((plan, at) => simulateFunction(plan, new Random(seed * 1000 + first + at), fromMs, toMs));
}

const RUNTIMES = ['nodejs:22.v31', 'python:3.13.v60', 'java:21.v38', 'provided:al2023.v97', 'dotnet:8.v44'] as const;

/** `n` functions with every kind of traffic, each with its own deploys, patches, failures and keep-alive time. */
export function mixedPlans(n: number, seed: number, fromMs: number, toMs: number): readonly FunctionPlan[] {
  const random = new Random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  const within = (): number => fromMs + (0.15 + 0.7 * random.next()) * (toMs - fromMs);
  return Array.from({ length: n }, (_, at) => {
    const kind = (['steady', 'diurnal', 'bursty', 'rare'] as const)[at % 4] ?? 'steady';
    const gaps = { steady: 20_000, diurnal: 15_000, bursty: 100_000, rare: 300_000 };
    const fails = random.next() < 0.4;
    const isPatched = random.next() < 0.4;
    return planOf({
      name: `mixed-${at}-${kind}`,
      runtime: pick(RUNTIMES),
      format: random.next() < 0.2 ? 'json' : 'text',
      arrivals: { kind, meanGapMs: random.logNormal(gaps[kind], 0.3), burst: 2 + Math.floor(random.next() * 8) },
      memoryMb: pick([256, 512, 1024, 1769, 2048]),
      work: { fixedMs: random.logNormal(80, 0.6), cpuMs: random.logNormal(60, 0.8), sigma: 0.3 + 0.3 * random.next() },
      usedMb: 60 + Math.floor(random.next() * 120),
      initMs: random.logNormal(400, 0.5),
      firstConnectionMs: random.logNormal(80, 0.5),
      keepAlive: { ms: random.logNormal(6 * MINUTE_MS, 0.15), spread: 0.08 },
      recycleMeanMs: random.next() < 0.5 ? 3 * HOUR_MS : null,
      failures: {
        timeoutShare: fails ? 0.004 : 0,
        outOfMemoryShare: fails ? 0.003 : 0,
        exitShare: fails ? 0.004 : 0,
        timeoutMs: 3000,
        againShare: fails ? 0.3 : 0,
        fatalShare: fails ? 0.3 : 0,
      },
      retries: random.next() < 0.3,
      snapStart: random.next() < 0.06,
      proactiveShare: random.next() < 0.2 ? 0.4 : 0,
      extension: random.next() < 0.3 ? 'lambda-insights' : null,
      deploys: random.next() < 0.6 ? [{ atMs: within(), memoryMb: pick([128, 384, 640, 1536]) }] : [],
      patches: isPatched ? [{ atMs: within() }] : [],
      tracedShare: 0,
    });
  });
}
