/**
 * Estimates how long Lambda keeps an idle environment, as the single number that cold-start causes are decided by: the
 * idle time that best separates reuse from termination. Each idle time only shows "alive after g" or "terminated within g"
 * (current-status data). A step between two termination rates is fitted by maximum likelihood, and a second one below it
 * shows where terminations begin. The survival curve with its band is in keep-alive/survival.ts.
 */

/** Counts by bin of a logarithmic grid: idle times that ended in reuse, and in a new environment. */
export type IdleTimes = ReadonlyMap<number, readonly [reused: number, gone: number]>;

export interface IdleWindow {
  readonly ms: number;
  /** Below this idle time, hardly any environment is terminated for being idle, ms; 0 if unknown. */
  readonly surelyMs: number;
  /** False if too few environments were terminated; `ms` is then the longest idle time survived. */
  readonly estimated: boolean;
}

const SHORTEST_MS = 1000;
/** Width of a bin, in natural logarithm. */
const STEP = 0.04;
const FEWEST_DEATHS = 20;
/** Minimum termination rate of a stretch that counts as the beginning of terminations. */
const DEATHS_BEGIN = 0.1;

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
  const deaths = bins.reduce((sum, [, [, gone]]) => sum + gone, 0);
  if (deaths < FEWEST_DEATHS) {
    const longest = bins.findLast(([, [reused]]) => reused > 0);
    return longest === undefined ? null : { ms: upperEdgeMs(longest[0]), surelyMs: 0, estimated: false };
  }
  const ends = likeliestStep(bins);
  // Keep-alive varies: below the window there is a stretch in which some environments are already terminated.
  const below = bins.filter(([bin]) => bin <= ends.bin);
  const begins = likeliestStep(below);
  const sure = begins.above > Math.max(2 * begins.below, DEATHS_BEGIN) ? begins.bin : ends.bin;
  return { ms: upperEdgeMs(ends.bin), surelyMs: upperEdgeMs(sure), estimated: true };
}

interface Step {
  readonly bin: number;
  /** Termination rates up to the step and above it. */
  readonly below: number;
  readonly above: number;
}

/** Returns the bin after which the termination rate most likely changes. `bins` ascend. */
function likeliestStep(
  bins: readonly (readonly [bin: number, counts: readonly [reused: number, gone: number]])[],
): Step {
  const deaths = bins.reduce((sum, [, [, gone]]) => sum + gone, 0);
  const survivals = bins.reduce((sum, [, [reused]]) => sum + reused, 0);
  let [reused, gone] = [0, 0];
  let best = Number.NEGATIVE_INFINITY;
  let step: Step = { bin: 0, below: 0, above: 0 };
  for (const [at, [bin, counts]] of bins.entries()) {
    reused += counts[0];
    gone += counts[1];
    const likelihood = bernoulli(gone, reused) + bernoulli(deaths - gone, survivals - reused);
    if (likelihood <= best) continue;
    best = likelihood;
    // There is no data between two bins, so every step there is equally likely. Takes the midpoint.
    const next = (bins[at + 1]?.[0] ?? bin + 1) - 1;
    step = {
      bin: (bin + Math.max(bin, next)) / 2,
      below: share(gone, reused),
      above: share(deaths - gone, survivals - reused),
    };
  }
  return step;
}

function share(hits: number, misses: number): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
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
    for (const [bin, [reused, gone]] of times) {
      const [r, g] = sum.get(bin) ?? [0, 0];
      sum.set(bin, [r + reused, g + gone]);
    }
  }
  return sum;
}
