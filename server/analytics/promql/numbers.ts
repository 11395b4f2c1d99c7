/** Arithmetic as Go does it, where JavaScript differs, and sums without loss. */

/** `math.Pow` of Go: 1 to any power is 1, and so is −1 to an infinite one. */
export function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** Sum with the compensation of Neumaier. */
export function sumOf(values: ArrayLike<number>, from: number, end: number): number {
  let sum = 0;
  let lost = 0;
  for (let at = from; at < end; at += 1) {
    const value = values[at] ?? 0;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

/** A mean that is updated value by value: it does not overflow, and infinities stay what they are. */
export class Mean {
  #mean: number;
  #count: number;

  /** Without values, or with the first one. */
  constructor(first?: number) {
    this.#mean = first ?? 0;
    this.#count = first === undefined ? 0 : 1;
  }

  add(value: number): void {
    this.#count += 1;
    const mean = this.#mean;
    if (isInfinite(mean)) {
      if (isInfinite(value) && mean > 0 === value > 0) return;
      if (Number.isFinite(value)) return;
    }
    this.#mean = mean + (value / this.#count - mean / this.#count);
  }

  get value(): number {
    return this.#mean;
  }
}

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** Population variance, by Welford's method. */
export function varianceOf(values: ArrayLike<number>, from: number, end: number): number {
  return varianceAfter({ count: 0, mean: 0 }, values, from, end);
}

/** Population variance of a vector's values: that of a single one is 0, even where the value is not a finite number. */
export function varianceAcross(values: readonly number[]): number {
  return varianceAfter({ count: 1, mean: values[0] ?? 0 }, values, 1, values.length);
}

function varianceAfter(
  first: { readonly count: number; readonly mean: number },
  values: ArrayLike<number>,
  from: number,
  end: number,
): number {
  let { count, mean } = first;
  let squares = 0;
  for (let at = from; at < end; at += 1) {
    const value = values[at] ?? 0;
    count += 1;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return squares / count;
}

/** Quantile with linear interpolation between ranks; NaN sorts first. */
export function quantileOf(q: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const ordered = values.toSorted(nanFirst);
  const rank = q * (ordered.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(ordered.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (ordered[lower] ?? 0) * (1 - weight) + (ordered[upper] ?? 0) * weight;
}

/** Order of values in which NaN is the smallest. */
export function nanFirst(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
