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
import { isKnownWithin, shapeOf, timeOfShare } from './typical.ts';

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
const ROUNDS = 2000;
const CLOSE_ENOUGH = 1e-7;
const BAND_RESAMPLES = 200;
/** Factor within which a sharp median is known. */
const SHARP = 1.1;
const SHARES = [0.1, 0.5, 0.9] as const;

/**
 * Returns the survival curve of idle environments, with a 95 % band from resampled idle periods. Null for fewer than
 * {@link MIN_TERMINATIONS} terminations. Idle times are rounded to 1 %.
 */
export function survivalOf(periods: readonly IdlePeriod[], dice: Dice): Survival | null {
  const informative = periods.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY || period.afterMs > 0);
  const deaths = informative.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY).length;
  if (deaths < MIN_TERMINATIONS) return null;
  const blocks = blocksOf(informative);
  const binned = blocks.all;
  const cells = cellsOf(binned);
  const inspections = binned.every(isInspection) ? looksOf(binned, cells) : null;
  const likeliest = inspections === null ? turnbull : inspected;
  const masses = likeliest(binned, cells);
  const effect = designEffect(blocks, cells, masses);
  const looks = inspections === null ? null : inspectionsOf(inspections, cells);
  const shape = looks === null ? null : shapeOf(looks, effect);
  const edges = [...cells];
  const bands = edges.map(() => [] as number[]);
  const times = new Map(SHARES.map((share) => [share, [] as number[]]));
  for (let n = 0; n < BAND_RESAMPLES; n += 1) {
    const drawn = likeliest(resampled(blocks, dice), cells);
    for (const [share, found] of times) found.push(timeAt(drawn, cells, share) ?? Number.POSITIVE_INFINITY);
    let alive = 1;
    for (const [at, mass] of drawn.slice(0, -1).entries()) {
      alive -= mass;
      bands[at]?.push(alive);
    }
  }
  let survival = 1;
  const curve: SurvivalPoint[] = [];
  for (const [at, edge] of edges.entries()) {
    if (edge === Number.POSITIVE_INFINITY) break;
    survival = clamp(survival - (masses[at] ?? 0));
    const band = percentileInterval(Float64Array.from(bands[at] ?? []).toSorted());
    curve.push({
      idleMs: timeOf(edge),
      survival,
      low: clamp(Math.min(survival, band?.low ?? 0)),
      high: clamp(Math.max(survival, band?.high ?? 1)),
    });
  }
  const longestMs = timeOf(edges.at(-2) ?? 0);
  const typical = (share: (typeof SHARES)[number]): number | null => {
    if (shape !== null) return timeOfShare(shape, share, longestMs);
    return timeAt(masses, cells, share) === null ? null : bagged(times.get(share) ?? []);
  };
  const resampledMedian = percentileInterval(Float64Array.from(times.get(0.5) ?? []).toSorted());
  const medianMs = typical(0.5);
  const interval = inspections === null ? resampledMedian : intervalOf(reachedBetween(inspections, 0.5, effect), edges);
  const isKnown = medianMs !== null && interval !== null && Number.isFinite(interval.high);
  return {
    n: informative.length,
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

/** Returns true for a point within a flat stretch, which is redundant for drawing. */
function isBetweenEquals(a: SurvivalPoint | undefined, b: SurvivalPoint, c: SurvivalPoint | undefined): boolean {
  const same = (one: SurvivalPoint | undefined): boolean =>
    one !== undefined && one.survival === b.survival && one.low === b.low && one.high === b.high;
  return same(a) && same(c);
}

/** Idle periods on the grid. */
export interface Binned {
  readonly after: number;
  readonly until: number;
  /** Number of periods with these bins. */
  readonly n: number;
}

/** Idle periods on the grid, altogether and by block. */
interface Blocks {
  readonly all: readonly Binned[];
  /** Indexes into `all`, one for each period of the block. */
  readonly byBlock: readonly (readonly number[])[];
}

function blocksOf(periods: readonly IdlePeriod[]): Blocks {
  const indexes = new Map<string, number>();
  const all: { after: number; until: number; n: number }[] = [];
  const byBlock = new Map<number | IdlePeriod, number[]>();
  for (const period of periods) {
    const [after, until] = [binOf(period.afterMs), binOf(period.untilMs)];
    const key = `${after}/${until}`;
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

/** Poisson bootstrap of blocks. */
function resampled({ all, byBlock }: Blocks, dice: Dice): readonly Binned[] {
  const counts = new Float64Array(all.length);
  for (const block of byBlock) {
    const times = poisson(1, dice);
    if (times > 0) for (const index of block) counts[index] = (counts[index] ?? 0) + times;
  }
  return all.map((one, index) => ({ ...one, n: counts[index] ?? 0 })).filter((one) => one.n > 0);
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
  return bin <= 0 ? SHORTEST_MS : SHORTEST_MS * Math.exp(bin / RESOLUTION);
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
  const shares = ascendingShares(looksOf(periods, cells), 0, cells.length - 1);
  const masses = [...shares].map((share, at) => share - (shares[at - 1] ?? 0));
  return [...masses, 1 - (shares.at(-1) ?? 0)];
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

/** Returns the maximum-likelihood mass of each cell. */
export function turnbull(periods: readonly Binned[], cells: readonly number[]): readonly number[] {
  const at = new Map(cells.map((edge, index) => [edge, index]));
  const weights = new Map<number, number>();
  for (const { after, until, n } of periods) {
    // A termination within (after, until] lies in a cell behind that of `after`; an immediate one in the first cell.
    const to = at.get(until) ?? cells.length - 1;
    const from = Math.min(to, after === 0 && until !== 0 ? 0 : (at.get(after) ?? -1) + 1);
    const key = from * cells.length + to;
    weights.set(key, (weights.get(key) ?? 0) + n);
  }
  const pairs = [...weights].map(([key, weight]) => ({
    from: Math.floor(key / cells.length),
    to: key % cells.length,
    weight,
  }));
  const total = periods.reduce((sum, period) => sum + period.n, 0);
  let masses: Float64Array = new Float64Array(cells.length).fill(1 / cells.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = oneRound(pairs, masses, total);
    let moved = 0;
    for (let cell = 0; cell < next.length; cell += 1) moved += Math.abs((next[cell] ?? 0) - (masses[cell] ?? 0));
    masses = next;
    if (moved < CLOSE_ENOUGH) break;
  }
  return [...masses];
}

function oneRound(
  pairs: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  masses: Float64Array,
  n: number,
): Float64Array {
  const sums = new Float64Array(masses.length + 1);
  for (let cell = 0; cell < masses.length; cell += 1) sums[cell + 1] = (sums[cell] ?? 0) + (masses[cell] ?? 0);
  const share = new Float64Array(masses.length + 1);
  for (const { from, to, weight } of pairs) {
    const within = (sums[to + 1] ?? 0) - (sums[from] ?? 0);
    if (within <= 0) continue;
    share[from] = (share[from] ?? 0) + weight / within;
    share[to + 1] = (share[to + 1] ?? 0) - weight / within;
  }
  const next = new Float64Array(masses.length);
  let running = 0;
  for (let cell = 0; cell < masses.length; cell += 1) {
    running += share[cell] ?? 0;
    next[cell] = ((masses[cell] ?? 0) * running) / n;
  }
  return next;
}

/** Returns the time at which the share `gone` is reached, interpolated within its cell on the logarithmic scale. */
function timeAt(masses: readonly number[], cells: readonly number[], terminated: number): number | null {
  let dead = 0;
  for (const [at, edge] of cells.entries()) {
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
