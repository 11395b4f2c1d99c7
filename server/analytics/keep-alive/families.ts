/**
 * Two shapes that measurements of keep-alive show, fitted to inspections ("alive after t" or "terminated by t") by maximum
 * likelihood: one window with a spread (log-logistic; a fixed window is the limit), with evictions at a constant rate besides;
 * and steps, where a share ends at every multiple of a period (Copik et al., SeBS, 2021).
 */

import { leastBySimplex } from '../statistics/simplex.ts';

/** Idle environments inspected after this time. */
export interface Inspections {
  readonly ms: number;
  readonly alive: number;
  readonly terminated: number;
}

export interface Fit {
  readonly family: 'window' | 'steps';
  readonly logLikelihood: number;
  readonly parameters: 2 | 3;
  /** Parameters as the information criterion counts them. */
  readonly complexity: 2 | 3;
  /** Share still alive after this time, ms. */
  survival(ms: number): number;
}

const SURELY = 1e-6;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Log-likelihood below the best at which periods of steps are as good. */
const AS_GOOD = 0.5;

/** The period is a place of jumps, found by search: it counts as two parameters (Zhang and Siegmund 2007). */
const STEPS_COMPLEXITY = 3;

/** Returns the log-likelihood of inspections under a survival function; no outcome is impossible. */
export function logLikelihoodOf<One extends Inspections>(
  inspections: readonly One[],
  survival: (ms: number, one: One) => number,
): number {
  let sum = 0;
  for (const one of inspections) {
    const { ms, alive, terminated } = one;
    const left = Math.min(1 - SURELY, Math.max(SURELY, survival(ms, one)));
    sum += alive * Math.log(left) + terminated * Math.log(1 - left);
  }
  return sum;
}

/** Log-logistic survival, with a constant rate of evictions if `evicted`, by downhill simplex from a wide and a narrow window. */
export function fitWindow(inspections: readonly Inspections[], evicted: boolean): Fit {
  const times = inspections.map(({ ms }) => ms).filter((ms) => ms > 0);
  const last = Math.max(...times);
  const of = ([middle = 0, shape = 0, rate = 0]: readonly number[]) =>
    windowOf(middle, Math.exp(Math.min(shape, SHARPEST)), Math.max(0, rate) / last);
  const timed = timedOf(inspections);
  const unlikelihood = (point: readonly number[]): number => {
    const survival = of(point);
    return -logLikelihoodOf(timed, (ms, { logMs }) => survival(ms, logMs));
  };
  const [first, end] = [Math.log(Math.min(...times)), Math.log(last)];
  const middle = Math.log(earliestHalf(inspections) ?? Math.exp((first + end) / 2));
  const parameters = evicted ? 3 : 2;
  const found = [1, 3].map((shape) =>
    leastBySimplex(unlikelihood, [middle, shape, 0.1].slice(0, parameters), [0.3, 0.7, 0.3].slice(0, parameters)),
  );
  const best = found.reduce((least, one) => (one.value < least.value ? one : least));
  const survival = of(best.point);
  return {
    family: 'window',
    logLikelihood: -best.value,
    parameters,
    complexity: parameters,
    survival: (ms) => survival(ms),
  };
}

/** Log-logistic survival with its middle at exp(`middle`) and exponent `beta`, times that of evictions at a rate. */
function windowOf(middle: number, beta: number, perMs: number): (ms: number, logMs?: number) => number {
  return (ms, logMs = Math.log(ms)) =>
    (perMs === 0 ? 1 : Math.exp(-perMs * ms)) / (1 + Math.exp(beta * (logMs - middle)));
}

/** Inspections with the logarithms of their times, which every step of a fit needs. */
function timedOf(inspections: readonly Inspections[]): readonly (Inspections & { readonly logMs: number })[] {
  return inspections.map(({ ms, alive, terminated }) => ({ ms, alive, terminated, logMs: Math.log(ms) }));
}

