/** Sums of rollup rows: counts, usage by price dimension, quantiles. */
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import type { Counts, FunctionFilter, Quantiles, UsageSlice } from '../questions/shared-types.ts';
import type { ReadColumn } from './bucket.ts';
import { READ_AT, READ_COLUMNS } from './bucket.ts';

export function quantiles(sketch: Sketch): Quantiles {
  const [p50 = null, p95 = null, p99 = null] = sketch.quantiles([0.5, 0.95, 0.99]);
  return { p50, p95, p99, n: sketch.count };
}

/** Counts that are all zero. */
export function noCounts(): Record<ReadColumn, number> {
  return countsFrom(NONE, 0);
}

const NONE = READ_COLUMNS.map(() => 0);

/** Adds counts to others, in place. */
export function addCounts(into: Record<ReadColumn, number>, from: Counts): void {
  for (const name of READ_COLUMNS) into[name] += from[name];
}

/** Adds values to others of the same length, in place. */
export function addAll(into: Float64Array, values: Float64Array): void {
  for (let at = 0; at < into.length; at += 1) into[at] = (into[at] ?? 0) + (values[at] ?? 0);
}

/** Counts from the values of a row, of which those from `first` on are in the order of {@link READ_COLUMNS}. */
export function countsFrom(values: ArrayLike<unknown>, first: number): Record<ReadColumn, number> {
  const value = (name: ReadColumn): number => Number(values[first + READ_AT[name]]);
  return {
    n: value('n'),
    with_start: value('with_start'),
    timeouts: value('timeouts'),
    errors: value('errors'),
    ooms: value('ooms'),
    exits: value('exits'),
    cold_on_demand: value('cold_on_demand'),
    cold_provisioned: value('cold_provisioned'),
    cold_snap_start: value('cold_snap_start'),
    cold_suppressed: value('cold_suppressed'),
    cold_managed_instance: value('cold_managed_instance'),
    user_felt: value('user_felt'),
    billed_ms: value('billed_ms'),
    felt_init_us: value('felt_init_us'),
    failed_billed_ms: value('failed_billed_ms'),
    unplaced: value('unplaced'),
    unplaced_cold: value('unplaced_cold'),
    errors_unknown: value('errors_unknown'),
  };
}

/** Returns whether the filter selects only some series of a function. */
export function narrows(filter: FunctionFilter): boolean {
  return filter.version !== undefined || filter.memoryMb !== undefined || filter.architecture !== undefined;
}

/** Adds counts to the usage slice with the same version, memory size and architecture. */
export function addUsage(
  slices: UsageSlice[],
  series: Pick<UsageSlice, 'version' | 'memoryMb' | 'architecture'>,
  counts: Counts,
): void {
  const at = slices.findIndex(
    (slice) =>
      slice.version === series.version &&
      slice.memoryMb === series.memoryMb &&
      slice.architecture === series.architecture,
  );
  const old = slices[at];
  const { version, memoryMb, architecture } = series;
  const invocations = (old?.invocations ?? 0) + counts.n;
  const billedMs = (old?.billedMs ?? 0) + counts.billed_ms;
  const failed = (old?.failed ?? 0) + counts.timeouts + counts.errors + counts.ooms + counts.exits;
  const failedBilledMs = (old?.failedBilledMs ?? 0) + counts.failed_billed_ms;
  const next = { version, memoryMb, architecture, invocations, billedMs, failed, failedBilledMs };
  if (old === undefined) slices.push(next);
  else slices[at] = next;
}

/** Returns the (lower) median of microsecond values in ms, or null if there are none. */
export function medianUs(values: readonly number[]): number | null {
  const inOrder = Float64Array.from(values).toSorted();
  const middle = inOrder[Math.ceil(inOrder.length / 2) - 1];
  return middle === undefined ? null : middle / 1000;
}
