/** The bootstrap (Efron 1979) over whole blocks: what happened in one environment is correlated, and is drawn together. */
import { normalDraw } from './normal.ts';
import { quantileOf } from './order.ts';

/** Uniform in [0, 1). */
export type Dice = () => number;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const RESAMPLES = 1000;

/** The statistic of each resample: blocks drawn with replacement. Resamples without a finite statistic are left out. */
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

/** As many as there are, with replacement. */
export function draw<Block>(blocks: readonly Block[], dice: Dice): Block[] {
  const drawn: Block[] = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[Math.floor(dice() * blocks.length)];
    if (block !== undefined) drawn.push(block);
  }
  return drawn;
}

/** Beyond this mean the Poisson distribution is drawn as a rounded normal one. */
const LARGE = 30;

/** One draw from the Poisson distribution: how often a block is drawn when as many are drawn as there are. */
export function poisson(mean: number, dice: Dice): number {
  if (mean > LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalDraw(dice)));
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = dice(); product > limit; product *= dice()) n += 1;
  return n;
}

/** The percentile interval of sorted resamples; null where there are none. */
export function percentileInterval(sorted: Float64Array, confidence = 0.95): Interval | null {
  if (sorted.length === 0) return null;
  const tail = (1 - confidence) / 2;
  return { low: quantileOf(sorted, tail), high: quantileOf(sorted, 1 - tail) };
}
