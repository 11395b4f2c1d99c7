/**
 * Compares the durations of two memory sizes at equal times. Sizes that ran in the same hours (a weighted alias) are a
 * trial. Others are compared at the same hours of the week, else of working days and of weekends, else of the day, so that a
 * difference between hours is not attributed to the size.
 */
import { DAY_MS, HOUR_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import type { EnvironmentSample, SampledHour } from './samples.ts';
import { studentFactor } from './student.ts';

/** What the hours of a pair have in common. */
export type Pairing = 'hour' | 'hour-of-week' | 'hour-of-working-day-or-weekend' | 'hour-of-day' | 'part-of-day';

export interface Comparison {
  readonly pairing: Pairing;
  /** Natural logarithm of the ratio of mean billed durations, other over current. */
  readonly logRatio: number;
  /** Resamples of it, spread for the number of time blocks. */
  readonly resamples: readonly number[];
}

/** A Monday, 00:00 UTC. */
const MONDAY_MS = Date.UTC(2018, 0, 1);
const PART_MS = 4 * HOUR_MS;
/** Minimum share of each size's invocations in shared hours. */
const LEAST_SHARED = 0.5;
/** Time blocks, longest first: noise of hours is correlated, and that of days much less so. */
const BLOCKS_MS = [DAY_MS, DAY_MS / 2, DAY_MS / 4, DAY_MS / 8, HOUR_MS];
const FEWEST_BLOCKS = 6;

type Stratum = (startMs: number) => number;

/** Hour of the day, those of weekends apart. */
function hourOfKind(startMs: number): number {
  const day = new Date(startMs).getUTCDay();
  return new Date(startMs).getUTCHours() + (day === 0 || day === 6 ? 24 : 0);
}

const STRATA: readonly (readonly [Pairing, Stratum])[] = [
  ['hour', (startMs) => startMs],
  ['hour-of-week', (startMs) => Math.floor((startMs - MONDAY_MS) / HOUR_MS) % (WEEK_MS / HOUR_MS)],
  ['hour-of-working-day-or-weekend', hourOfKind],
  ['hour-of-day', (startMs) => Math.floor((startMs % DAY_MS) / HOUR_MS)],
  ['part-of-day', (startMs) => Math.floor((startMs % DAY_MS) / PART_MS)],
];

/** Returns which hours an hour is paired with. */
export function stratumOf(pairing: Pairing, startMs: number): number {
  const [, stratum] = STRATA.find(([name]) => name === pairing) ?? STRATA[0] ?? [];
  return stratum?.(startMs) ?? startMs;
}

/** An hour with its stratum, which is the same in every resample. */
interface StratifiedHour extends SampledHour {
  readonly stratum: number;
}

/** Returns null if the sizes share too few hours of the day. */
export function compareDurations(
  current: readonly EnvironmentSample[],
  other: readonly EnvironmentSample[],
  dice: Dice,
  resamples: number,
): Comparison | null {
  for (const [pairing, stratum] of STRATA) {
    const sides = [stratified(current, stratum), stratified(other, stratum)] as const;
    const logRatio = pairedLogRatio(sides[0].flat(), sides[1].flat());
    if (logRatio === null) continue;
    const drawn = pairing === 'hour' ? together(sides, dice) : apart(sides, dice);
    const factor = studentFactor(drawn.blocks);
    const values: number[] = [];
    for (let n = 0; n < resamples; n += 1) {
      const [left, right] = drawn.next();
      const value = pairedLogRatio(left, right, 0);
      if (value !== null) values.push(logRatio + factor * (value - logRatio));
    }
    if (values.length > resamples / 2) return { pairing, logRatio, resamples: values };
  }
  return null;
}

/** Returns mean billed durations of one size from resampled time blocks, spread for their number, ms; none from a single block. */
export function resampledMeans(
  environments: readonly EnvironmentSample[],
  dice: Dice,
  resamples: number,
): readonly number[] {
  const hours = environments.map((environment) => environment.hours);
  const blocks = blocksOf(hours).map(sumOf);
  if (blocks.length < 2) return [];
  const factor = studentFactor(blocks.length);
  const mean = meanOf(blocks);
  return Array.from({ length: resamples }, () => {
    const drawn = meanOf(draw(blocks, dice));
    return mean > 0 ? mean * Math.exp(factor * Math.log(drawn / mean)) : mean;
  });
}

/** Hours of each environment at the current size and at the other one. */
type Sides = readonly [readonly (readonly StratifiedHour[])[], readonly (readonly StratifiedHour[])[]];

function stratified(
  environments: readonly EnvironmentSample[],
  stratum: Stratum,
): readonly (readonly StratifiedHour[])[] {
  return environments.map(({ hours }) => hours.map((hour) => ({ ...hour, stratum: stratum(hour.startMs) })));
}

interface Draws {
  /** Number of blocks of the side that has fewer. */
  readonly blocks: number;
  next(): readonly [readonly StratifiedHour[], readonly StratifiedHour[]];
}

/** Resamples blocks of time with both sizes in them. */
function together(sides: Sides, dice: Dice): Draws {
  const times = new Set(sides.flat(2).map(({ startMs }) => startMs));
  const blockMs = BLOCKS_MS.find((ms) => new Set([...times].map((at) => Math.floor(at / ms))).size >= FEWEST_BLOCKS);
  const byBlock = new Map<number, [StratifiedHour[], StratifiedHour[]]>();
  for (const [at, side] of sides.entries()) {
    for (const hour of side.flat()) {
      const key = Math.floor(hour.startMs / (blockMs ?? HOUR_MS));
      const block = byBlock.get(key) ?? [[], []];
      byBlock.set(key, block);
      block[at === 0 ? 0 : 1].push(hour);
    }
  }
  const blocks = [...byBlock.values()];
  return {
    blocks: blocks.length,
    next: () => {
      const hours: readonly [StratifiedHour[], StratifiedHour[]] = [[], []];
      for (const [left, right] of draw(blocks, dice)) {
        for (const hour of left) hours[0].push(hour);
        for (const hour of right) hours[1].push(hour);
      }
      return hours;
    },
  };
}

function apart(sides: Sides, dice: Dice): Draws {
  const [left, right] = [blocksOf(sides[0]), blocksOf(sides[1])];
  return {
    blocks: Math.min(left.length, right.length),
    next: () => [draw(left, dice).flat(), draw(right, dice).flat()],
  };
}

/**
 * Regroups the hours of environments into the longest time blocks of which there are enough; returns those of each
 * environment if even hours are too few. Blocks are resampled together.
 */
export function blocksOf<Hour extends Pick<SampledHour, 'startMs'>>(
  byEnvironment: readonly (readonly Hour[])[],
): readonly (readonly Hour[])[] {
  for (const ms of BLOCKS_MS) {
    const blocks = new Map<number, Hour[]>();
    for (const hour of byEnvironment.flat()) {
      const key = Math.floor(hour.startMs / ms);
      const block = blocks.get(key) ?? [];
      blocks.set(key, block);
      block.push(hour);
    }
    if (blocks.size >= FEWEST_BLOCKS) return [...blocks.values()];
  }
  return byEnvironment;
}

/**
 * Returns the log ratio of means over shared strata. Both sides use the same weight per stratum, n₁ n₂ / (n₁ + n₂), the
 * information it carries about a difference.
 */
function pairedLogRatio(
  left: readonly StratifiedHour[],
  right: readonly StratifiedHour[],
  leastShared = LEAST_SHARED,
): number | null {
  const cells = new Map<number, Cell>();
  let [totalLeft, totalRight] = [0, 0];
  for (const { stratum, n, billedMs } of left) {
    const cell = cellOf(cells, stratum);
    cell[0] += n;
    cell[1] += billedMs;
    totalLeft += n;
  }
  for (const { stratum, n, billedMs } of right) {
    const cell = cellOf(cells, stratum);
    cell[2] += n;
    cell[3] += billedMs;
    totalRight += n;
  }
  let [sharedLeft, sharedRight, sumLeft, sumRight] = [0, 0, 0, 0];
  for (const [nLeft, msLeft, nRight, msRight] of cells.values()) {
    if (nLeft === 0 || nRight === 0) continue;
    sharedLeft += nLeft;
    sharedRight += nRight;
    const weight = (nLeft * nRight) / (nLeft + nRight);
    sumLeft += (weight * msLeft) / nLeft;
    sumRight += (weight * msRight) / nRight;
  }
  if (!(sumLeft > 0 && sumRight > 0)) return null;
  if (sharedLeft < leastShared * totalLeft || sharedRight < leastShared * totalRight) return null;
  return Math.log(sumRight / sumLeft);
}

type Cell = [nLeft: number, msLeft: number, nRight: number, msRight: number];

function cellOf(cells: Map<number, Cell>, key: number): Cell {
  const known = cells.get(key);
  if (known !== undefined) return known;
  const cell: Cell = [0, 0, 0, 0];
  cells.set(key, cell);
  return cell;
}

type Sum = Pick<SampledHour, 'n' | 'billedMs'>;

function sumOf(hours: readonly Sum[]): Sum {
  let [n, billedMs] = [0, 0];
  for (const hour of hours) {
    n += hour.n;
    billedMs += hour.billedMs;
  }
  return { n, billedMs };
}

function meanOf(hours: readonly Sum[]): number {
  const { n, billedMs } = sumOf(hours);
  return billedMs / n;
}
