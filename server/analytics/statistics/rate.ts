/** A proportion with its interval. */
import { Z95 } from './normal.ts';

export interface Rate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** Blocks of time whose differences the interval comes from. Without it, the interval assumes independent invocations. */
  readonly blocks?: number;
}

/**
 * Wilson score interval, 95 % (Wilson 1927): keeps its coverage at small n and near 0 and 1, unlike the normal
 * approximation. Assumes independent invocations: {@link import('./blocks.ts').clusteredRate} does not.
 */
export function wilson(hits: number, n: number): Rate {
  if (n === 0) return { value: null, low: null, high: null, n: 0 };
  const value = hits / n;
  const z2 = Z95 * Z95;
  const centre = (value + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((value * (1 - value)) / n + z2 / (4 * n * n));
  return {
    value,
    low: Math.max(0, Math.min(value, centre - half)),
    high: Math.min(1, Math.max(value, centre + half)),
    n,
  };
}
