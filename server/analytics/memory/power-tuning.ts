/**
 * Calculations and formats of AWS Lambda Power Tuning (version 4.4.0), so that its results can be reproduced and compared
 * with ours. It counts SnapStart's billed restore twice, although Billed Duration contains it; this code does the same.
 */

export interface TunedSize {
  readonly memoryMb: number;
  /** Dollars per invocation. */
  readonly averagePrice: number;
  readonly averageDurationMs: number;
}

export type Strategy = 'cost' | 'speed' | 'balanced';

const DISCARD = 0.2;
const MOST_DISCARDED = 0.4;
const SMALLEST_MB = 128;

/** Returns the mean after dropping the share `discard` (at most 0.4) at both ends; 0 for no values. */
export function trimmedMean(values: readonly number[], discard = DISCARD): number {
  const drop = Math.floor(values.length * Math.min(MOST_DISCARDED, Math.max(0, discard)));
  const kept = values.toSorted((a, b) => a - b).slice(drop, values.length - drop);
  return kept.length === 0 ? 0 : kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** Returns the cost of runs in dollars; `basePrice` is dollars per ms at 128 MB. */
export function totalPrice(billedMs: readonly number[], memoryMb: number, basePrice: number): number {
  const perMs = (basePrice * memoryMb) / SMALLEST_MB;
  return billedMs.reduce((sum, billed) => sum + Math.ceil(billed) * perMs, 0);
}

/** Returns the cost of one typical run in dollars. */
export function averagePrice(billedMs: readonly number[], memoryMb: number, basePrice: number): number {
  return (Math.ceil(trimmedMean(billedMs)) * basePrice * memoryMb) / SMALLEST_MB;
}

/** Returns the cost of the state machine that ran the measurements, in dollars, from its transitions. */
export function stateMachinePrice(perTransition: number, sizes: number, runs: number, onlyColdStarts: boolean): number {
  const transitions = onlyColdStarts ? 6 + sizes + 2 * sizes * runs : 6 + 3 * sizes;
  return Number((perTransition * transitions).toFixed(5));
}

/**
 * Returns the size that a strategy prefers: the cheapest, the fastest, or the one with the smallest weight · cost /
 * highest cost + (1 − weight) · duration / longest duration. Ties go to the other criterion. Null without sizes.
 */
export function preferred(sizes: readonly TunedSize[], strategy: Strategy, weight = 0.5): TunedSize | null {
  const measured = sizes.filter((size) => size.averageDurationMs > 0);
  const dearest = Math.max(...measured.map((size) => size.averagePrice));
  const slowest = Math.max(...measured.map((size) => size.averageDurationMs));
  const w = Math.min(1, Math.max(0, weight));
  const rank = (size: TunedSize): readonly [number, number] => {
    const { averagePrice: price, averageDurationMs: duration } = size;
    if (strategy === 'cost') return [price, duration];
    if (strategy === 'speed') return [duration, price];
    return [(w * price) / dearest + ((1 - w) * duration) / slowest, 0];
  };
  const ranked = measured.map((size) => ({ size, rank: rank(size) }));
  const best = ranked.toSorted((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1])[0];
  return best?.size ?? null;
}

/** Returns the URL of the AWS Lambda Power Tuning visualizer for these sizes. It contains only these numbers. */
export function visualizationUrl(sizes: readonly TunedSize[]): string {
  const sorted = sizes.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const n = sorted.length;
  const [memory, durations, prices] = [new DataView(new ArrayBuffer(2 * n)), floats(n), floats(n)];
  for (const [at, size] of sorted.entries()) {
    memory.setInt16(2 * at, size.memoryMb, true);
    durations.setFloat32(4 * at, size.averageDurationMs, true);
    prices.setFloat32(4 * at, size.averagePrice, true);
  }
  return `https://lambda-power-tuning.show/#${[memory, durations, prices].map(base64).join(';')}`;
}

const LARGEST_MB = 10_240;
/** Where the size of the function is not known. */
const USUAL_MB = 512;
const FACTORS = [1, 2, 4] as const;

/**
 * Returns the sizes to measure, MB, ascending: half, once, twice and four times the current one. None is below the smallest safe one
 * (`floorMb`), where the measurement itself would run out of memory; where that is not known, none is below the current size.
 */
export function sizesToMeasure(currentMb: number | null, floorMb: number | null): readonly number[] {
  const current = currentMb ?? USUAL_MB;
  const least = Math.max(floorMb ?? current, Math.round(current / 2));
  const larger = FACTORS.map((factor) => factor * current).filter((size) => size > least);
  // One size alone decides nothing.
  const sizes = [least, ...(larger.length === 0 ? [2 * least] : larger)].map((size) => clamp(size));
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}

function clamp(sizeMb: number): number {
  return Math.min(LARGEST_MB, Math.max(SMALLEST_MB, sizeMb));
}

/** Returns input for its state machine: the measurement that answers what the logs cannot. */
export function tuningInput(functionArn: string, sizesMb: readonly number[]): object {
  return {
    lambdaARN: functionArn,
    powerValues: sizesMb,
    num: 50,
    payload: {},
    parallelInvocation: false,
    strategy: 'cost',
  };
}

function floats(n: number): DataView {
  return new DataView(new ArrayBuffer(4 * n));
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(view: DataView): string {
  let text = '';
  for (let at = 0; at < view.byteLength; at += 3) {
    const left = view.byteLength - at;
    const bits =
      (view.getUint8(at) << 16) |
      ((left > 1 ? view.getUint8(at + 1) : 0) << 8) |
      (left > 2 ? view.getUint8(at + 2) : 0);
    for (let digit = 0; digit < 4; digit += 1) {
      text += digit <= left ? DIGITS[(bits >> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return text;
}
