/**
 * Estimates how long idle environments live. Each idle period only shows "alive after g" or "terminated within g", so the
 * curve is the maximum-likelihood estimate for interval-censored data (Turnbull 1976), found by expectation-maximisation.
 * If only "alive after g" and exact termination times are known, it equals Kaplan-Meier. Where a simple shape describes the
 * data, the median comes from it; the interval of the median never assumes a shape.
 */
import { MIN_TERMINATIONS } from '../metrics/minimum-samples.ts';
import type { Dice } from '../statistics/bootstrap.ts';
import { percentileInterval, poisson } from '../statistics/bootstrap.ts';
import type { Inspections } from './families.ts';
import type { InspectionCounts } from './isotonic.ts';
import { ascendingShares, reachedBetween } from './isotonic.ts';
import type { Binned } from './turnbull.ts';
import { turnbull } from './turnbull.ts';
import { isKnownWithin, shapeOf, timeOfShare, withSteps } from './typical.ts';

/** An idle time that ended within (`afterMs`, `untilMs`]; `untilMs` is infinite if the environment was alive when last seen. */
export interface IdlePeriod {
  readonly afterMs: number;
  readonly untilMs: number;
  /** Periods of one block may have ended together, and are resampled together. Those without one are independent. */
  readonly block?: number;
}

export interface SurvivalPoint {
  readonly idleMs: number;
  /** Share of environments that live longer than `idleMs`. */
  readonly survival: number;
  readonly low: number;
  readonly high: number;
}

export interface Survival {
  /** Idle periods that carry information. */
  readonly n: number;
  readonly deaths: number;
  /** The shape that describes the curve; null if none does, and times then come from the curve itself. */
  readonly shape: 'window' | 'steps' | null;
  /** Idle times by which half, a tenth and nine tenths are terminated; null if beyond the data. */
  readonly medianMs: number | null;
  readonly p10Ms: number | null;
  readonly p90Ms: number | null;
  /** 95 % interval of the median; null if it reaches beyond the data. */
  readonly medianInterval: { readonly low: number; readonly high: number } | null;
  /**
   * Whether the data rule out that the median is more than 10 % shorter or longer. Null where no shape describes them.
   */
  readonly isSharp: boolean | null;
  /** The longest idle time that was inspected, rounded to 1 %. */
  readonly longestMs: number;
  readonly curve: readonly SurvivalPoint[];
}

/** Bins of the grid per factor of e: idle times are resolved to about 1 %. */
const RESOLUTION = 100;
const SHORTEST_MS = 1000;
const BAND_RESAMPLES = 200;
/** Factor within which a sharp median is known. */
const SHARP = 1.1;
const SHARES = [0.1, 0.5, 0.9] as const;

/**
 * Returns the survival curve of idle environments, with a 95 % band from resampled idle periods. Null for fewer than
 * {@link MIN_TERMINATIONS} terminations. Idle times are rounded to 1 %.
 */
export function survivalOf(periods: readonly IdlePeriod[], dice: Dice): Survival | null {
  const estimate = likeliestOf(periods);
  if (estimate === null) return null;
  const { n: informative, deaths, blocks, cells, inspections, masses } = estimate;
  const effect = designEffect(blocks, cells, masses);
  const looks = inspections === null ? null : inspectionsOf(inspections, cells);
  const shape = looks === null ? null : shapeOf(looks, effect);
  const edges = [...cells];
  const times = new Map(SHARES.map((share) => [share, new Float64Array(BAND_RESAMPLES)]));
  const bands = bandsOf(estimate, BAND_RESAMPLES, dice, (drawn, n) => {
    for (const [share, found] of times) found[n] = timeAt(drawn, cells, share) ?? Number.POSITIVE_INFINITY;
  });
  const curve = curveOf(estimate, bands);
  const longestMs = timeOf(edges.at(-2) ?? 0);
  const typical = (share: (typeof SHARES)[number]): number | null => {
    if (shape !== null) return timeOfShare(shape, share, longestMs);
    return timeAt(masses, cells, share) === null ? null : bagged(Array.from(times.get(share) ?? []));
  };
  const resampledMedian = percentileInterval((times.get(0.5) ?? new Float64Array(0)).toSorted());
  const medianMs = typical(0.5);
  const smooth = inspections === null ? resampledMedian : intervalOf(reachedBetween(inspections, 0.5, effect), edges);
  const interval =
    looks === null || shape === null || smooth === null ? smooth : withSteps(smooth, looks, shape, effect);
  const isKnown = medianMs !== null && interval !== null && Number.isFinite(interval.high);
  return {
    n: informative,
    deaths,
    shape: shape?.family ?? null,
    medianMs,
    p10Ms: typical(0.1),
    p90Ms: typical(0.9),
    medianInterval: isKnown ? { low: Math.min(interval.low, medianMs), high: Math.max(interval.high, medianMs) } : null,
    isSharp:
      looks === null || shape === null || medianMs === null
        ? null
        : isKnownWithin(looks, { fit: shape, medianMs, designEffect: effect, by: SHARP }),
    longestMs,
    curve: curve.filter((point, at) => !isBetweenEquals(curve[at - 1], point, curve[at + 1])),
  };
}

