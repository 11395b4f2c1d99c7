/** How long Lambda keeps an idle environment. AWS documents no number, so the referee plants several shapes. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { Random } from './random.ts';

export type KeepAlive =
  | { readonly shape: 'fixed'; readonly ms: number }
  | { readonly shape: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  /** `endShare` of the idle environments end at every multiple of `everyMs` of idle time (half: Copik et al., SeBS, 2021). */
  | { readonly shape: 'steps'; readonly everyMs: number; readonly endShare: number };

export function drawIdleWindowMs(keepAlive: KeepAlive, random: Random): number {
  switch (keepAlive.shape) {
    case 'fixed':
      return keepAlive.ms;
    case 'lognormal':
      return random.lognormal(keepAlive.medianMs, keepAlive.sigma);
    case 'steps': {
      let steps = 1;
      while (random.uniform() >= keepAlive.endShare) steps += 1;
      return steps * keepAlive.everyMs;
    }
  }
}

/** Share of environments that are still kept after `idleMs`, if nothing else ends them. */
export function keptShare(keepAlive: KeepAlive, idleMs: number): number {
  switch (keepAlive.shape) {
    case 'fixed':
      return idleMs < keepAlive.ms ? 1 : 0;
    case 'lognormal':
      return idleMs <= 0 ? 1 : 1 - normalShare(Math.log(idleMs / keepAlive.medianMs) / keepAlive.sigma);
    case 'steps':
      return (1 - keepAlive.endShare) ** Math.floor(idleMs / keepAlive.everyMs);
  }
}

/**
 * The median idle window in ms if evictions of all idle environments happen as a Poisson process besides: from the smallest
 * t with kept(t) · exp(-t · rate) ≤ 1/2 to the largest with ≥ 1/2. The two differ if exactly half is kept for a while.
 */
export function medianIdleMs(
  keepAlive: KeepAlive,
  evictionsPerHour = 0,
): { readonly low: number; readonly high: number } {
  const left = (ms: number) => keptShare(keepAlive, ms) * Math.exp((-ms * evictionsPerHour) / HOUR_MS);
  return { low: firstMs((ms) => left(ms) <= 0.5), high: firstMs((ms) => left(ms) < 0.5) };
}

/** The first time at which something holds that holds ever after, within a millisecond. */
function firstMs(isTrue: (ms: number) => boolean): number {
  let low = 0;
  let high = 2 * DAY_MS;
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Share of a standard normal distribution below z (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}
