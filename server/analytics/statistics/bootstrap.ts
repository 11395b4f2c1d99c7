/** Block bootstrap (Efron 1979): invocations of one environment are correlated, so they are resampled together. */
import { normalDraw } from './normal.ts';
import { quantileOf } from './order.ts';

/** Uniform random number in [0, 1). */
export type Dice = () => number;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const RESAMPLES = 1000;

/** Returns the statistic of each resample: blocks drawn with replacement. Drops resamples without a finite statistic. */
export function bootstrap<Block>(
  blocks: readonly Block[],
  statistic: (drawn: readonly Block[]) => number,
  dice: Dice,
  resamples = RESAMPLES,
): Float64Array {
  const values: number[] = [];
  for (let n = 0; n < resamples; n += 1) {
    const value = statistic(draw(blocks, dice));
    if (Number.isFinite(value)) values.push(value);
  }
  return Float64Array.from(values).toSorted();
}

/** Draws as many blocks as there are, with replacement. */
export function draw<Block>(blocks: readonly Block[], dice: Dice): Block[] {
  const drawn: Block[] = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[Math.floor(dice() * blocks.length)];
    if (block !== undefined) drawn.push(block);
  }
  return drawn;
}

/** Above this mean, uses a rounded normal distribution. */
const LARGE = 30;

/** Draws from a Poisson distribution: approximately how often a block occurs in a resample. */
export function poisson(mean: number, dice: Dice): number {
  if (mean > LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalDraw(dice)));
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = dice(); product > limit; product *= dice()) n += 1;
  return n;
}

/** Returns the percentile interval of sorted resamples; null if there are none. */
export function percentileInterval(sorted: Float64Array, confidence = 0.95): Interval | null {
  if (sorted.length === 0) return null;
  const tail = (1 - confidence) / 2;
  return { low: quantileOf(sorted, tail), high: quantileOf(sorted, 1 - tail) };
}
