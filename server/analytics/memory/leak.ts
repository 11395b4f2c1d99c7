/** Detects environments whose memory use grows with every invocation. */
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { median, medianInterval } from '../statistics/order.ts';
import type { Point } from '../statistics/trend.ts';
import { mannKendall, theilSen } from '../statistics/trend.ts';

export interface Leak {
  /** MB per thousand invocations, median over environments. */
  readonly mbPer1k: number;
  /** 95 % interval of that median; null with fewer environments than it needs. */
  readonly interval: Interval | null;
  readonly environments: number;
  /** Invocations from now until the memory size is reached at this rate; null if memory does not grow. */
  readonly invocationsToLimit: number | null;
  readonly leaking: boolean;
}

/** Why growth is not known. */
export const TOO_FEW_LONG_LIVED = reasonOf('memory-few-long-lived');

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
  const long = environments.flatMap((used) => {
    const own = used.length < SHORTEST ? null : theilSen(used);
    const late = theilSen(used.slice(used.length >> 1));
    return own === null || late === null ? [] : [{ used, slope: own, late }];
  });
  if (long.length < FEWEST) return null;
  const slopes = long.map((one) => one.slope);
  const rising = long.filter(({ used }) => {
    const { s, p } = mannKendall(thinned(used.map((point) => point.y)));
    return s > 0 && p < SIGNIFICANT;
  }).length;
  const slope = median(slopes);
  const leaking = slope > 0 && rising > long.length / 2 && median(long.map(({ late }) => late)) > slope * STILL_RISING;
  const highest = long.reduce((most, { used }) => Math.max(most, used.at(-1)?.y ?? 0), 0);
  const interval = medianInterval(slopes);
  return {
    mbPer1k: slope * 1000,
    interval: interval === null ? null : { low: interval.low * 1000, high: interval.high * 1000 },
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
