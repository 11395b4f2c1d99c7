/** Samples of series at the steps of a query: the newest within the lookback, or those of a range. */
import type { RangeFunction } from './expression.ts';
import { overRange } from './range-functions.ts';
import type { Row, Series } from './values.ts';
import { newRow } from './values.ts';

/** The newest sample that is at most `lookbackMs` old at each step. */
export function newestAt(series: Series, stepsMs: Float64Array, offsetMs: number, lookbackMs: number): Row {
  const row = newRow(series.labels, stepsMs.length);
  let after = 0;
  for (let step = 0; step < stepsMs.length; step += 1) {
    const atMs = (stepsMs[step] ?? 0) - offsetMs;
    while (after < series.times.length && (series.times[after] ?? 0) <= atMs) after += 1;
    if (after === 0 || (series.times[after - 1] ?? 0) < atMs - lookbackMs) continue;
    row.values[step] = series.values[after - 1] ?? 0;
    row.present[step] = 1;
  }
  return row;
}

export interface RangeCall {
  readonly name: RangeFunction;
  readonly rangeMs: number;
  readonly offsetMs: number;
  /** At each step; null if the function has none. */
  readonly parameter: Float64Array | null;
}

/** The value of a function over the range that ends at each step. */
export function overRanges(
  series: Series,
  stepsMs: Float64Array,
  { name, rangeMs, offsetMs, parameter }: RangeCall,
): Row {
  const labels = name === 'last_over_time' ? series.labels : series.labels.withoutName();
  const row = newRow(labels, stepsMs.length);
  const { times, values } = series;
  let from = 0;
  let end = 0;
  for (let step = 0; step < stepsMs.length; step += 1) {
    const endMs = (stepsMs[step] ?? 0) - offsetMs;
    const startMs = endMs - rangeMs;
    while (end < times.length && (times[end] ?? 0) <= endMs) end += 1;
    while (from < end && (times[from] ?? 0) < startMs) from += 1;
    if (from === end) continue;
    const value = overRange(name, { times, values, from, end, startMs, endMs, parameter: parameter?.[step] ?? 0 });
    if (value === null) continue;
    row.values[step] = value;
    row.present[step] = 1;
  }
  return row;
}