interface Likeliest {
  readonly n: number;
  readonly deaths: number;
  readonly blocks: Blocks;
  readonly cells: readonly number[];
  /** Null where a period is more than one inspection. */
  readonly inspections: InspectionCounts | null;
  readonly masses: readonly number[];
}

function likeliestOf(periods: readonly IdlePeriod[]): Likeliest | null {
  const informative = periods.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY || period.afterMs > 0);
  let deaths = 0;
  for (const { untilMs } of informative) if (untilMs !== Number.POSITIVE_INFINITY) deaths += 1;
  if (deaths < MIN_TERMINATIONS) return null;
  const blocks = blocksOf(informative);
  const cells = cellsOf(blocks.all);
  const inspections = blocks.all.every(isInspection) ? looksOf(blocks.all, cells) : null;
  const masses = inspections === null ? turnbull(blocks.all, cells) : massesOf(inspections);
  return { n: informative.length, deaths, blocks, cells, inspections, masses };
}

/** Sorted shares alive at each finite cell, of so many resamples. `note` receives the masses of each. */
function bandsOf(
  { blocks, cells, inspections }: Likeliest,
  resamples: number,
  dice: Dice,
  note?: (masses: readonly number[], at: number) => void,
): readonly Float64Array[] {
  const draw = inspections === null ? drawTurnbull(blocks, cells) : drawInspected(blocks, cells);
  const bands = cells.slice(0, -1).map(() => new Float64Array(resamples));
  for (let n = 0; n < resamples; n += 1) {
    const drawn = draw(dice);
    note?.(drawn, n);
    let alive = 1;
    for (let at = 0; at < bands.length; at += 1) {
      alive -= drawn[at] ?? 0;
      const band = bands[at];
      if (band !== undefined) band[n] = alive;
    }
  }
  return bands.map((band) => band.toSorted());
}

function curveOf({ cells, masses }: Likeliest, bands: readonly Float64Array[]): readonly SurvivalPoint[] {
  let survival = 1;
  return bands.map((sorted, at) => {
    survival = clamp(survival - (masses[at] ?? 0));
    const band = percentileInterval(sorted);
    return {
      idleMs: timeOf(cells[at] ?? 0),
      survival,
      low: clamp(Math.min(survival, band?.low ?? 0)),
      high: clamp(Math.max(survival, band?.high ?? 1)),
    };
  });
}

/** Resamples of a band that only says how far simulations may be off: a fifth of the cost of a band that is shown. */
const ROUGH_RESAMPLES = 40;

/** The curve of {@link survivalOf} with a rough band, and without shapes and median. Null for too few terminations. */
export function survivalCurve(periods: readonly IdlePeriod[], dice: Dice): readonly SurvivalPoint[] | null {
  const estimate = likeliestOf(periods);
  return estimate === null ? null : curveOf(estimate, bandsOf(estimate, ROUGH_RESAMPLES, dice));
}

/** Returns true for a point within a flat stretch, which is redundant for drawing. */
function isBetweenEquals(a: SurvivalPoint | undefined, b: SurvivalPoint, c: SurvivalPoint | undefined): boolean {
  const same = (one: SurvivalPoint | undefined): boolean =>
    one !== undefined && one.survival === b.survival && one.low === b.low && one.high === b.high;
  return same(a) && same(c);
}

/** Idle periods on the grid, altogether and by block. */
interface Blocks {
  readonly all: readonly Binned[];
  /** Indexes into `all`, one for each period of the block. */
  readonly byBlock: readonly (readonly number[])[];
}

