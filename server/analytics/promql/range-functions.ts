/**
 * Functions over the samples of a range, as Prometheus 2.42 computes them (promql/functions.go): ranges include both ends, and rates are
 * extrapolated to the ends of the range.
 */
import type { RangeFunction } from './expression.ts';
import { Mean, quantileOf, sumOf, varianceOf } from './numbers.ts';

/** The samples from `from` to before `end`, at least one. */
export interface Window {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly end: number;
  /** Ends of the range, epoch ms. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of `quantile_over_time`. */
  readonly parameter: number;
}

/** Returns the value of the function; null for none. */
export function overRange(name: RangeFunction, window: Window): number | null {
  const { values, from, end } = window;
  switch (name) {
    case 'rate':
      return extrapolated(window, { isCounter: true, isRate: true });
    case 'increase':
      return extrapolated(window, { isCounter: true, isRate: false });
    case 'delta':
      return extrapolated(window, { isCounter: false, isRate: false });
    case 'irate':
      return lastTwo(window, true);
    case 'idelta':
      return lastTwo(window, false);
    case 'changes':
      return countPairs(window, (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b)));
    case 'resets':
      return countPairs(window, (a, b) => b < a);
    case 'avg_over_time': {
      const mean = new Mean();
      for (let at = from; at < end; at += 1) mean.add(values[at] ?? 0);
      return mean.value;
    }
    case 'min_over_time':
      return extreme(window, (value, best) => value < best);
    case 'max_over_time':
      return extreme(window, (value, best) => value > best);
    case 'sum_over_time':
      return sumOf(values, from, end);
    case 'count_over_time':
      return end - from;
    case 'last_over_time':
      return values[end - 1] ?? null;
    case 'present_over_time':
      return 1;
    case 'stddev_over_time':
      return Math.sqrt(varianceOf(values, from, end));
    case 'stdvar_over_time':
      return varianceOf(values, from, end);
    case 'quantile_over_time':
      return quantileOf(window.parameter, [...values.subarray(from, end)]);
    default:
      return name satisfies never;
  }
}

/** A rate is extrapolated as far as the next sample would be expected, at most to the ends of the range. */
const EXTRAPOLATE_INTERVALS = 1.1;

function extrapolated(
  { times, values, from, end, startMs, endMs }: Window,
  { isCounter, isRate }: { readonly isCounter: boolean; readonly isRate: boolean },
): number | null {
  if (end - from < 2) return null;
  const [first = 0, last = 0] = [values[from], values[end - 1]];
  let result = last - first;
  if (isCounter) {
    let previous = first;
    for (let at = from + 1; at < end; at += 1) {
      const value = values[at] ?? 0;
      // A counter that falls was reset: it counted from zero again.
      if (value < previous) result += previous;
      previous = value;
    }
  }
  const [firstMs = 0, lastMs = 0] = [times[from], times[end - 1]];
  let toStart = (firstMs - startMs) / 1000;
  const toEnd = (endMs - lastMs) / 1000;
  const sampled = (lastMs - firstMs) / 1000;
  const average = sampled / (end - from - 1);
  // A counter cannot have been below zero.
  if (isCounter && result > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / result));
  const threshold = average * EXTRAPOLATE_INTERVALS;
  const interval = sampled + (toStart < threshold ? toStart : average / 2) + (toEnd < threshold ? toEnd : average / 2);
  const factor = interval / sampled / (isRate ? (endMs - startMs) / 1000 : 1);
  return result * factor;
}

function lastTwo({ times, values, from, end }: Window, isRate: boolean): number | null {
  if (end - from < 2) return null;
  const [before = 0, last = 0] = [values[end - 2], values[end - 1]];
  const seconds = ((times[end - 1] ?? 0) - (times[end - 2] ?? 0)) / 1000;
  if (!isRate) return last - before;
  return (last < before ? last : last - before) / seconds;
}

function countPairs({ values, from, end }: Window, counts: (a: number, b: number) => boolean): number {
  let n = 0;
  for (let at = from + 1; at < end; at += 1) if (counts(values[at - 1] ?? 0, values[at] ?? 0)) n += 1;
  return n;
}

function extreme({ values, from, end }: Window, beats: (value: number, best: number) => boolean): number {
  let best = values[from] ?? 0;
  for (let at = from + 1; at < end; at += 1) {
    const value = values[at] ?? 0;
    if (beats(value, best) || Number.isNaN(best)) best = value;
  }
  return best;
}
