/** Latency that a VPC adds to a cold start: pre-init of functions in a VPC compared with matched functions outside of one. */

import { HOUR_MS } from '../../../ingest/records/time.ts';
import { FEWEST_COLD, FEWEST_COLD_OF_MEMBER, FEWEST_FUNCTIONS } from '../metrics/minimum-samples.ts';
import { Sketch } from '../sketch/sketch.ts';
import { clusteredRate } from '../statistics/blocks.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import type { QuantileIntervals } from '../statistics/quantile-interval.ts';
import { quantileIntervals } from '../statistics/quantile-interval.ts';
import type { GroupMean } from '../statistics/random-effects.ts';
import { differenceOfMeans, medianEstimate, randomEffectsMean } from '../statistics/random-effects.ts';
import type { Rate } from '../statistics/rate.ts';
import { quantileT } from '../statistics/student.ts';

/** In 3,712 cold starts of March 2019, none outside a VPC took longer than this, and none inside took between 1.7 and 6.3 s. */
const LONG_MS = 2000;
const VERY_LONG_MS = 10_000;
/** Minimum share of cold starts slower than two seconds that indicates one interface per environment. */
const SLOW_MODE = 0.02;
/** AWS announced shared interfaces on 3 September 2019 and moved all functions to them in the months after. */
export const SHARED_SINCE_MS = Date.UTC(2019, 8, 1);

/** Lambda attached one interface per environment until autumn 2019; interfaces are shared since. */
export type Era = 'per-environment' | 'shared';

/** Time before the init of one cold start. */
export interface TimedPreInit {
  readonly startMs: number;
  /** Negative if the init began before the request. */
  readonly preInitMs: number;
}

export interface PreInitSummary {
  readonly preInitMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly n: number;
    readonly intervals: QuantileIntervals;
  };
  readonly over2s: Rate;
  readonly over10s: Rate;
}

/** Summarises inits that a caller waited for, with intervals from the differences between hours; null if there are none. */
export function summarize(coldStarts: readonly TimedPreInit[]): PreInitSummary | null {
  const waited = coldStarts.filter(({ preInitMs }) => preInitMs >= 0);
  if (waited.length === 0) return null;
  const sorted = ascending(waited.map(({ preInitMs }) => preInitMs));
  const [p50, p95, p99] = [quantileOf(sorted, 0.5), quantileOf(sorted, 0.95), quantileOf(sorted, 0.99)];
  const hours = byHour(waited);
  const over = (limit: number): Rate =>
    clusteredRate(hours.map((ones) => ({ hits: ones.filter((ms) => ms > limit).length, n: ones.length })));
  return {
    preInitMs: { p50, p95, p99, n: waited.length, intervals: quantileIntervals(hours.map(sketchOf)) },
    over2s: over(LONG_MS),
    over10s: over(VERY_LONG_MS),
  };
}

/** Times before init by hour, in order of time. */
function byHour(coldStarts: readonly TimedPreInit[]): readonly (readonly number[])[] {
  const hours = new Map<number, number[]>();
  for (const { startMs, preInitMs } of coldStarts) {
    const hour = Math.floor(startMs / HOUR_MS);
    const ones = hours.get(hour) ?? [];
    hours.set(hour, ones);
    ones.push(preInitMs);
  }
  return [...hours].toSorted(([a], [b]) => a - b).map(([, ones]) => ones);
}

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** Functions of one side of the comparison that have enough cold starts. */
export interface Side {
  readonly functions: number;
  readonly coldStarts: number;
}

export interface EniComparison {
  /** Difference of the two sides' mean levels, ms; null with too few functions. */
  readonly latency: (Interval & { readonly value: number }) | null;
  /** Mean level outside of a VPC, ms: placement and download, without a network. */
  readonly placement: (Interval & { readonly value: number }) | null;
  readonly inside: Side;
  readonly outside: Side;
}

/**
 * Compares functions, not cold starts: each has a level of its own whatever its network, so that cold starts of one function
 * are no independent evidence of the effect of the VPC. Takes the pre-init times of each function of a side.
 */
export function compareByFunction(
  inside: readonly (readonly number[])[],
  outside: readonly (readonly number[])[],
): EniComparison {
  const [within, without] = [inside, outside].map((side) =>
    side.map((values) => values.filter((ms) => ms >= 0)).filter((values) => values.length >= FEWEST_COLD_OF_MEMBER),
  ) as [number[][], number[][]];
  const sides = { inside: sideOf(within), outside: sideOf(without) };
  const [a, b] = [meanOf(without), meanOf(within)];
  return {
    ...sides,
    latency: a === null || b === null ? null : differenceOfMeans(a, b),
    placement: a === null ? null : intervalOf(a),
  };
}

function sideOf(functions: readonly (readonly number[])[]): Side {
  return { functions: functions.length, coldStarts: functions.reduce((sum, { length }) => sum + length, 0) };
}

function meanOf(functions: readonly (readonly number[])[]): GroupMean | null {
  const { functions: n, coldStarts } = sideOf(functions);
  if (n < FEWEST_FUNCTIONS || coldStarts < FEWEST_COLD) return null;
  return randomEffectsMean(functions.map(medianEstimate));
}

function intervalOf({ value, error, df }: GroupMean): Interval & { readonly value: number } {
  const half = quantileT(df) * error;
  return { value, low: Math.max(0, value - half), high: value + half };
}

/**
 * The era at the newest cold start, or at the end of the range without one: by date. Of spring and summer 2019, by a share of
 * cold starts beyond two seconds that functions outside of a VPC lack; null without enough of either.
 */
export function eraOf(own: readonly TimedPreInit[], outside: readonly TimedPreInit[], rangeEndMs: number): Era | null {
  const newest = own.length === 0 ? rangeEndMs : own.reduce((last, one) => Math.max(last, one.startMs), 0);
  if (newest >= SHARED_SINCE_MS) return 'shared';
  const share = (side: readonly TimedPreInit[]): number | null => {
    const waited = side.filter(({ preInitMs }) => preInitMs >= 0);
    return waited.length < FEWEST_COLD
      ? null
      : waited.filter(({ preInitMs }) => preInitMs > LONG_MS).length / waited.length;
  };
  const [in2019, others] = [share(own), share(outside.filter(({ startMs }) => startMs < SHARED_SINCE_MS))];
  if (in2019 === null || others === null) return null;
  return in2019 > SLOW_MODE && others < in2019 / 4 ? 'per-environment' : 'shared';
}
