/**
 * DDSketch (Masson, Rim, Lee 2019): quantiles with a relative error of at most {@link RELATIVE_ERROR}. Mergeable without
 * loss, and subtractable, so that a reclassified row can be removed from the bucket it was counted in.
 */
import { readVarint, unzigzag, writeVarint, zigzag } from './varint.ts';

/** Maximum relative error of a quantile. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Bin number for zeros where bins are stored individually. */
export const ZERO_BIN = -32_768;
/** Values at or below this (a picosecond, in ms) are counted as zero. */
const SMALLEST = 1e-9;
const GROW = 128;
/** Sketches with at most this many values keep them as a list, because most rollup buckets hold no more per commit. */
const FEW = 48;
/** Buffer that sketches are encoded into before they are copied at their length. */
let scratch = new Uint8Array(16_384);

export class Sketch {
  #zeros = 0;
  #first = 0;
  #bins = new Float64Array(0);
  /** Bins of values that are not in `#bins` yet. */
  #few: number[] = [];

  /** Removes all values. The room of their bins is kept. */
  clear(): void {
    this.#zeros = 0;
    this.#few = [];
    this.#bins.fill(0);
  }

  /** Counts `value` (≥ 0, any unit) `times` times; negative `times` removes values. */
  add(value: number, times = 1): void {
    if (value <= SMALLEST || Number.isNaN(value)) {
      this.#zeros += times;
      return;
    }
    // Not −0, which is no integer to V8: lists of bins would be compiled again for it.
    const bin = Math.ceil(Math.log(value) / LOG_GAMMA) + 0;
    if (times === 1) this.#addOne(bin);
    else this.#addBin(bin, times);
  }

