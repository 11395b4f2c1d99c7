/**
 * What if N environments had been kept ready? The invocations that were observed are played again: each goes to a kept
 * environment when one is free, and to Lambda's own otherwise, where it is as cold as it was.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { ascending } from '../statistics/order.ts';

export interface PlayedRun {
  /** When the request came: START, less the init it waited for. */
  readonly startMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  /** Init time somebody waited for, ms; 0 when warm. */
  readonly waitedMs: number;
}

export interface ProvisionedPrices {
  readonly keptPerGbS: number;
  readonly runPerGbS: number;
  readonly onDemandPerGbS: number;
}

export interface ProvisionedOption {
  readonly kept: number;
  /** Cold starts somebody waited for that would not have been. */
  readonly avoided: number;
  readonly avoidedWaitMs: number;
  /** Invocations that found no kept environment free. */
  readonly spilled: number;
  /** Share of the kept time that was used. */
  readonly utilisation: number | null;
  /** Dollars of compute over the time played. */
  readonly costUsd: number;
  /** Against keeping none. */
  readonly costChangeUsd: number;
}

export interface ProvisionedPlan {
  readonly options: readonly ProvisionedOption[];
  /** Share of the time a kept environment must be busy to pay for itself. */
  readonly breakEvenUtilisation: number;
  /** The most that still cost no more than keeping none. */
  readonly breakEvenKept: number;
  /** By hour of the week, Monday midnight UTC first: how many pay for themselves in it. */
  readonly schedule: readonly number[];
}

const WEEK_HOURS = 168;
/** Midnight of a Monday. */
const MONDAY_MS = Date.UTC(2018, 0, 1);
/** Beyond this many only some are played. */
const MOST_OPTIONS = 24;

/** Plays the runs of `fromMs` to `toMs` against every number up to the peak (some of them, where the peak is high). */
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
  /** A heap: the environment that is free first stands at its head. */
  const freeAt = new Float64Array(kept);
  let [avoided, avoidedWaitMs, spilled, busyMs, keptBilledMs, ownBilledMs] = [0, 0, 0, 0, 0, 0];
  for (const run of runs) {
    if ((freeAt[0] ?? Number.POSITIVE_INFINITY) > run.startMs) {
      spilled += 1;
      ownBilledMs += run.billedMs;
      continue;
    }
    // The init is not waited for: the request ends so much earlier.
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

/** Puts `value` in the place of the least of a binary heap. */
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

/** 0 to the peak; beyond {@link MOST_OPTIONS} spread evenly. */
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

/** The k-th environment pays where at least k are busy for the break-even share of the hour, over all weeks played. */
function scheduleOf(
  runs: readonly PlayedRun[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  breakEven: number,
  peak: number,
): readonly number[] {
  /** Milliseconds with so many open, by hour of the week. */
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