/** Returns the largest log-likelihood of windows, with evictions if `evicted`, of which half have ended at `medianMs`. */
export function likeliestWindow(inspections: readonly Inspections[], evicted: boolean, medianMs: number): number {
  const last = Math.max(...inspections.map(({ ms }) => ms));
  const timed = timedOf(inspections);
  const unlikelihood = ([shape = 0, rate = 0]: readonly number[]): number => {
    const beta = Math.exp(Math.min(shape, SHARPEST));
    const perMs = Math.max(0, rate) / last;
    // Half are left: exp(-rate · m) / (1 + (m / middle)^β) = 1/2.
    const odds = 2 * Math.exp(-perMs * medianMs) - 1;
    if (odds <= 0) return Number.MAX_VALUE;
    const survival = windowOf(Math.log(medianMs) - Math.log(odds) / beta, beta, perMs);
    return -logLikelihoodOf(timed, (ms, { logMs }) => survival(ms, logMs));
  };
  const axes = evicted ? 2 : 1;
  const found = [1, 3].map((shape) =>
    leastBySimplex(unlikelihood, [shape, 0.1].slice(0, axes), [0.7, 0.3].slice(0, axes)),
  );
  return -Math.min(...found.map(({ value }) => value));
}

/** Logarithm of the largest exponent: such a window is as good as fixed. */
const SHARPEST = 6;

/** The time after which inspections rather find the environment terminated than alive: a first guess of the median. */
function earliestHalf(inspections: readonly Inspections[]): number | null {
  let [lead, most, at] = [0, 0, null as number | null];
  for (const { ms, alive, terminated } of inspections) {
    lead += alive - terminated;
    if (lead > most) [most, at] = [lead, ms];
  }
  return at;
}

interface Steps {
  readonly everyMs: number;
  readonly left: number;
  readonly logLikelihood: number;
}

/** Every inspected time as the period, with its likeliest share. */
function stepsOf(inspections: readonly Inspections[]): readonly Steps[] {
  const last = Math.max(...inspections.map(({ ms }) => ms));
  const periods = inspections.map(({ ms }) => ms).filter((ms) => ms > last / 40);
  return periods.map((everyMs) => ({ everyMs, ...likeliestShare(inspections, everyMs) }));
}

/** Returns the largest log-likelihood of steps of which less than half are left at a time outside of the range; -∞ if none. */
export function likeliestStepsOutside(
  inspections: readonly Inspections[],
  { low, high }: { readonly low: number; readonly high: number },
): number {
  const tried = stepsOf(inspections).toSorted((a, b) => a.everyMs - b.everyMs);
  const outside = tried.filter(({ everyMs, left }, at) => {
    const steps = Math.max(1, Math.ceil(Math.log(0.5) / Math.log(left)));
    // Nothing was inspected between two neighbouring times: a period between them is as good as the later one.
    return steps * (tried[at - 1]?.everyMs ?? everyMs) < low || steps * everyMs > high;
  });
  return Math.max(...outside.map(({ logLikelihood }) => logLikelihood));
}

/** A share that ends at every multiple of a period; every inspected time is tried as the period. */
export function fitSteps(inspections: readonly Inspections[]): Fit {
  const tried = stepsOf(inspections);
  const most = Math.max(...tried.map(({ logLikelihood }) => logLikelihood));
  // Between two inspected times every period is as good: the middle one of the best.
  const best = tried
    .filter(({ logLikelihood }) => logLikelihood >= most - AS_GOOD)
    .toSorted((a, b) => a.everyMs - b.everyMs);
  const { everyMs, left } = best[best.length >> 1] ?? {
    everyMs: Math.max(...inspections.map(({ ms }) => ms)),
    left: 1,
  };
  return {
    family: 'steps',
    logLikelihood: most,
    parameters: 2,
    complexity: STEPS_COMPLEXITY,
    survival: (ms) => left ** Math.floor(ms / everyMs),
  };
}

/** The likeliest share that is left at each step, by golden-section search. */
function likeliestShare(
  inspections: readonly Inspections[],
  everyMs: number,
): { readonly left: number; readonly logLikelihood: number } {
  const counts: { ms: number; alive: number; terminated: number }[] = [];
  for (const { ms, alive, terminated } of inspections) {
    const step = Math.floor(ms / everyMs);
    counts[step] ??= { ms: step, alive: 0, terminated: 0 };
    const one = counts[step];
    one.alive += alive;
    one.terminated += terminated;
  }
  const bySteps = counts.filter((one) => one !== undefined);
  const of = (left: number): number => logLikelihoodOf(bySteps, (step) => left ** step);
  let [low, high] = [0, 1];
  let [a, b] = [high - GOLDEN, low + GOLDEN];
  let [atA, atB] = [of(a), of(b)];
  for (let round = 0; round < 18; round += 1) {
    if (atA > atB) {
      [high, b, atB] = [b, a, atA];
      a = high - (high - low) * GOLDEN;
      atA = of(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + (high - low) * GOLDEN;
      atB = of(b);
    }
  }
  const left = (low + high) / 2;
  return { left, logLikelihood: of(left) };
}
