/**
 * Simulates provisioned concurrency by replaying observed requests: each uses a provisioned environment if one is free, and
 * otherwise an on-demand one. Requests that spill over keep their own environments warm, or no longer do, so on-demand
 * environments are simulated too, with the idle windows that the function's own data shows.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { sumVariance } from '../statistics/blocks.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import { quantileT } from '../statistics/student.ts';
import type { IdleWindows, PlayedRun, Replay, Requests } from './provisioned-replay.ts';
import { replay, requestsOf } from './provisioned-replay.ts';

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
/** With two, idle windows are shorter in one and longer in the other. */
const FEWEST_REPLAYS = 2;

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
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs);
  const requests = requestsOf(inOrder, range);
  const peak = peakOf(inOrder);
  const alone = replaysOf(requests, 0, settings);
  const options = inOrder.length === 0 ? [] : sweep(peak).map((kept) => optionOf(requests, kept, alone, settings));
  const paying = options.filter(({ costChangeUsd }) => costChangeUsd !== null && costChangeUsd <= 0);
  const breakEven = prices.keptPerGbS / (prices.onDemandPerGbS - prices.runPerGbS);
  return {
    options,
    breakEvenUtilisation: breakEven,
    breakEvenKept: memoryMb === null || options.length === 0 ? null : Math.max(0, ...paying.map(({ kept }) => kept)),
    schedule: scheduleOf(inOrder, range, breakEven, peak),
  };
}

const EXACTLY_NONE: Interval = { low: 0, high: 0 };

function optionOf(requests: Requests, kept: number, alone: readonly Played[], settings: Settings): ProvisionedOption {
  const { range, memoryMb, prices } = settings;
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
    };
  }
  const played = replaysOf(requests, kept, settings);
  const keptMs = kept * (range.toMs - range.fromMs);
  const costOf = (one: Replay): Float64Array =>
    one.keptBilledMs.map((ms, at) => ms * prices.runPerGbS + (one.ownBilledMs[at] ?? 0) * prices.onDemandPerGbS);
  const costs = meanOf(played, costOf);
  const cost = keptMs * prices.keptPerGbS + sum(costs);
  const costHalf = halfWidth(
    costs.map((one, at) => one - (requests.observedBilledMs[at] ?? 0) * prices.onDemandPerGbS),
    slopeOf(played, (one) => sum(costOf(one.replay))),
  );
  const change = cost - noneCost;
  return {
    kept,
    ...avoidedOf(requests, played, alone),
    spilled: Math.round(mean(played.map((one) => one.replay.spilled))),
    utilisation: mean(played.map((one) => one.replay.busyMs)) / keptMs,
    costUsd: usd(cost),
    costChangeUsd: usd(change),
    costChangeInterval:
      memoryMb === null ? null : { low: usd(change - costHalf) ?? 0, high: usd(change + costHalf) ?? 0 },
  };
}

/** A replay with idle windows that are `errors` standard errors longer than the data show. */
interface Played {
  readonly errors: number;
  readonly replay: Replay;
}

/** The errors are spread evenly, with mean 0 and variance 1. */
function replaysOf(requests: Requests, kept: number, { idleWindows, dice }: Settings): readonly Played[] {
  if (idleWindows === null) return [{ errors: 0, replay: replay(requests, kept, null, dice) }];
  const most = Math.min(MOST_REPLAYS, Math.ceil(REPLAYED_REQUESTS / Math.max(1, requests.n)));
  const replays = Math.max(FEWEST_REPLAYS, most);
  return Array.from({ length: replays }, (_, at) => {
    const errors = Math.sqrt(3 / (1 - 1 / replays ** 2)) * ((2 * at + 1) / replays - 1);
    return { errors, replay: replay(requests, kept, idleWindows(errors), dice) };
  });
}

/**
 * Cold starts avoided: the observed ones, less the share that is left. The ratio of two replays with and without provisioned
 * environments cancels what both have in common. Null if unknown.
 */
function avoidedOf(
  requests: Requests,
  played: readonly Played[],
  alone: readonly Played[],
): Pick<ProvisionedOption, 'avoided' | 'avoidedInterval' | 'avoidedWaitMs'> {
  const [observed, waitMs] = [sum(requests.observed), sum(requests.observedWaitMs)];
  if (observed === 0) return { avoided: 0, avoidedInterval: null, avoidedWaitMs: 0 };
  const cold = meanOf(played, (one) => one.cold);
  const coldAlone = meanOf(alone, (one) => one.cold);
  const [left, before] = [sum(cold), sum(coldAlone)];
  const spills = played.some((one) => one.replay.spilled > 0);
  if (spills && (before === 0 || Number.isNaN(left))) {
    return { avoided: null, avoidedInterval: null, avoidedWaitMs: null };
  }
  const share = spills ? Math.min(1, left / before) : 0;
  const avoided = observed * (1 - share);
  // The linear terms of observed × (1 − left / before) (Cochran 1977, 6.3).
  const residuals = requests.observed.map((n, at) =>
    spills ? n * (1 - share) - (observed / before) * ((cold[at] ?? 0) - share * (coldAlone[at] ?? 0)) : n,
  );
  const slope = spills ? slopeOf(played, (one, at) => (observed * sum(one.replay.cold)) / coldOf(alone[at])) : 0;
  const half = halfWidth(residuals, slope);
  return {
    avoided: Math.round(avoided),
    avoidedInterval: { low: Math.max(0, avoided - half), high: avoided + half },
    avoidedWaitMs: waitMs * (1 - share),
  };
}

function coldOf(played: Played | undefined): number {
  return sum(played?.replay.cold ?? []);
}

/** Half of the 95 % interval of the sum of the blocks, with what one standard error of the idle windows changes. */
function halfWidth(blocks: Float64Array, slope: number): number {
  const spread = sumVariance([...blocks]);
  if (spread === null) return Number.POSITIVE_INFINITY;
  return quantileT(spread.df) * Math.hypot(Math.sqrt(spread.variance), slope);
}

/** What one standard error of the idle windows changes, by least squares. */
function slopeOf(played: readonly Played[], of: (one: Played, at: number) => number): number {
  const squares = sum(played.map(({ errors }) => errors ** 2));
  const products = sum(played.map((one, at) => one.errors * of(one, at)));
  return squares === 0 || !Number.isFinite(products) ? 0 : products / squares;
}

/** Means over the replays, by block. */
function meanOf(played: readonly Played[], of: (one: Replay) => Float64Array): Float64Array {
  let total: Float64Array | null = null;
  for (const { replay: one } of played) {
    const values = of(one);
    total = total === null ? values.slice() : total.map((before, at) => before + (values[at] ?? 0));
  }
  return (total ?? new Float64Array()).map((value) => value / played.length);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
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
