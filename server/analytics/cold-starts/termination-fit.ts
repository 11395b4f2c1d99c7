/**
 * How idle environments end: two competing risks. Lambda recycles environments at a constant rate, whether they idle or not,
 * and terminates them for being idle after a time whose logarithm is normal. Fitted by maximum likelihood to current-status data:
 * at the end of each idle period the environment was alive or terminated, and the time of termination is not observed (Sun, The Statistical Analysis
 * of Interval-censored Failure Time Data, 2006; competing risks of current-status data: Jewell, van der Laan and Henneman 2003).
 */
import { normalCdf } from '../statistics/normal.ts';

/** Idle periods of about the same length. */
export interface IdlePeriods {
  readonly idleMs: number;
  /** The environment was alive at the end. */
  readonly reused: number;
  readonly terminated: number;
}

export interface TerminationFit {
  /** Recycled environments for each ms of idling. */
  readonly recycledPerMs: number;
  /** Half of the environments that are not recycled are kept for longer, ms. */
  readonly medianMs: number;
  /** Standard deviation of the logarithm of the time for which they are kept. */
  readonly sigma: number;
}

/** Widest and narrowest spread of keep-alive, as standard deviations of its logarithm. */
const SIGMAS = [0.02, 1] as const;
/** No environment is certainly alive or terminated: lines are lost, and clocks of hosts differ. */
const LEAST = 1e-4;
/** The search ends when all of its steps are below this, in units of its parameters. */
const PRECISION = 0.01;
/** Below this share of the median, hardly any environment is terminated for being idle, whatever the spread: one sum will do. */
const SURELY_KEPT = 0.2;

/**
 * Fits both risks. `aboutMs` is a first guess of the median. `periods` ascend by time. Searches by coordinate steps that halve
 * when none is an improvement (Hooke and Jeeves 1961); the likelihood has one maximum in practice.
 */
export function fitTerminations(periods: readonly IdlePeriods[], aboutMs: number): TerminationFit {
  const used = merged(periods, aboutMs);
  const terminated = used.reduce((sum, one) => sum + (one.idleMs < aboutMs ? one.terminated : 0), 0);
  const idle = used.reduce(
    (sum, one) => sum + (one.idleMs < aboutMs ? (one.reused + one.terminated) * one.idleMs : 0),
    0,
  );
  const at = [Math.log((terminated / 2 + 0.5) / Math.max(idle, aboutMs)), Math.log(aboutMs), Math.log(0.1)];
  const steps = [1, 0.1, 0.7];
  let best = likelihood(used, fitOf(at));
  while (Math.max(...steps) > PRECISION) {
    for (const [axis, step] of steps.entries()) {
      const from = at[axis] ?? 0;
      let moved = false;
      for (const to of [from + step, from - step]) {
        at[axis] = to;
        const found = likelihood(used, fitOf(at));
        if (found > best + 1e-9) {
          best = found;
          moved = true;
          break;
        }
      }
      if (moved) continue;
      at[axis] = from;
      steps[axis] = step / 2;
    }
  }
  return fitOf(at);
}

/** Of environments found terminated after `idleMs`, the share that was recycled; the others were idle for too long. */
export function recycledShare(fit: TerminationFit, idleMs: number): number {
  const PARTS = 200;
  let recycled = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const ms = ((part + 0.5) / PARTS) * idleMs;
    recycled += fit.recycledPerMs * (idleMs / PARTS) * alive(fit, ms);
  }
  return recycled / Math.max(recycled, 1 - alive(fit, idleMs), Number.MIN_VALUE);
}

/** Probability that an environment is alive after `idleMs`. */
function alive({ recycledPerMs, medianMs, sigma }: TerminationFit, idleMs: number): number {
  return Math.exp(-recycledPerMs * idleMs) * normalCdf(-Math.log(idleMs / medianMs) / sigma);
}

function fitOf([rate = 0, median = 0, sigma = 0]: readonly number[]): TerminationFit {
  const [narrowest, widest] = SIGMAS;
  return {
    recycledPerMs: Math.exp(rate),
    medianMs: Math.exp(median),
    sigma: Math.min(widest, Math.max(narrowest, Math.exp(sigma))),
  };
}

function likelihood(periods: readonly IdlePeriods[], fit: TerminationFit): number {
  let sum = 0;
  for (const { idleMs, reused, terminated } of periods) {
    const survival = alive(fit, idleMs);
    if (reused > 0) sum += reused * Math.log(Math.max(LEAST, survival));
    if (terminated > 0) sum += terminated * Math.log(Math.max(LEAST, 1 - survival));
  }
  return sum;
}

/** Adds up short periods in which none ended. */
function merged(periods: readonly IdlePeriods[], aboutMs: number): readonly IdlePeriods[] {
  const isShort = ({ idleMs, terminated }: IdlePeriods): boolean => terminated === 0 && idleMs < SURELY_KEPT * aboutMs;
  const short = periods.filter(isShort);
  const reused = short.reduce((sum, one) => sum + one.reused, 0);
  const idleMs = short.reduce((sum, one) => sum + one.reused * one.idleMs, 0) / Math.max(reused, 1);
  return [...(reused > 0 ? [{ idleMs, reused, terminated: 0 }] : []), ...periods.filter((one) => !isShort(one))];
}
