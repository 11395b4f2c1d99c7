/**
 * Simulates provisioned concurrency by replaying observed requests: each uses a provisioned environment if one is free, and
 * otherwise an on-demand one. Requests that spill over keep their own environments warm, or no longer do, so on-demand
 * environments are simulated too, with the idle windows that the function's own data shows.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Dice } from '../statistics/bootstrap.ts';
import { ascending, median } from '../statistics/order.ts';
import { OnDemandPool, replaceLeast } from './on-demand-pool.ts';

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

/** Returns how long an idle environment is kept, ms, drawn from the function's survival curve. */
export type IdleWindows = (dice: Dice) => number;

export interface ProvisionedOption {
  readonly kept: number;
  /** User-felt cold starts avoided; null if invocations spill over and it is unknown how long idle environments are kept. */
  readonly avoided: number | null;
  readonly avoidedWaitMs: number | null;
  /** Invocations that found no provisioned environment free. */
  readonly spilled: number;
  /** Share of the provisioned time that was used. */
  readonly utilisation: number | null;
  /** Compute cost over the replayed time, in dollars; null if the memory size is unknown. */
  readonly costUsd: number | null;
  /** Compared with no provisioned concurrency. */
  readonly costChangeUsd: number | null;
}

export interface ProvisionedPlan {
  readonly options: readonly ProvisionedOption[];
  /** Share of the time a provisioned environment must be busy to pay for itself. */
  readonly breakEvenUtilisation: number;
  /** Largest number that costs no more than none; null if costs are unknown. */
  readonly breakEvenKept: number | null;
  /** How many pay for themselves in each hour of the week, starting Monday 00:00 UTC. */
  readonly schedule: readonly number[];
}

const WEEK_HOURS = 168;
/** A Monday, 00:00 UTC. */
const MONDAY_MS = Date.UTC(2018, 0, 1);
/** Maximum number of options simulated. */
const MOST_OPTIONS = 24;
/** Few requests are replayed several times, so that single draws of idle windows do not decide. */
const REPLAYED_REQUESTS = 20_000;
const MOST_REPLAYS = 20;

interface Settings {
  readonly range: { readonly fromMs: number; readonly toMs: number };
  /** Null if unknown. */
  readonly memoryMb: number | null;
  readonly prices: ProvisionedPrices;
  /** Null if unknown. */
  readonly idleWindows: IdleWindows | null;
  readonly dice: Dice;
}

/**
 * Replays the runs between `fromMs` and `toMs` for every number up to the peak, or for evenly spaced ones if the peak is
 * high. Without runs there is no option.
 */
export function planProvisioned(runs: readonly PlayedRun[], settings: Settings): ProvisionedPlan {
  const { range, memoryMb, prices } = settings;
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs);
  const cold = inOrder.filter((run) => run.waitedMs > 0);
  const observed = { n: cold.length, waitMs: sum(cold.map((run) => run.waitedMs)) };
  const peak = peakOf(inOrder);
  const alone = replay(inOrder, 0, settings);
  const noneMs = sum(inOrder.map((run) => run.billedMs));
  const usd = (gbMs: number): number | null => (memoryMb === null ? null : (memoryMb / 1024) * (gbMs / 1000));
  const options =
    inOrder.length === 0
      ? []
      : sweep(peak).map((kept): ProvisionedOption => {
          if (kept === 0) {
            const costUsd = usd(noneMs * prices.onDemandPerGbS);
            const change = costUsd === null ? null : 0;
            return {
              kept,
              avoided: 0,
              avoidedWaitMs: 0,
              spilled: 0,
              utilisation: null,
              costUsd,
              costChangeUsd: change,
            };
          }
          const played = replay(inOrder, kept, settings);
          const keptMs = kept * (range.toMs - range.fromMs);
          const costs =
            keptMs * prices.keptPerGbS +
            played.keptBilledMs * prices.runPerGbS +
            played.ownBilledMs * prices.onDemandPerGbS;
          const left = shareLeft(observed.n, played, alone);
          return {
            kept,
            avoided: left === null ? null : Math.round(observed.n * (1 - left)),
            avoidedWaitMs: left === null ? null : observed.waitMs * (1 - left),
            spilled: Math.round(played.spilled),
            utilisation: played.busyMs / keptMs,
            costUsd: usd(costs),
            costChangeUsd: usd(costs - noneMs * prices.onDemandPerGbS),
          };
        });
  const paying = options.filter(({ costChangeUsd }) => costChangeUsd !== null && costChangeUsd <= 0);
  const breakEven = prices.keptPerGbS / (prices.onDemandPerGbS - prices.runPerGbS);
  return {
    options,
    breakEvenUtilisation: breakEven,
    breakEvenKept: memoryMb === null || options.length === 0 ? null : Math.max(0, ...paying.map(({ kept }) => kept)),
    schedule: scheduleOf(inOrder, range, breakEven, peak),
  };
}

