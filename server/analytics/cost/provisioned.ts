/**
 * Simulates provisioned concurrency by replaying observed requests: each uses a provisioned environment if one is free, and
 * otherwise an on-demand one. Requests that spill over keep their own environments warm, or no longer do, so on-demand
 * environments are simulated too, with the idle windows that the function's own data shows.
 */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { sumVariance } from '../statistics/blocks.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import { quantileT } from '../statistics/student.ts';
import { OnDemandPool } from './on-demand-pool.ts';
import type { IdleWindows, PlayedRun, Replay, Requests, Served } from './provisioned-replay.ts';
import { replay, requestsOf, serve } from './provisioned-replay.ts';

export interface ProvisionedPrices {
  readonly keptPerGbS: number;
  readonly runPerGbS: number;
  readonly onDemandPerGbS: number;
}

export interface ProvisionedOption {
  readonly kept: number;
  /** User-felt cold starts avoided; null if invocations spill over and it is unknown how long idle environments are kept. */
  readonly avoided: number | null;
  /** 95 % interval of its mean over such time ranges; null if `avoided` is, or without observed cold starts. */
  readonly avoidedInterval: Interval | null;
  readonly avoidedWaitMs: number | null;
  /** Invocations that found no provisioned environment free. */
  readonly spilled: number;
  /** Share of the provisioned time that was used. */
  readonly utilisation: number | null;
  /** Compute cost over the replayed time, in dollars; null if the memory size is unknown. */
  readonly costUsd: number | null;
  /** Compared with no provisioned concurrency. */
  readonly costChangeUsd: number | null;
  /** 95 % interval of its mean over such time ranges. */
  readonly costChangeInterval: Interval | null;
  /** The change over 30 days of such traffic. */
  readonly costChangePerMonthUsd: number | null;
  /** What each avoided cold start costs; null if that is not known, or nothing is avoided or paid for. */
  readonly usdPerAvoided: number | null;
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
const MONTH_MS = 30 * DAY_MS;
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
  /** Idle windows that are `errors` standard errors longer than the data show. Null if unknown. */
  readonly idleWindows: ((errors: number) => IdleWindows) | null;
  readonly dice: Dice;
}

/**
 * Replays the runs between `fromMs` and `toMs` for every number up to the peak, or for evenly spaced ones if the peak is
 * high. Without runs there is no option. The intervals contain how much the traffic of blocks of time differs, and how well
 * the idle windows are known.
 */
export function planProvisioned(runs: readonly PlayedRun[], settings: Settings): ProvisionedPlan {
  const { range, memoryMb, prices } = settings;
  const inOrder = runs.toSorted((a, b) => a.arrivedMs - b.arrivedMs);
  const requests = requestsOf(inOrder, range);
  const peak = peakOf(inOrder);
  const windows = windowsOf(requests.n, settings);
  const alone = playedOf(requests, 0, windows);
  const options =
    inOrder.length === 0
      ? []
      : sweep(peak).map((kept) => optionOf(requests, kept, alone, playedOf(requests, kept, windows), settings));
  const paying = options.filter(({ costChangeUsd }) => (costChangeUsd ?? 0) <= 0);
  const breakEven = prices.keptPerGbS / (prices.onDemandPerGbS - prices.runPerGbS);
  return {
    options,
    breakEvenUtilisation: breakEven,
    breakEvenKept: memoryMb === null || options.length === 0 ? null : Math.max(0, ...paying.map(({ kept }) => kept)),
    schedule: scheduleOf(inOrder, range, breakEven, peak),
  };
}

const EXACTLY_NONE: Interval = { low: 0, high: 0 };