function blocksOf(periods: readonly IdlePeriod[]): Blocks {
  const indexes = new Map<number, number>();
  const all: { after: number; until: number; n: number }[] = [];
  const byBlock = new Map<number | IdlePeriod, number[]>();
  for (const period of periods) {
    const [after, until] = [binOf(period.afterMs), binOf(period.untilMs)];
    // Bins are far below 2^20: a number of ms has fewer than 3,000.
    const key = after * 2 ** 20 + Math.min(until, 2 ** 20 - 1);
    const index = indexes.get(key) ?? all.length;
    indexes.set(key, index);
    const one = all[index];
    if (one === undefined) all.push({ after, until, n: 1 });
    else one.n += 1;
    const block = byBlock.get(period.block ?? period) ?? [];
    byBlock.set(period.block ?? period, block);
    block.push(index);
  }
  return { all, byBlock: [...byBlock.values()] };
}

/** Poisson bootstrap of blocks: returns the likeliest masses of a resample at each call. */
function drawTurnbull({ all, byBlock }: Blocks, cells: readonly number[]): (dice: Dice) => readonly number[] {
  return (dice) => {
    const counts = new Float64Array(all.length);
    for (const block of byBlock) {
      const times = poisson(1, dice);
      if (times > 0) for (const index of block) counts[index] = (counts[index] ?? 0) + times;
    }
    const drawn = all.map((one, index) => ({ ...one, n: counts[index] ?? 0 })).filter((one) => one.n > 0);
    return turnbull(drawn, cells);
  };
}

/** {@link drawTurnbull} for inspections: adds the counts of the drawn blocks, without their periods. */
function drawInspected({ all, byBlock }: Blocks, cells: readonly number[]): (dice: Dice) => readonly number[] {
  const at = new Map(cells.map((edge, index) => [edge, index]));
  const size = cells.length - 1;
  const cellOf = ({ after, until }: Binned): number => at.get(until === Number.POSITIVE_INFINITY ? after : until) ?? 0;
  const cellsOfAll = all.map(cellOf);
  /** Cells that each block looks at, and those of them in which it found terminations. */
  const blocks = byBlock.map((block) => {
    const ended = block.filter((index) => all[index]?.until !== Number.POSITIVE_INFINITY);
    return { looks: cellsIn(cellsOfAll, block), ended: cellsIn(cellsOfAll, ended) };
  });
  const looked = new Float64Array(size);
  const found = new Float64Array(size);
  return (dice) => {
    looked.fill(0);
    found.fill(0);
    for (const { looks, ended } of blocks) {
      const times = poisson(1, dice);
      if (times === 0) continue;
      addAt(looked, looks, times);
      addAt(found, ended, times);
    }
    return massesOf({ looked, found });
  };
}

function cellsIn(cellsOfAll: readonly number[], indexes: readonly number[]): Uint32Array {
  const cells = new Uint32Array(indexes.length);
  for (let at = 0; at < indexes.length; at += 1) cells[at] = cellsOfAll[indexes[at] ?? 0] ?? 0;
  return cells;
}

function addAt(sums: Float64Array, places: Uint32Array, by: number): void {
  for (let at = 0; at < places.length; at += 1) {
    const place = places[at] ?? 0;
    sums[place] = (sums[place] ?? 0) + by;
  }
}

/** Variance of the terminations of blocks, relative to that of independent ones (Rao and Scott 1981); at least 1. */
function designEffect({ all, byBlock }: Blocks, cells: readonly number[], masses: readonly number[]): number {
  const at = new Map(cells.map((edge, index) => [edge, index]));
  let sum = 0;
  const dead = masses.map((mass) => {
    sum += mass;
    return sum;
  });
  const residuals = all.map(({ after, until }) =>
    until === Number.POSITIVE_INFINITY ? -(dead[at.get(after) ?? 0] ?? 0) : 1 - (dead[at.get(until) ?? 0] ?? 0),
  );
  let [together, alone] = [0, 0];
  for (const block of byBlock) {
    let residual = 0;
    for (const index of block) {
      const one = residuals[index] ?? 0;
      residual += one;
      alone += one * one;
    }
    together += residual * residual;
  }
  return alone === 0 ? 1 : Math.max(1, together / alone);
}

