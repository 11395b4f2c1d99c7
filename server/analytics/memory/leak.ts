/** Detects environments whose memory use grows with every invocation. */
import { median } from '../statistics/order.ts';
import type { Point } from '../statistics/trend.ts';
import { mannKendall, theilSen } from '../statistics/trend.ts';

export interface Leak {
  /** MB per thousand invocations, median over environments. */
  readonly mbPer1k: number;
  readonly environments: number;
  /** Invocations from now until the memory size is reached at this rate; null if memory does not grow. */
  readonly invocationsToLimit: number | null;
  readonly leaking: boolean;
}

/** Minimum number of sampled invocations per environment. */
const SHORTEST = 20;
const FEWEST = 5;
const SIGNIFICANT = 0.01;
/** A heap that fills and then stays flat is not a leak, so the second half must rise too: at least this share of the slope. */
const STILL_RISING = 0.25;

/**
 * Takes Max Memory Used (y, MB) by ordinal (x) of each environment's invocations, ascending. Null if too few environments
 * live long enough.
 */
export function leakOf(environments: readonly (readonly Point[])[], memoryMb: number): Leak | null {
  const long = environments.filter((used) => used.length >= SHORTEST);
  if (long.length < FEWEST) return null;
  const slopes = long.map((used) => theilSen(used) ?? 0);
  const late = long.map((used) => theilSen(used.slice(used.length >> 1)) ?? 0);
  const rising = long.filter((used) => {
    const { s, p } = mannKendall(thinned(used.map((point) => point.y)));
    return s > 0 && p < SIGNIFICANT;
  }).length;
  const slope = median(slopes);
  const leaking = slope > 0 && rising > long.length / 2 && median(late) > slope * STILL_RISING;
  const highest = Math.max(...long.map((used) => used.at(-1)?.y ?? 0));
  return {
    mbPer1k: slope * 1000,
    environments: long.length,
    invocationsToLimit: leaking ? Math.max(0, Math.floor((memoryMb - highest) / slope)) : null,
    leaking,
  };
}

const MOST_VALUES = 200;

function thinned(values: readonly number[]): readonly number[] {
  const step = Math.ceil(values.length / MOST_VALUES);
  return values.filter((_, at) => at % step === 0);
}
