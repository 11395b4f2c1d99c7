/**
 * How long an idle environment is kept, as one number to judge single cold starts by: the idle time that best tells reuse
 * from death. Each idle time says only "still alive after g" or "gone within g" (current-status data), so the likelihood of
 * one step between two shares of deaths is maximised. The full curve, with its band, is keep-alive/survival.ts.
 */

/** Counts on a logarithmic grid: by bin, idle times that ended in reuse and those that ended in a new environment. */
export type IdleTimes = ReadonlyMap<number, readonly [reused: number, gone: number]>;

export interface IdleWindow {
  readonly ms: number;
  /** False where too few environments died to tell: then it is the longest idle time that was survived. */
  readonly estimated: boolean;
}

const SHORTEST_MS = 1000;
/** Bins are so much apart. */
const STEP = 0.04;
const FEWEST_DEATHS = 20;

/** The bin of an idle time; times up to a second share the first. */
export function idleBin(ms: number): number {
  return ms <= SHORTEST_MS ? 0 : Math.ceil(Math.log(ms / SHORTEST_MS) / STEP);
}

function upperEdgeMs(bin: number): number {
  return Math.round(SHORTEST_MS * Math.exp(bin * STEP));
}

/** Null where not one environment was used again. */
export function idleWindowOf(times: IdleTimes): IdleWindow | null {
  const bins = [...times].toSorted(([a], [b]) => a - b);
  const deaths = bins.reduce((sum, [, [, gone]]) => sum + gone, 0);
  if (deaths < FEWEST_DEATHS) {
    const longest = bins.findLast(([, [reused]]) => reused > 0);
    return longest === undefined ? null : { ms: upperEdgeMs(longest[0]), estimated: false };
  }
  const survivals = bins.reduce((sum, [, [reused]]) => sum + reused, 0);
  let [reused, gone] = [0, 0];
  let best = Number.NEGATIVE_INFINITY;
  let from = 0;
  let to = 0;
  for (const [at, [bin, counts]] of bins.entries()) {
    reused += counts[0];
    gone += counts[1];
    const likelihood = bernoulli(gone, reused) + bernoulli(deaths - gone, survivals - reused);
    // Between two bins nothing was seen: any step there is as likely.
    const next = bins[at + 1]?.[0] ?? bin + 1;
    if (likelihood > best) {
      best = likelihood;
      from = bin;
      to = next - 1;
    }
  }
  return { ms: upperEdgeMs((from + Math.max(from, to)) / 2), estimated: true };
}

/** Log-likelihood of the counts at their own share. */
function bernoulli(hits: number, misses: number): number {
  const n = hits + misses;
  return part(hits, n) + part(misses, n);
}

function part(k: number, n: number): number {
  return k === 0 ? 0 : k * Math.log(k / n);
}

/** Adds up counts of several functions or times. */
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
