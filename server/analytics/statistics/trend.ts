/** Trend tests that are robust to outliers. */
import { twoSided } from './normal.ts';
import { median } from './order.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Maximum number of points used; longer series are thinned to every k-th. */
const MOST_POINTS = 600;

/** Returns the median slope over all pairs (Theil 1950, Sen 1968), in y per x; null without two different x. */
export function theilSen(points: readonly Point[]): number | null {
  const some = thinned(points);
  const slopes: number[] = [];
  for (const [at, a] of some.entries()) {
    for (let other = at + 1; other < some.length; other += 1) {
      const b = some[other];
      if (b !== undefined && b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
    }
  }
  return slopes.length === 0 ? null : median(slopes);
}

/** Returns the two-sided p of "no trend" (Mann 1945, Kendall 1975, corrected for ties); 1 for fewer than four values. */
export function mannKendall(values: readonly number[]): { readonly s: number; readonly p: number } {
  const n = values.length;
  if (n < 4) return { s: 0, p: 1 };
  let s = 0;
  for (let at = 0; at < n; at += 1) {
    for (let other = at + 1; other < n; other += 1) s += Math.sign((values[other] ?? 0) - (values[at] ?? 0));
  }
  let ties = 0;
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const t of counts.values()) ties += t * (t - 1) * (2 * t + 5);
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  return { s, p: variance <= 0 ? 1 : twoSided((s - Math.sign(s)) / Math.sqrt(variance)) };
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return step <= 1 ? points : points.filter((_, at) => at % step === 0);
}
