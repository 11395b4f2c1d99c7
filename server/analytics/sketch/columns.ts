/** Sketches one after the other in two lists: blocks of comparisons are many small ones, which need no objects of their own. */
import type { Sketch } from './sketch.ts';
import { boundOf, ZERO_BIN } from './sketch.ts';
import { readVarint, unzigzag } from './varint.ts';

/** A sketch in lists that others may share: from place `from` up to, not including, `end`. */
export interface SketchColumns {
  /** The bins that are not empty, ascending, with zeros as {@link ZERO_BIN}. */
  readonly bins: Int32Array;
  readonly counts: Float64Array;
  readonly from: number;
  readonly end: number;
}

const FIRST_PLACES = 4096;

/** Collects sketches. */
export class SketchList {
  #bins = new Int32Array(FIRST_PLACES);
  #counts = new Float64Array(FIRST_PLACES);
  #length = 0;

  /** Where the next sketch begins. */
  get length(): number {
    return this.#length;
  }

  /** The lists of all sketches so far. */
  lists(): Pick<SketchColumns, 'bins' | 'counts'> {
    return { bins: this.#bins.slice(0, this.#length), counts: this.#counts.slice(0, this.#length) };
  }

  add(sketch: Sketch): void {
    sketch.forEachBin((bin, n) => {
      this.#reserve(1);
      this.#bins[this.#length] = bin;
      this.#counts[this.#length] = n;
      this.#length += 1;
    });
  }

  /** Adds an {@link Sketch.encode}d sketch, the bytes from `from` to `end`. */
  addEncoded(bytes: Uint8Array, from: number, end: number): void {
    if (from >= end) return;
    // Every number takes a byte, and every bin has two numbers; zeros have one.
    this.#reserve(1 + ((end - from) >> 1));
    const [bins, counts] = [this.#bins, this.#counts];
    const reader = { bytes, at: from };
    const zeros = unzigzag(readVarint(reader));
    let { at } = reader;
    let place = this.#length;
    if (zeros !== 0) {
      bins[place] = ZERO_BIN;
      counts[place] = zeros;
      place += 1;
    }
    let bin = 0;
    while (at < end) {
      const step = bytes[at] ?? 0;
      let times = bytes[at + 1] ?? 0;
      // Neighbouring bins with small counts take one byte each.
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
      bins[place] = bin;
      counts[place] = times;
      place += 1;
    }
    this.#length = place;
  }

  /** `[upper bound, count]` of each bin of all sketches together that is not empty, ascending. */
  histogram(): readonly (readonly [upTo: number, n: number])[] {
    const [bins, counts, length] = [this.#bins, this.#counts, this.#length];
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < length; at += 1) {
      const bin = bins[at] ?? 0;
      if (bin === ZERO_BIN) continue;
      if (bin < first) first = bin;
      if (bin > last) last = bin;
    }
    const sums = new Float64Array(Math.max(0, last - first + 1));
    let zeros = 0;
    for (let at = 0; at < length; at += 1) {
      const bin = bins[at] ?? 0;
      const n = counts[at] ?? 0;
      if (bin === ZERO_BIN) zeros += n;
      else sums[bin - first] = (sums[bin - first] ?? 0) + n;
    }
    const histogram: [number, number][] = zeros === 0 ? [] : [[0, zeros]];
    for (let place = 0; place < sums.length; place += 1) {
      const n = sums[place] ?? 0;
      if (n !== 0) histogram.push([boundOf(first + place), n]);
    }
    return histogram;
  }

  #reserve(places: number): void {
    const least = this.#length + places;
    if (least <= this.#bins.length) return;
    const size = Math.max(least, 2 * this.#bins.length);
    const [bins, counts] = [new Int32Array(size), new Float64Array(size)];
    bins.set(this.#bins);
    counts.set(this.#counts);
    [this.#bins, this.#counts] = [bins, counts];
  }
}

/** One sketch in lists of its own. */
export function columnsOfSketch(sketch: Sketch): SketchColumns {
  const list = new SketchList();
  list.add(sketch);
  return { ...list.lists(), from: 0, end: list.length };
}

/** The bins of a sketch, as {@link Sketch.bins} returns them. */
export function binsIn({ bins, counts, from, end }: SketchColumns): readonly (readonly [bin: number, n: number])[] {
  return Array.from(bins.subarray(from, end), (bin, at) => [bin, counts[from + at] ?? 0] as const);
}
