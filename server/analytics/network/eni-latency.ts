/** What being in a VPC costs a cold start: pre-init of VPC functions against that of like functions outside of one. */

import { FEWEST_COLD } from '../metrics/minimum-samples.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { bootstrap, draw, percentileInterval } from '../statistics/bootstrap.ts';
import { ascending, quantileOf } from '../statistics/order.ts';
import type { Rate } from '../statistics/rate.ts';
import { wilson } from '../statistics/rate.ts';
import { hodgesLehmann } from '../statistics/two-samples.ts';

/** No function outside a VPC took longer than this in 3,712 cold starts of March 2019, and none inside between 1.7 and 6.3 s. */
const LONG_MS = 2000;
const VERY_LONG_MS = 10_000;
const RESAMPLES = 200;
/** Values of each side that a shift is computed from, at most: evenly taken, in rank. */
const MOST_VALUES = 600;
/** Share of cold starts in the mode beyond two seconds that makes an era of one interface an environment. */
const SLOW_MODE = 0.02;

/** Lambda attached an interface of its own to each environment until autumn 2019, and shares them since. */
export type Era = 'per-environment' | 'shared';

export interface PreInitSummary {
  readonly preInitMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly n: number };
  readonly over2s: Rate;
  readonly over10s: Rate;
}

/** Of inits somebody waited for; null where there are none. */
export function summarize(preInitMs: readonly number[]): PreInitSummary | null {
  const waited = preInitMs.filter((ms) => ms >= 0);
  if (waited.length === 0) return null;
  const sorted = ascending(waited);
  const [p50, p95, p99] = [quantileOf(sorted, 0.5), quantileOf(sorted, 0.95), quantileOf(sorted, 0.99)];
  const over = (limit: number): Rate => wilson(waited.filter((ms) => ms > limit).length, waited.length);
  return { preInitMs: { p50, p95, p99, n: waited.length }, over2s: over(LONG_MS), over10s: over(VERY_LONG_MS) };
}

export interface EniLatency extends Interval {
  /** Hodges-Lehmann shift of the VPC function against its cohort, ms. */
  readonly value: number;
  readonly nVpc: number;
  readonly nOther: number;
}

/** Null where either side has fewer than {@link FEWEST_COLD} cold starts somebody waited for. */
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

/** From the mode beyond two seconds that the cohort lacks; null without enough of either. */
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
