/** Latency that a VPC adds to a cold start: pre-init of VPC functions compared with similar functions outside a VPC. */

import { FEWEST_COLD } from '../metrics/minimum-samples.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { bootstrap, draw, percentileInterval } from '../statistics/bootstrap.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import type { Rate } from '../statistics/rate.ts';
import { wilson } from '../statistics/rate.ts';
import { hodgesLehmann } from '../statistics/two-samples.ts';

/** In 3,712 cold starts of March 2019, none outside a VPC took longer than this, and none inside took between 1.7 and 6.3 s. */
const LONG_MS = 2000;
const VERY_LONG_MS = 10_000;
const RESAMPLES = 200;
/** Maximum number of values per side used to compute a shift, evenly spaced by rank. */
const MOST_VALUES = 600;
/** Minimum share of cold starts slower than two seconds that indicates one interface per environment. */
const SLOW_MODE = 0.02;

/** Lambda attached one interface per environment until autumn 2019; interfaces are shared since. */
export type Era = 'per-environment' | 'shared';

export interface PreInitSummary {
  readonly preInitMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly n: number };
  readonly over2s: Rate;
  readonly over10s: Rate;
}

/** Summarises inits that a caller waited for; null if there are none. */
export function summarize(preInitMs: readonly number[]): PreInitSummary | null {
  const waited = preInitMs.filter((ms) => ms >= 0);
  if (waited.length === 0) return null;
  const sorted = ascending(waited);
  const [p50, p95, p99] = [quantileOf(sorted, 0.5), quantileOf(sorted, 0.95), quantileOf(sorted, 0.99)];
  const over = (limit: number): Rate => wilson(waited.filter((ms) => ms > limit).length, waited.length);
  return { preInitMs: { p50, p95, p99, n: waited.length }, over2s: over(LONG_MS), over10s: over(VERY_LONG_MS) };
}

export interface EniLatency extends Interval {
  /** Hodges-Lehmann shift of the VPC function relative to its cohort, ms. */
  readonly value: number;
  readonly nVpc: number;
  readonly nOther: number;
}

/** Returns null if either side has fewer than {@link FEWEST_COLD} user-felt cold starts. */
export function eniLatency(vpc: readonly number[], other: readonly number[], dice: Dice): EniLatency | null {
  const [inside, outside] = [vpc, other].map((side) => side.filter((ms) => ms >= 0)) as [number[], number[]];
  if (inside.length < FEWEST_COLD || outside.length < FEWEST_COLD) return null;
  const [a, b] = [thinned(outside), thinned(inside)];
  const shifts = bootstrap([0], () => hodgesLehmann(draw(a, dice), draw(b, dice)), dice, RESAMPLES);
  const interval = percentileInterval(shifts);
  const value = hodgesLehmann(a, b);
  return {
    value,
    low: Math.min(value, interval?.low ?? value),
    high: Math.max(value, interval?.high ?? value),
    nVpc: inside.length,
    nOther: outside.length,
  };
}

/** Detects the era by a share of cold starts beyond two seconds that the cohort lacks; null without enough of either. */
export function eraOf(vpc: readonly number[], other: readonly number[]): Era | null {
  const share = (side: readonly number[]): number | null => {
    const waited = side.filter((ms) => ms >= 0);
    return waited.length < FEWEST_COLD ? null : waited.filter((ms) => ms > LONG_MS).length / waited.length;
  };
  const [inside, outside] = [share(vpc), share(other)];
  if (inside === null || outside === null) return null;
  return inside > SLOW_MODE && outside < inside / 4 ? 'per-environment' : 'shared';
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= MOST_VALUES) return values;
  const sorted = ascending(values);
  return Array.from(
    { length: MOST_VALUES },
    (_, at) => sorted[Math.floor(((at + 0.5) / MOST_VALUES) * sorted.length)] ?? 0,
  );
}
