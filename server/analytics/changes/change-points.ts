/**
 * When did a series move to another level? Binary segmentation (Vostrikova 1981) by cumulative sums, on logarithms, so that
 * levels differ by factors. What recurs every day is removed first, and the largest of all sums is compared with that of a
 * series without a change whose neighbouring values depend on each other as much (Ploberger and Krämer 1992).
 */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { sumVariance } from '../statistics/blocks.ts';
import { mean, median } from '../statistics/order.ts';
import { quantileT } from '../statistics/student.ts';

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
/** Probability of a change where there is none, of one series. */
const FALSE_ALARMS = 0.01;
/** Changes by a smaller factor are ignored. */
const LEAST_FACTOR = 1.1;
/** Days from which the hours of the day can be told from a change. */
const FEWEST_DAYS = 4;
/** 99 % of the normal distribution, two-sided. */
const Z99 = 2.5758;

/** Returns changes in ascending order of time. Empty if the series is too short. */
export function changePoints(series: readonly SeriesValue[]): readonly ChangePoint[] {
  const logs = series.map(({ value }) => Math.log(value));
  // The daily pattern is estimated again around the levels that were found with the first estimate.
  let starts = splits(withoutDaily(series, logs, []));
  starts = splits(withoutDaily(series, logs, starts));
  const bounds = [0, ...starts, logs.length];
  const level = (at: number): number => Math.exp(mean(logs.slice(bounds[at], bounds[at + 1])));
  return starts.flatMap((start, at) => {
    const [before, after] = [level(at), level(at + 1)];
    const atMs = series[start]?.atMs;
    return Math.max(before / after, after / before) < LEAST_FACTOR || atMs === undefined
      ? []
      : [{ atMs, before, after }];
  });
}

/** Subtracts the median deviation of each hour of the day from its level. */
function withoutDaily(
  series: readonly SeriesValue[],
  logs: readonly number[],
  starts: readonly number[],
): readonly number[] {
  const days = new Set(series.map(({ atMs }) => Math.floor(atMs / DAY_MS))).size;
  if (days < FEWEST_DAYS) return logs;
  const bounds = [0, ...starts, logs.length];
  const levels = bounds.slice(1).flatMap((end, at) => {
    const part = logs.slice(bounds[at], end);
    return part.map(() => mean(part));
  });
  const hourOf = ({ atMs }: SeriesValue): number => Math.floor(atMs / HOUR_MS) % 24;
  const hours = new Map<number, number[]>();
  for (const [at, one] of series.entries()) {
    const deviations = hours.get(hourOf(one)) ?? [];
    hours.set(hourOf(one), deviations);
    deviations.push((logs[at] ?? 0) - (levels[at] ?? 0));
  }
  const usual = new Map([...hours].map(([hour, deviations]) => [hour, median(deviations)]));
  return series.map((one, at) => (logs[at] ?? 0) - (usual.get(hourOf(one)) ?? 0));
}

/** Positions at which a new level begins, ascending. */
function splits(values: readonly number[], offset = 0): readonly number[] {
  const at = split(values);
  if (at === null) return [];
  return [...splits(values.slice(0, at), offset), offset + at, ...splits(values.slice(at), offset + at)];
}

/** The position of the largest step, if the largest cumulative sum is significant. */
function split(values: readonly number[]): number | null {
  const found = largestStep(values);
  if (found === null) return null;
  const { at, largest } = found;
  const spread = sumVariance([...levelled(values.slice(0, at)), ...levelled(values.slice(at))]);
  if (spread === null) return null;
  const scaled = ((largest / Math.sqrt(spread.variance)) * Z99) / quantileT(spread.df, 1 - FALSE_ALARMS);
  return bridgeTail(scaled) <= FALSE_ALARMS ? at : null;
}

/** The split into two levels that explains the most, and the largest cumulative sum; null if the series is too short. */
function largestStep(values: readonly number[]): { readonly at: number; readonly largest: number } | null {
  const n = values.length;
  if (n < 2 * SHORTEST_LEVEL) return null;
  const centre = mean(values);
  let [sum, largest, best, at] = [0, 0, 0, 0];
  for (let k = 1; k <= n - SHORTEST_LEVEL; k += 1) {
    sum += (values[k - 1] ?? 0) - centre;
    if (k < SHORTEST_LEVEL) continue;
    largest = Math.max(largest, Math.abs(sum));
    const step = Math.abs(sum) / Math.sqrt(k * (n - k));
    if (step > best) [best, at] = [step, k];
  }
  return at === 0 ? null : { at, largest };
}

/** Deviations from the level, or from two where a second change explains more than half of them. */
function levelled(values: readonly number[]): readonly number[] {
  const one = centred(values);
  const at = largestStep(values)?.at;
  if (at === undefined) return one;
  const two = [...centred(values.slice(0, at)), ...centred(values.slice(at))];
  return 2 * squares(two) < squares(one) ? two : one;
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function centred(values: readonly number[]): readonly number[] {
  const centre = mean(values);
  return values.map((value) => value - centre);
}

/** P(a Brownian bridge reaches ± x): the distribution of Kolmogorov (1933). */
function bridgeTail(x: number): number {
  if (x < 0.5) return 1;
  let sum = 0;
  for (let k = 1; k <= 20; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
