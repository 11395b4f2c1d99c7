/**
 * Simulates provisioned concurrency by replaying observed invocations: each uses a provisioned environment if one is free,
 * and otherwise an on-demand one, with the same cold start as observed.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { ascending } from '../statistics/order.ts';

export interface PlayedRun {
  /** When the request arrived: START minus the init it waited for. */
  readonly startMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  /** Init time that a caller waited for, ms; 0 if warm. */
  readonly waitedMs: number;
}

export interface ProvisionedPrices {
  readonly keptPerGbS: number;
  readonly runPerGbS: number;
  readonly onDemandPerGbS: number;
}

export interface ProvisionedOption {
  readonly kept: number;
  /** User-felt cold starts avoided. */
  readonly avoided: number;
  readonly avoidedWaitMs: number;
  /** Invocations that found no provisioned environment free. */
  readonly spilled: number;
  /** Share of the provisioned time that was used. */
  readonly utilisation: number | null;
  /** Compute cost over the replayed time, in dollars. */
  readonly costUsd: number;
  /** Compared with no provisioned concurrency. */
  readonly costChangeUsd: number;
}

export interface ProvisionedPlan {
  readonly options: readonly ProvisionedOption[];
  /** Share of the time a provisioned environment must be busy to pay for itself. */
  readonly breakEvenUtilisation: number;
  /** Largest number that costs no more than none. */
  readonly breakEvenKept: number;
  /** How many pay for themselves in each hour of the week, starting Monday 00:00 UTC. */
  readonly schedule: readonly number[];
}

const WEEK_HOURS = 168;
/** A Monday, 00:00 UTC. */
const MONDAY_MS = Date.UTC(2018, 0, 1);
/** Maximum number of options simulated. */
const MOST_OPTIONS = 24;

/**
 * Replays the runs between `fromMs` and `toMs` for every number up to the peak, or for evenly spaced ones if the peak is
 * high.
 */
export function planProvisioned(
  runs: readonly PlayedRun[],
  range: { readonly fromMs: number; readonly toMs: number },
  memoryMb: number,
  prices: ProvisionedPrices,
): ProvisionedPlan {
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs);
  const gb = memoryMb / 1024;
  const none = play(inOrder, 0, range, gb, prices);
  const peak = peakOf(inOrder);
  const options = sweep(peak).map((kept) => {
    const option = kept === 0 ? none : play(inOrder, kept, range, gb, prices);
    return { ...option, costChangeUsd: option.costUsd - none.costUsd };
  });
  const paying = options.filter((option) => option.costChangeUsd <= 0).map((option) => option.kept);
  const breakEven = prices.keptPerGbS / (prices.onDemandPerGbS - prices.runPerGbS);
  return {
    options,
    breakEvenUtilisation: breakEven,
    breakEvenKept: Math.max(0, ...paying),
    schedule: scheduleOf(inOrder, range, breakEven, peak),
  };
}

function play(
  runs: readonly PlayedRun[],
  kept: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  gb: number,
  prices: ProvisionedPrices,
): ProvisionedOption {
  /** Binary min-heap: the environment that becomes free first is at its head. */
  const freeAt = new Float64Array(kept);
  let [avoided, avoidedWaitMs, spilled, busyMs, keptBilledMs, ownBilledMs] = [0, 0, 0, 0, 0, 0];
  for (const run of runs) {
    if ((freeAt[0] ?? Number.POSITIVE_INFINITY) > run.startMs) {
      spilled += 1;
      ownBilledMs += run.billedMs;
      continue;
    }
    // A provisioned environment has no init wait, so the request ends that much earlier.
    const lastsMs = Math.max(0, run.endMs - run.startMs - run.waitedMs);
    replaceLeast(freeAt, run.startMs + lastsMs);
    busyMs += lastsMs;
    keptBilledMs += Math.max(0, run.billedMs - run.waitedMs);
    if (run.waitedMs > 0) {
      avoided += 1;
      avoidedWaitMs += run.waitedMs;
    }
  }
  const keptMs = kept * (toMs - fromMs);
  const costUsd =
    (gb / 1000) * (keptMs * prices.keptPerGbS + keptBilledMs * prices.runPerGbS + ownBilledMs * prices.onDemandPerGbS);
  return {
    kept,
    avoided,
    avoidedWaitMs,
    spilled: kept === 0 ? 0 : spilled,
    utilisation: kept === 0 ? null : busyMs / keptMs,
    costUsd,
    costChangeUsd: 0,
  };
}

/** Replaces the minimum of a binary heap with `value`. */
function replaceLeast(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const least = right < heap.length && (heap[right] ?? 0) < (heap[left] ?? 0) ? right : left;
    if ((heap[least] ?? 0) >= value) break;
    heap[at] = heap[least] ?? 0;
    at = least;
  }
  heap[at] = value;
}

/** Returns 0 to the peak; spread evenly if there are more than {@link MOST_OPTIONS}. */
function sweep(peak: number): readonly number[] {
  const step = Math.max(1, peak / MOST_OPTIONS);
  const some = Array.from({ length: Math.min(peak, MOST_OPTIONS) + 1 }, (_, at) => Math.round(at * step));
  return [...new Set(some)];
}

function peakOf(runs: readonly PlayedRun[]): number {
  const starts = ascending(runs.map((run) => run.startMs));
  const ends = ascending(runs.map((run) => run.endMs));
  let [open, peak, ended] = [0, 0, 0];
  for (const start of starts) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= start) {
      open -= 1;
      ended += 1;
    }
    open += 1;
    peak = Math.max(peak, open);
  }
  return peak;
}

/**
 * The k-th environment pays for itself if at least k are busy for the break-even share of the hour, over all weeks
 * replayed.
 */
function scheduleOf(
  runs: readonly PlayedRun[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  breakEven: number,
  peak: number,
): readonly number[] {
  /** Milliseconds with each number of open invocations, by hour of the week. */
  const open: Float64Array[] = Array.from({ length: WEEK_HOURS }, () => new Float64Array(peak + 1));
  const hours = new Float64Array(WEEK_HOURS);
  for (let at = fromMs; at < toMs; ) {
    const end = Math.min(toMs, (Math.floor(at / HOUR_MS) + 1) * HOUR_MS);
    const hour = hourOf(at);
    hours[hour] = (hours[hour] ?? 0) + end - at;
    at = end;
  }
  const steps = runs
    .flatMap((run) => [
      { atMs: run.startMs, by: 1 },
      { atMs: run.endMs - run.waitedMs, by: -1 },
    ])
    .toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
  let count = 0;
  let at = fromMs;
  for (const step of steps) {
    for (let from = Math.max(at, fromMs); from < Math.min(step.atMs, toMs); ) {
      const to = Math.min(step.atMs, toMs, (Math.floor(from / HOUR_MS) + 1) * HOUR_MS);
      const row = open[hourOf(from)];
      if (row !== undefined && count > 0) row[count] = (row[count] ?? 0) + to - from;
      from = to;
    }
    at = Math.max(at, step.atMs);
    count += step.by;
  }
  return open.map((row, hour) => {
    let busy = 0;
    for (let k = row.length - 1; k > 0; k -= 1) {
      busy += row[k] ?? 0;
      if ((hours[hour] ?? 0) > 0 && busy >= breakEven * (hours[hour] ?? 0)) return k;
    }
    return 0;
  });
}

function hourOf(ms: number): number {
  return Math.floor((ms - MONDAY_MS) / HOUR_MS) % WEEK_HOURS;
}
