/** Evidence about memory sizes from functions with a known curve. */
import type { Random } from '../../ingest/records/random.ts';
import { HOUR_MS, WEEK_MS } from '../../ingest/records/time.ts';
import type { ControlFunction } from '../../server/analytics/memory/controls.ts';
import type { Question, RightSize } from '../../server/analytics/memory/right-size.ts';
import { rightSize } from '../../server/analytics/memory/right-size.ts';
import type { EnvironmentSample, SizeEvidence } from '../../server/analytics/memory/samples.ts';
import type { Worded } from './worded.ts';
import { worded } from './worded.ts';

/** A Monday, 00:00 UTC. */
export const MONDAY_MS = Date.UTC(2026, 10, 2);
export const PRICES = { perGbSecond: 1.66667e-5, perRequest: 2e-7, billedInitMs: 0 };

/** A function with a known curve. */
export interface Truth {
  readonly fixedMs: number;
  readonly cpuMs: number;
  readonly usedMb: number;
}

/** Mean duration at a size, ms: the part that waits, and the part that shares a CPU below 1,769 MB. */
export const durationAt = ({ fixedMs, cpuMs }: Truth, memoryMb: number): number =>
  fixedMs + cpuMs / Math.min(memoryMb / 1769, 1);

/** Environments on hosts of varying speed, with a long tail of durations. */
export function evidence(
  random: Random,
  truth: Truth,
  memoryMb: number,
  options: Partial<SizeEvidence> & {
    readonly slower?: number;
    readonly environments?: readonly EnvironmentSample[];
  } = {},
): SizeEvidence {
  const mean = durationAt(truth, memoryMb) * (options.slower ?? 1);
  const environments = Array.from({ length: 25 }, (_, at): EnvironmentSample => {
    const level = mean * random.logNormal(1, 0.04);
    const durationsMs = Array.from({ length: 30 }, () => (level * random.logNormal(1, 0.3)) / Math.exp(0.045));
    const startMs = MONDAY_MS + ((at * 7) % 168) * HOUR_MS;
    const billedMs = durationsMs.reduce((sum, ms) => sum + Math.ceil(ms), 0);
    return {
      version: options.versions?.[0] ?? '7',
      firstMs: startMs,
      durationsMs,
      tenant: null,
      maxMemoryUsedMb: truth.usedMb + Math.floor(random.next() * 4),
      hours: [{ startMs, n: durationsMs.length, billedMs }],
    };
  });
  const failures = options.failures ?? 5;
  const attempts = Array.from({ length: 10 }, (_, day) => ({
    startMs: MONDAY_MS + day * 24 * HOUR_MS,
    n: 78,
    failures: failures / 10,
    sizeFailures: 0,
    failedBilledMs: (failures / 10) * mean,
  }));
  const failed = { failures, sizeFailures: 0, attempts, timeouts: { n: 0, billedMs: 0 } };
  return {
    memoryMb,
    invocations: 780,
    ...failed,
    versions: ['7'],
    environments,
    responseBytes: [],
    routes: [],
    routesReadPerHour: null,
    remote: null,
    ...options,
  };
}

/** Returns the right size for the goal `cheapest` with default limits, unless `changes` say otherwise. */
export function cheapestOf(
  random: Random,
  sizes: readonly SizeEvidence[],
  currentMb: number,
  usedMb: number,
  changes: Partial<Question> = {},
): Worded<RightSize> {
  const question: Question = {
    sizes,
    use: {
      maxUsedMb: usedMb,
      currentUsedMb: usedMb,
      outOfMemoryAtMb: [],
      runtime: 'nodejs22.x',
      leaking: false,
      currentMb,
    },
    prices: PRICES,
    invocationsPerMonth: 1e6,
    goal: 'cheapest',
    weight: 0.5,
    maxDurationMs: null,
    maxSlower: 10,
    code: { updates: [], versionCodes: {} },
    controls: [],
    tuning: [],
    ...changes,
  };
  return worded(rightSize(question, () => random.next()));
}

const HOURS = 168;

/** One environment an hour over a week, 20 invocations each. */
export function weekOf(random: Random, at: number, meanMs: number): EnvironmentSample[] {
  return Array.from({ length: HOURS }, (_, hour): EnvironmentSample => {
    const startMs = MONDAY_MS + at * WEEK_MS + hour * HOUR_MS;
    const hours = [{ startMs, n: 20, billedMs: 20 * meanMs * random.logNormal(1, 0.1) }];
    return { version: '7', firstMs: startMs, durationsMs: [meanMs], tenant: null, maxMemoryUsedMb: 80, hours };
  });
}

/** A function that took `meanMs` in the first week and `change` times as long in the second. */
export function control(random: Random, meanMs: number, change: number, n = 100): ControlFunction {
  const hours = [0, 1].flatMap((at) =>
    Array.from({ length: HOURS }, (_, hour) => ({
      startMs: MONDAY_MS + at * WEEK_MS + hour * HOUR_MS,
      n,
      billedMs: n * meanMs * (at === 0 ? 1 : change) * random.logNormal(1, 0.1),
    })),
  );
  return { hours };
}
