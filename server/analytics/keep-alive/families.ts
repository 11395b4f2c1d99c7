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
  /** Periods since `afterMs` are as likely. */
  readonly afterMs: number;
  readonly everyMs: number;
  readonly left: number;
  readonly logLikelihood: number;
}

/** Ratio of neighbouring periods that are tried. */
const FINE = 1.01;

const STEPS = new WeakMap<readonly Inspections[], readonly Steps[]>();

/** Periods within 1 % of every possible one, with their likeliest shares, ascending. Fit and interval need the same ones. */
function stepsOf(inspections: readonly Inspections[]): readonly Steps[] {
  const known = STEPS.get(inspections);
  if (known !== undefined) return known;
  const periods = periodsOf(inspections);
  const steps = periods.map((everyMs, at) => {
    return { afterMs: periods[at - 1] ?? everyMs / FINE, everyMs, ...likeliestShare(inspections, everyMs) };
  });
  STEPS.set(inspections, steps);
  return steps;
}

/** Every inspected time, and periods between two of them: these differ in which inspections come after a later step. */
function periodsOf(inspections: readonly Inspections[]): readonly number[] {
  const times = inspections.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const shortest = (times.at(-1) ?? 0) / 40;
  const inspected = times.filter((ms) => ms > shortest);
  return inspected.flatMap((ms, at) => {
    const afterMs = inspected[at - 1] ?? ms;
    // Times are rounded to about 1 %: neighbours count as such in spite of the rounding of numbers.
    const parts = Math.max(1, Math.ceil(Math.log(ms / afterMs) / Math.log(FINE) - 0.1));
    return Array.from({ length: parts }, (_, part) =>
      part === parts - 1 ? ms : afterMs * (ms / afterMs) ** ((part + 1) / parts),
    );
  });
}

/** A step at which less than half are left: anywhere after `afterMs`, up to `medianMs`. */
export interface StepMedian {
  readonly afterMs: number;
  readonly medianMs: number;
  readonly logLikelihood: number;
}

/** The likeliest steps with each median. */
export function stepMediansOf(inspections: readonly Inspections[]): readonly StepMedian[] {
  return stepsOf(inspections).map(({ everyMs, afterMs, left, logLikelihood }) => {
    const steps = Math.max(1, Math.ceil(Math.log(0.5) / Math.log(left)));
    return { afterMs: steps * afterMs, medianMs: steps * everyMs, logLikelihood };
  });
}

/** Returns the largest log-likelihood of steps of which less than half are left at a time outside of the range; -∞ if none. */
export function likeliestStepsOutside(
  inspections: readonly Inspections[],
  { low, high }: { readonly low: number; readonly high: number },
): number {
  const outside = stepMediansOf(inspections).filter(({ afterMs, medianMs }) => afterMs < low || medianMs > high);
  return Math.max(...outside.map(({ logLikelihood }) => logLikelihood));
}

/**
 * A share that ends at every multiple of a period. The period is where the likelihood jumps: the likeliest one is the first
 * termination's, which is late by the inspections that happened to find an environment alive after the step. So it is the
 * median of its posterior distribution, with every period as likely before on the logarithmic scale (Ibragimov and
 * Has'minskii 1981: for jumps, such estimators are efficient, and the likeliest value is not).
 */
export function fitSteps(inspections: readonly Inspections[], designEffect: number): Fit {
  const tried = stepsOf(inspections);
  const most = Math.max(...tried.map(({ logLikelihood }) => logLikelihood));
  const { everyMs, left } = medianStep(tried, most, designEffect) ?? {
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

/** The median of the posterior distribution; null without one. */
function medianStep(
  tried: readonly Steps[],
  most: number,
  designEffect: number,
): Pick<Steps, 'everyMs' | 'left'> | null {
  const weights = tried.map(
    ({ afterMs, everyMs, logLikelihood }) =>
      Math.exp((logLikelihood - most) / designEffect) * Math.log(everyMs / afterMs),
  );
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let below = 0;
  for (const [at, { everyMs, afterMs, left }] of tried.entries()) {
    const weight = weights[at] ?? 0;
    if (below + weight >= half && weight > 0) {
      return { everyMs: afterMs * (everyMs / afterMs) ** ((half - below) / weight), left };
    }
    below += weight;
  }
  return null;
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