function optionOf(
  requests: Requests,
  kept: number,
  alone: Played,
  played: Played,
  { range, memoryMb, prices }: Settings,
): ProvisionedOption {
  const usd = (gbMs: number): number | null => (memoryMb === null ? null : (memoryMb / 1024) * (gbMs / 1000));
  const noneCost = sum(requests.observedBilledMs) * prices.onDemandPerGbS;
  if (kept === 0) {
    return {
      kept,
      avoided: 0,
      avoidedInterval: EXACTLY_NONE,
      avoidedWaitMs: 0,
      spilled: 0,
      utilisation: null,
      costUsd: usd(noneCost),
      costChangeUsd: usd(0),
      costChangeInterval: memoryMb === null ? null : EXACTLY_NONE,
      costChangePerMonthUsd: usd(0),
      usdPerAvoided: null,
    };
  }
  const { served } = played;
  const keptMs = kept * (range.toMs - range.fromMs);
  const costs = served.keptBilledMs.map(
    (ms, at) => ms * prices.runPerGbS + (played.mean.billedMs[at] ?? 0) * prices.onDemandPerGbS,
  );
  const cost = keptMs * prices.keptPerGbS + sum(costs);
  const costHalf = halfWidth(
    costs.map((one, at) => one - (requests.observedBilledMs[at] ?? 0) * prices.onDemandPerGbS),
    slopeOf(played.moved.map(({ billedMs }) => sum(billedMs) * prices.onDemandPerGbS)),
  );
  const change = cost - noneCost;
  const changeUsd = usd(change);
  const avoided = avoidedOf(requests, played, alone);
  return {
    kept,
    ...avoided,
    spilled: served.spilled.length,
    utilisation: served.busyMs / keptMs,
    costUsd: usd(cost),
    costChangeUsd: changeUsd,
    costChangePerMonthUsd: changeUsd === null ? null : (changeUsd * MONTH_MS) / (range.toMs - range.fromMs),
    usdPerAvoided:
      changeUsd === null || changeUsd <= 0 || avoided.avoided === null || avoided.avoided === 0
        ? null
        : changeUsd / avoided.avoided,
    costChangeInterval:
      memoryMb === null ? null : { low: usd(change - costHalf) ?? 0, high: usd(change + costHalf) ?? 0 },
  };
}

/** For each request, how long the environment that served it is kept when it is idle afterwards, ms. */
interface Windows {
  /** Draws from the curve as the data show it, one for each replay. */
  readonly likely: readonly (Float64Array | null)[];
  /** The first of these draws, a standard error shorter and longer; none where the curve is unknown. */
  readonly moved: readonly Float64Array[];
}

/** The same draws for every number of provisioned environments, so that what two of them have in common cancels. */
function windowsOf(requests: number, { idleWindows, dice }: Settings): Windows {
  if (idleWindows === null) return { likely: [null], moved: [] };
  const replays = Math.min(MOST_REPLAYS, Math.max(1, Math.ceil(REPLAYED_REQUESTS / Math.max(1, requests))));
  const draws = Array.from({ length: replays }, () => {
    const draw = new Float64Array(requests);
    for (let at = 0; at < requests; at += 1) draw[at] = dice();
    return draw;
  });
  return {
    likely: draws.map(idleWindows(0)),
    moved: [-1, 1].flatMap((errors) => draws.slice(0, 1).map(idleWindows(errors))),
  };
}

interface Played {
  readonly served: Served;
  /** Mean of the replays with the likely windows. */
  readonly mean: Replay;
  /** Replays with windows a standard error shorter and longer. */
  readonly moved: readonly Replay[];
}

function playedOf(requests: Requests, kept: number, { likely, moved }: Windows): Played {
  const served = serve(requests, kept);
  const pool = new OnDemandPool();
  const replayWith = (windowsMs: Float64Array | null): Replay => replay(requests, served.spilled, windowsMs, pool);
  const replays = likely.map(replayWith);
  const mean = {
    cold: meanOf(replays.map(({ cold }) => cold)),
    billedMs: meanOf(replays.map(({ billedMs }) => billedMs)),
  };
  return { served, mean, moved: moved.map(replayWith) };
}

/**
 * Cold starts avoided: the observed ones, less the share that is left. The ratio of two replays with and without provisioned
 * environments cancels what both have in common. Null if unknown.
 */