/** Means over the replays. */
interface ReplayMeans {
  readonly cold: number;
  readonly spilled: number;
  readonly busyMs: number;
  readonly keptBilledMs: number;
  readonly ownBilledMs: number;
}

/**
 * Returns the share of the observed cold starts that is left. The ratio of two replays with and without provisioned
 * environments cancels what both have in common. Null if unknown.
 */
function shareLeft(observed: number, played: ReplayMeans, alone: ReplayMeans): number | null {
  if (observed === 0 || played.spilled === 0) return 0;
  if (alone.cold === 0 || Number.isNaN(played.cold)) return null;
  return Math.min(1, played.cold / alone.cold);
}

function replay(runs: readonly PlayedRun[], kept: number, settings: Settings): ReplayMeans {
  const replays =
    settings.idleWindows === null ? 1 : Math.min(MOST_REPLAYS, Math.ceil(REPLAYED_REQUESTS / Math.max(1, runs.length)));
  const total = { cold: 0, spilled: 0, busyMs: 0, keptBilledMs: 0, ownBilledMs: 0 };
  for (let n = 0; n < replays; n += 1) {
    const played = replayOnce(runs, kept, settings);
    total.cold += played.cold / replays;
    total.spilled += played.spilled / replays;
    total.busyMs += played.busyMs / replays;
    total.keptBilledMs += played.keptBilledMs / replays;
    total.ownBilledMs += played.ownBilledMs / replays;
  }
  return total;
}

/** One replay; `cold` is NaN if it is unknown how long idle environments are kept. */
function replayOnce(runs: readonly PlayedRun[], kept: number, { idleWindows, dice }: Settings): ReplayMeans {
  /** Binary min-heap: the environment that becomes free first is at its head. */
  const freeAt = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
  const pool = idleWindows === null ? null : new OnDemandPool(() => idleWindows(dice));
  const init = initOf(runs);
  const played = { cold: pool === null ? Number.NaN : 0, spilled: 0, busyMs: 0, keptBilledMs: 0, ownBilledMs: 0 };
  for (const run of runs) {
    // What the request would take in an environment that is ready.
    const lastsMs = Math.max(0, run.endMs - run.startMs - run.waitedMs);
    const warmBilledMs = run.billedMs - billedInit(run);
    if ((freeAt[0] ?? Number.POSITIVE_INFINITY) <= run.startMs) {
      replaceLeast(freeAt, run.startMs + lastsMs);
      played.busyMs += lastsMs;
      played.keptBilledMs += warmBilledMs;
      continue;
    }
    played.spilled += 1;
    if (pool === null) {
      played.ownBilledMs += run.billedMs;
      continue;
    }
    const isCold = !pool.take(run.startMs);
    const waitMs = run.waitedMs > 0 ? run.waitedMs : init.waitMs;
    pool.run(run.startMs + lastsMs + (isCold ? waitMs : 0));
    if (isCold) played.cold += 1;
    played.ownBilledMs += warmBilledMs + (isCold ? waitMs * init.billedShare : 0);
  }
  return played;
}

/** The part of a run's billed duration that is its init, ms: what exceeds the time that the handler took. */
function billedInit(run: PlayedRun): number {
  const handlerMs = Math.max(0, run.endMs - run.startMs - run.waitedMs);
  return Math.min(run.waitedMs, Math.max(0, run.billedMs - Math.ceil(handlerMs)));
}

/** The median wait for an init, ms, and the share of it that is billed. */
function initOf(runs: readonly PlayedRun[]): { readonly waitMs: number; readonly billedShare: number } {
  const cold = runs.filter((run) => run.waitedMs > 0);
  const waitMs = sum(cold.map((run) => run.waitedMs));
  return {
    waitMs: cold.length === 0 ? 0 : median(cold.map((run) => run.waitedMs)),
    billedShare: waitMs === 0 ? 0 : sum(cold.map(billedInit)) / waitMs,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
