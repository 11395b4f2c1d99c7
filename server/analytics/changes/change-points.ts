/**
 * When did a series move to another level? Optimal partitioning with a penalty for each change (Jackson et al. 2005; PELT,
 * Killick et al. 2012, is the same answer for long series), on logarithms, so that levels differ by factors.
 */
import { median } from '../statistics/order.ts';

export interface SeriesValue {
  readonly atMs: number;
  /** Must be positive. */
  readonly value: number;
}

export interface ChangePoint {
  /** Time of the first value of the new level. */
  readonly atMs: number;
  /** Geometric means before and after. */
  readonly before: number;
  readonly after: number;
}

/** Minimum number of values per level. */
const SHORTEST_LEVEL = 6;
/** Penalty per change, in units of noise variance × ln(length). Higher values find fewer changes. */
const PENALTY = 4;
/** Changes by a smaller factor are ignored. */
const LEAST_FACTOR = 1.1;
/** Converts the median absolute successive difference to the standard deviation of the noise. */
const TO_SIGMA = 1 / (0.6745 * Math.SQRT2);
const LEAST_SIGMA = 0.01;

/** Returns changes in ascending order of time. Empty if the series is too short. */
export function changePoints(series: readonly SeriesValue[]): readonly ChangePoint[] {
  const n = series.length;
  if (n < 2 * SHORTEST_LEVEL) return [];
  const logs = series.map(({ value }) => Math.log(value));
  const sums = prefixSums(logs);
  const squares = prefixSums(logs.map((one) => one * one));
  const cost = (from: number, to: number): number => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
    return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from);
  };
  const steps = logs.slice(1).map((one, at) => Math.abs(one - (logs[at] ?? one)));
  const sigma = Math.max(LEAST_SIGMA, median(steps) * TO_SIGMA);
  const penalty = PENALTY * sigma * sigma * Math.log(n);
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n + 1);
  best[0] = -penalty;
  for (let to = SHORTEST_LEVEL; to <= n; to += 1) {
    for (let start = 0; start <= to - SHORTEST_LEVEL; start += 1) {
      const total = (best[start] ?? 0) + cost(start, to) + penalty;
      if (total < (best[to] ?? 0)) {
        best[to] = total;
        from[to] = start;
      }
    }
  }
  const starts: number[] = [];
  for (let to = n; to > 0; to = from[to] ?? 0) starts.unshift(from[to] ?? 0);
  const level = (at: number): number => {
    const [begin = 0, end = n] = [starts[at], starts[at + 1] ?? n];
    return Math.exp(((sums[end] ?? 0) - (sums[begin] ?? 0)) / (end - begin));
  };
  return starts.slice(1).flatMap((start, at) => {
    const [before, after] = [level(at), level(at + 1)];
    const factor = Math.max(before / after, after / before);
    const atMs = series[start]?.atMs;
    return factor < LEAST_FACTOR || atMs === undefined ? [] : [{ atMs, before, after }];
  });
}

function prefixSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (const [at, value] of values.entries()) sums[at + 1] = (sums[at] ?? 0) + value;
  return sums;
}