/** Returns the bin of an idle time on the logarithmic grid; bin 0 is the floor. */
function binOf(ms: number): number {
  if (ms === Number.POSITIVE_INFINITY) return ms;
  return ms <= SHORTEST_MS ? 0 : Math.round(Math.log(ms / SHORTEST_MS) * RESOLUTION);
}

function timeOf(bin: number): number {
  return SHORTEST_MS * Math.exp(Math.max(0, bin) / RESOLUTION);
}

/** Returns upper edges of the intervals that may hold mass, ascending; the last is infinite. */
export function cellsOf(periods: readonly Binned[]): readonly number[] {
  const edges = new Set([Number.POSITIVE_INFINITY]);
  for (const { after, until } of periods) edges.add(after).add(until);
  return [...edges].toSorted((a, b) => a - b);
}

/**
 * Returns the geometric mean over the resamples (bagging, Breiman 1996), because the maximum-likelihood curve of interval-
 * censored data has few steps, and its crossing of a share jumps between them. Null if more than 1 in 20 resamples never
 * reach it.
 */
function bagged(times: readonly number[]): number | null {
  const reached = times.filter(Number.isFinite);
  if (reached.length < times.length * 0.95) return null;
  return Math.exp(reached.reduce((sum, time) => sum + Math.log(time), 0) / reached.length);
}

/** Returns true for a period observed once, as alive or as terminated. */
function isInspection({ after, until }: Binned): boolean {
  return after === 0 || until === Number.POSITIVE_INFINITY;
}

/**
 * {@link turnbull} for data in which every period is one inspection: isotonic regression of the share terminated by
 * inspection time.
 */
export function inspected(periods: readonly Binned[], cells: readonly number[]): readonly number[] {
  return massesOf(looksOf(periods, cells));
}

/** The likeliest mass of each cell of inspections, and what is beyond the last one. */
function massesOf(inspections: InspectionCounts): readonly number[] {
  const shares = ascendingShares(inspections, 0, inspections.looked.length);
  const masses = new Array<number>(shares.length + 1);
  let before = 0;
  for (let at = 0; at < shares.length; at += 1) {
    const share = shares[at] ?? 0;
    masses[at] = share - before;
    before = share;
  }
  masses[shares.length] = 1 - before;
  return masses;
}

/** Inspections by finite cell. */
function looksOf(periods: readonly Binned[], cells: readonly number[]): InspectionCounts {
  const at = new Map(cells.map((edge, index) => [edge, index]));
  const looked = new Float64Array(cells.length - 1);
  const found = new Float64Array(cells.length - 1);
  for (const { after, until, n } of periods) {
    const terminated = until !== Number.POSITIVE_INFINITY;
    const cell = at.get(terminated ? until : after) ?? 0;
    looked[cell] = (looked[cell] ?? 0) + n;
    if (terminated) found[cell] = (found[cell] ?? 0) + n;
  }
  return { looked, found };
}

function inspectionsOf({ looked, found }: InspectionCounts, cells: readonly number[]): readonly Inspections[] {
  return Array.from(looked, (n, cell) => ({
    ms: timeOf(cells[cell] ?? 0),
    alive: n - (found[cell] ?? 0),
    terminated: found[cell] ?? 0,
  })).filter(({ alive, terminated }) => alive + terminated > 0);
}

/** Times of the inspections `low` and `high`, with the rounding of the grid. */
function intervalOf(
  { low, high }: { readonly low: number; readonly high: number },
  edges: readonly number[],
): { readonly low: number; readonly high: number } {
  const [before, after] = [edges[low], edges[high]];
  return {
    low: before === undefined ? 0 : timeOf(before - 0.5),
    high: after === undefined || after === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : timeOf(after + 0.5),
  };
}

/** Returns the time at which the share `gone` is reached, interpolated within its cell on the logarithmic scale. */
function timeAt(masses: readonly number[], cells: readonly number[], terminated: number): number | null {
  let dead = 0;
  for (let at = 0; at < cells.length; at += 1) {
    const edge = cells[at] ?? Number.POSITIVE_INFINITY;
    const mass = masses[at] ?? 0;
    if (dead + mass >= terminated - 1e-9 && mass > 0) {
      if (edge === Number.POSITIVE_INFINITY) return null;
      const from = cells[at - 1] ?? 0;
      return timeOf(from + (edge - from) * Math.min(1, (terminated - dead) / mass));
    }
    dead += mass;
  }
  return null;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