  /** Adds all of `other`; `times` = -1 removes it. */
  merge(other: Sketch, times = 1): void {
    this.#zeros += other.#zeros * times;
    if (times === 1) for (const bin of other.#few) this.#addOne(bin);
    else for (const bin of other.#few) this.#addBin(bin, times);
    for (let at = 0; at < other.#bins.length; at += 1) {
      const n = other.#bins[at] ?? 0;
      if (n !== 0) this.#addBin(other.#first + at, n * times);
    }
  }

  /**
   * Adds an {@link encode}d sketch, the bytes from `from` to `end`, without decoding it first. This is the inner loop of every
   * list and chart.
   */
  mergeEncoded(bytes: Uint8Array, from = 0, end = bytes.length): void {
    if (from >= end) return;
    const reader = { bytes, at: from };
    this.#zeros += unzigzag(readVarint(reader));
    let { at } = reader;
    let bin = 0;
    let bins = this.#bins;
    let first = this.#first;
    while (at < end) {
      // Fast path: neighbouring bins with small counts take one byte each.
      const step = bytes[at] ?? 0;
      let times = bytes[at + 1] ?? 0;
      if (step < 128 && times < 128 && at + 1 < end) {
        at += 2;
        bin += (step >>> 1) ^ -(step & 1);
        times = (times >>> 1) ^ -(times & 1);
      } else {
        reader.at = at;
        bin += unzigzag(readVarint(reader));
        times = unzigzag(readVarint(reader));
        at = reader.at;
      }
      if (bin < first || bin >= first + bins.length) {
        this.#cover(bin);
        bins = this.#bins;
        first = this.#first;
      }
      bins[bin - first] = (bins[bin - first] ?? 0) + times;
    }
  }

  /** Counts `times` values of a bin; {@link ZERO_BIN} counts zeros. */
  addBin(bin: number, times: number): void {
    if (bin === ZERO_BIN) this.#zeros += times;
    else this.#addBin(bin, times);
  }

  /** Calls {@link addBin} for several bins, in ascending order. */
  addBins(bins: readonly number[], times: readonly number[]): void {
    const first = (bins[0] === ZERO_BIN ? bins[1] : bins[0]) ?? 0;
    const last = bins.at(-1) ?? 0;
    if (this.#bins.length === 0 && last > first) {
      // Allocates room for all bins at once.
      this.#first = first;
      this.#bins = new Float64Array(last - first + 1);
    }
    for (let at = 0; at < bins.length; at += 1) this.addBin(bins[at] ?? 0, times[at] ?? 0);
  }

  /** Number of values counted. */
  get count(): number {
    const bins = this.#bins;
    let n = this.#zeros + this.#few.length;
    for (let at = 0; at < bins.length; at += 1) n += bins[at] ?? 0;
    return n;
  }

  /**
   * Returns the value at rank ⌈q·n⌉ (inverse of the empirical distribution function, no interpolation), within {@link
   * RELATIVE_ERROR}; null if empty.
   */
  quantile(q: number): number | null {
    return this.quantiles([q])[0] ?? null;
  }

  /** Returns {@link quantile} for several ascending `qs` in one pass. */
  quantiles(qs: readonly number[]): readonly (number | null)[] {
    this.#settle();
    const n = this.count;
    if (n <= 0) return qs.map(() => null);
    const ranks = qs.map((q) => Math.max(1, Math.ceil(q * n)));
    const values: number[] = [];
    const bins = this.#bins;
    let seen = this.#zeros;
    let rank = ranks[0] ?? Number.POSITIVE_INFINITY;
    for (let at = -1; at < bins.length && values.length < ranks.length; at += 1) {
      if (at >= 0) seen += bins[at] ?? 0;
      while (seen >= rank) {
        values.push(at < 0 ? 0 : binValue(this.#first + at));
        rank = ranks[values.length] ?? Number.POSITIVE_INFINITY;
      }
    }
    return qs.map((_, at) => values[at] ?? null);
  }

  /** Returns `[upper bound, count]` of each non-empty bin, ascending. */
  histogram(): readonly (readonly [upTo: number, n: number])[] {
    this.#settle();
    const bins: [number, number][] = this.#zeros === 0 ? [] : [[0, this.#zeros]];
    for (let at = 0; at < this.#bins.length; at += 1) {
      const n = this.#bins[at] ?? 0;
      if (n !== 0) bins.push([upperBound(this.#first + at), n]);
    }
    return bins;
  }

  /** Returns `[bin, count]` of each non-empty bin, with zeros as {@link ZERO_BIN}; input for {@link addBin}. */
  bins(): readonly (readonly [bin: number, n: number])[] {
    const bins: [number, number][] = [];
    this.forEachBin((bin, n) => bins.push([bin, n]));
    return bins;
  }

  /** Calls `visit` for each of {@link bins}. */
  forEachBin(visit: (bin: number, n: number) => void): void {
    this.#settle();
    if (this.#zeros !== 0) visit(ZERO_BIN, this.#zeros);
    for (let at = 0; at < this.#bins.length; at += 1) {
      const n = this.#bins[at] ?? 0;
      if (n !== 0) visit(this.#first + at, n);
    }
  }

  /** Encodes as varints: zero count, then (distance to the previous bin, count) pairs. About three bytes per bin. */
  encode(): Uint8Array {
    if (this.#bins.length > 0) this.#settle();
    let size = writeVarint(scratch, 0, zigzag(this.#zeros));
    const empty = this.#zeros === 0;
    const start = size;
    let previous = 0;
    const few = this.#few.toSorted(ascending);
    for (let at = 0; at < few.length; ) {
      const bin = few[at] ?? 0;
      let n = 1;
      while (few[at + n] === bin) n += 1;
      size = writeVarint(scratch, size, zigzag(bin - previous));
      size = writeVarint(scratch, size, zigzag(n));
      previous = bin;
      at += n;
    }
    for (let at = 0; at < this.#bins.length; at += 1) {
      const n = this.#bins[at] ?? 0;
      if (n === 0) continue;
      if (size + 32 > scratch.length)
        scratch = Uint8Array.from({ length: scratch.length * 2 }, (_, byte) => scratch[byte] ?? 0);
      const bin = this.#first + at;
      size = writeVarint(scratch, size, zigzag(bin - previous));
      size = writeVarint(scratch, size, zigzag(n));
      previous = bin;
    }
    return empty && size === start ? new Uint8Array(0) : scratch.slice(0, size);
  }

  static decode(bytes: Uint8Array): Sketch {
    const sketch = new Sketch();
    sketch.mergeEncoded(bytes);
    return sketch;
  }

  #addOne(bin: number): void {
    if (this.#bins.length > 0) this.#addBin(bin, 1);
    else if (this.#few.push(bin) > FEW) this.#settle();
  }

  /** Moves the listed values into bins. */
  #settle(): void {
    if (this.#few.length === 0) return;
    const few = this.#few;
    this.#few = [];
    let first = few[0] ?? 0;
    let last = first;
    for (const bin of few) {
      if (bin < first) first = bin;
      if (bin > last) last = bin;
    }
    if (this.#bins.length === 0) {
      this.#first = first;
      this.#bins = new Float64Array(last - first + 1);
    }
    for (const bin of few) this.#addBin(bin, 1);
  }

  #addBin(bin: number, n: number): void {
    const at = bin - this.#first;
    if (at < 0 || at >= this.#bins.length) this.#cover(bin);
    const index = bin - this.#first;
    this.#bins[index] = (this.#bins[index] ?? 0) + n;
  }

  #cover(bin: number): void {
    if (this.#bins.length === 0) {
      this.#first = bin - GROW / 2;
      this.#bins = new Float64Array(GROW);
      return;
    }
    const last = this.#first + this.#bins.length - 1;
    const first = bin < this.#first ? bin - GROW : this.#first;
    const end = bin > last ? bin + GROW : last;
    const bins = new Float64Array(end - first + 1);
    bins.set(this.#bins, this.#first - first);
    this.#first = first;
    this.#bins = bins;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** The values of a bin: above `low`, up to `high`. Zeros have a bin of their own. */
export function binEdges(bin: number): readonly [low: number, high: number] {
  return bin === ZERO_BIN ? [0, 0] : [GAMMA ** (bin - 1), GAMMA ** bin];
}

/** Bins from −2048 to 2047 have their bounds remembered: all values between 1e−17 and 1e17. */
const MOST_BOUNDS = 4096;
const bounds = new Float64Array(MOST_BOUNDS);

/** The upper bound of a bin, by which histograms name it; 0 for {@link ZERO_BIN}. */
export function boundOf(bin: number): number {
  return bin === ZERO_BIN ? 0 : upperBound(bin);
}

/** GAMMA ** bin: to compute a power for every bin of many sketches takes longer than to look it up. */
function upperBound(bin: number): number {
  const at = bin + MOST_BOUNDS / 2;
  const known = bounds[at] ?? 0;
  if (known > 0) return known;
  const bound = GAMMA ** bin;
  // No effect beyond the ends.
  bounds[at] = bound;
  return bound;
}

function binValue(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}
