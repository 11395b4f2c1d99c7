/**
 * Estimates how long Lambda keeps an idle environment, as cold-start causes are decided by. Each idle time only shows "alive
 * after g" or "terminated within g" (current-status data). Recycling and a limit of idling are fitted as competing risks
 * (termination-fit.ts), from the likeliest step between two termination rates. The survival curve with its band is in
 * keep-alive/survival.ts.
 */

import type { TerminationFit } from './termination-fit.ts';
import { fitTerminations, recycledShare } from './termination-fit.ts';

/** Counts by bin of a logarithmic grid: idle times that ended in reuse, and in a new environment. */
export type IdleTimes = ReadonlyMap<number, readonly [reused: number, terminated: number]>;

export interface IdleWindow {
  /** Half of the environments that are not recycled are kept for longer, ms. */
  readonly ms: number;
  /** Up to this idle time, most terminated environments were recycled, ms; 0 if unknown. */
  readonly surelyMs: number;
  /** False if too few environments were terminated; `ms` is then the longest idle time survived. */
  readonly estimated: boolean;
}

const SHORTEST_MS = 1000;
/** Width of a bin, in natural logarithm. */
const STEP = 0.04;
const MIN_TERMINATIONS = 20;

/** Returns the bin of an idle time, ms. Times up to a second share the first bin. */
export function idleBin(ms: number): number {
  return ms <= SHORTEST_MS ? 0 : Math.ceil(Math.log(ms / SHORTEST_MS) / STEP);
}

function upperEdgeMs(bin: number): number {
  return Math.round(SHORTEST_MS * Math.exp(bin * STEP));
}

/** Returns null if no environment was reused. */
export function idleWindowOf(times: IdleTimes): IdleWindow | null {
  const bins = [...times].toSorted(([a], [b]) => a - b);
  const terminations = bins.reduce((sum, [, [, terminated]]) => sum + terminated, 0);
  if (terminations < MIN_TERMINATIONS) {
    const longest = bins.findLast(([, [reused]]) => reused > 0);
    return longest === undefined ? null : { ms: upperEdgeMs(longest[0]), surelyMs: 0, estimated: false };
  }
  const stepMs = upperEdgeMs(likeliestStep(bins));
  const fit = fitTerminations(
    bins.map(([bin, [reused, terminated]]) => ({ idleMs: upperEdgeMs(bin - 0.5), reused, terminated: terminated })),
    stepMs,
  );
  return { ms: Math.round(fit.medianMs), surelyMs: beginOfTerminations(fit), estimated: true };
}

/** Up to this idle time, most environments that are found terminated were recycled, ms. */
function beginOfTerminations(fit: TerminationFit): number {
  let [low, high] = [0, idleBin(fit.medianMs)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (recycledShare(fit, upperEdgeMs(middle)) >= 0.5) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? 0 : Math.min(upperEdgeMs(low), Math.round(fit.medianMs));
}

type Bin = readonly [bin: number, counts: readonly [reused: number, terminated: number]];

/** Returns the bin after which the termination rate most likely changes. `bins` ascend. */
function likeliestStep(bins: readonly Bin[]): number {
  const terminations = bins.reduce((sum, [, [, terminated]]) => sum + terminated, 0);
  const survivals = bins.reduce((sum, [, [reused]]) => sum + reused, 0);
  let [reused, terminated] = [0, 0];
  let best = Number.NEGATIVE_INFINITY;
  let step = 0;
  for (const [at, [bin, counts]] of bins.entries()) {
    reused += counts[0];
    terminated += counts[1];
    const likelihood = bernoulli(terminated, reused) + bernoulli(terminations - terminated, survivals - reused);
    if (likelihood <= best) continue;
    best = likelihood;
    step = midpoint(bin, bins[at + 1]?.[0]);
  }
  return step;
}

/** There is no data between two bins, so every step there is equally likely: takes the midpoint. */
function midpoint(bin: number, next = bin + 1): number {
  return (bin + Math.max(bin, next - 1)) / 2;
}

/** Log-likelihood of the counts at their own share. */
function bernoulli(hits: number, misses: number): number {
  const n = hits + misses;
  return part(hits, n) + part(misses, n);
}

function part(k: number, n: number): number {
  return k === 0 ? 0 : k * Math.log(k / n);
}

/** Adds the counts of several functions or hours. */
export function addIdleTimes(all: readonly IdleTimes[]): IdleTimes {
  const sum = new Map<number, readonly [number, number]>();
  for (const times of all) {
    for (const [bin, [reused, terminated]] of times) {
      const [r, g] = sum.get(bin) ?? [0, 0];
      sum.set(bin, [r + reused, g + terminated]);
    }
  }
  return sum;
}