function avoidedOf(
  requests: Requests,
  played: Played,
  alone: Played,
): Pick<ProvisionedOption, 'avoided' | 'avoidedInterval' | 'avoidedWaitMs'> {
  const [observed, waitMs] = [sum(requests.observed), sum(requests.observedWaitMs)];
  if (observed === 0) return { avoided: 0, avoidedInterval: null, avoidedWaitMs: 0 };
  const { cold } = played.mean;
  const { cold: coldAlone } = alone.mean;
  const [left, before] = [sum(cold), sum(coldAlone)];
  const spills = played.served.spilled.length > 0;
  if (spills && (before === 0 || Number.isNaN(left))) {
    return { avoided: null, avoidedInterval: null, avoidedWaitMs: null };
  }
  const share = spills ? Math.min(1, left / before) : 0;
  const avoided = observed * (1 - share);
  // The linear terms of observed × (1 − left / before) (Cochran 1977, 6.3).
  const residuals = requests.observed.map((n, at) =>
    spills ? n * (1 - share) - (observed / before) * ((cold[at] ?? 0) - share * (coldAlone[at] ?? 0)) : n,
  );
  const shares = played.moved.map((one, at) => sum(one.cold) / sum(alone.moved[at]?.cold ?? []));
  const slope = spills ? observed * slopeOf(shares) : 0;
  const half = halfWidth(residuals, slope);
  return {
    avoided: Math.round(avoided),
    avoidedInterval: { low: Math.max(0, avoided - half), high: avoided + half },
    avoidedWaitMs: waitMs * (1 - share),
  };
}

/** Half of the 95 % interval of the sum of the blocks, with what one standard error of the idle windows changes. */
function halfWidth(blocks: Float64Array, slope: number): number {
  const spread = sumVariance([...blocks]);
  if (spread === null) return Number.POSITIVE_INFINITY;
  return quantileT(spread.df) * Math.hypot(Math.sqrt(spread.variance), slope);
}

/** What one standard error of the idle windows changes: half of the difference between one shorter and one longer. */
function slopeOf(moved: readonly number[]): number {
  const [shorter = Number.NaN, longer = Number.NaN] = moved;
  const slope = (longer - shorter) / 2;
  return Number.isFinite(slope) ? slope : 0;
}

/** Means over the replays, by block. */
function meanOf(replays: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(replays[0]?.length ?? 0);
  for (const values of replays) {
    for (let at = 0; at < values.length; at += 1) total[at] = (total[at] ?? 0) + (values[at] ?? 0);
  }
  return total.map((value) => value / replays.length);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at += 1) total += values[at] ?? 0;
  return total;
}

/** Returns 0 to the peak; spread evenly if there are more than {@link MOST_OPTIONS}. */
function sweep(peak: number): readonly number[] {
  const step = Math.max(1, peak / MOST_OPTIONS);
  const some = Array.from({ length: Math.min(peak, MOST_OPTIONS) + 1 }, (_, at) => Math.round(at * step));
  return [...new Set(some)];
}

/** Most requests at once; `runs` are in order of their starts. */
function peakOf(runs: readonly PlayedRun[]): number {
  const ends = ascending(runs.map((run) => run.endMs));
  let [open, peak, ended] = [0, 0, 0];
  for (const { arrivedMs } of runs) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= arrivedMs) {
      open -= 1;
      ended += 1;
    }
    open += 1;
    peak = Math.max(peak, open);
  }
  return peak;
}

/**
 * `runs` are in order of their starts. The k-th environment pays for itself if at least k are busy for the break-even share of the hour, over all weeks
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
  const starts = runs.map(({ arrivedMs }) => arrivedMs);
  const ends = ascending(runs.map(({ endMs, waitedMs }) => endMs - waitedMs));
  let at = fromMs;
  let [started, ended] = [0, 0];
  while (started < starts.length || ended < ends.length) {
    // At the same time, one ends before another starts.
    const start = starts[started] ?? Number.POSITIVE_INFINITY;
    const end = ends[ended] ?? Number.POSITIVE_INFINITY;
    const stepMs = Math.min(start, end);
    const count = started - ended;
    for (let from = Math.max(at, fromMs); from < Math.min(stepMs, toMs); ) {
      const to = Math.min(stepMs, toMs, (Math.floor(from / HOUR_MS) + 1) * HOUR_MS);
      const row = open[hourOf(from)];
      if (row !== undefined && count > 0) row[count] = (row[count] ?? 0) + to - from;
      from = to;
    }
    at = Math.max(at, stepMs);
    if (end <= start) ended += 1;
    else started += 1;
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
