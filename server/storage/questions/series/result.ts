/** Collects rollup rows into slices and buckets. */
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { compareText } from '../../../../ingest/text/compare-text.ts';
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import type { Sketch } from '../../../analytics/sketch/sketch.ts';
import { RELATIVE_ERROR } from '../../../analytics/sketch/sketch.ts';
import { entryOf } from '../../map-entry.ts';
import { READ_COLUMNS } from '../../rollup/bucket.ts';
import { isSelected } from '../../selected.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { ResolvedRange } from '../shared-types.ts';
import { HISTOGRAM_BOUNDS_MS } from './bounds.ts';
import { testOf } from './matchers.ts';
import type { BucketSums, RollupSeries, SeriesQuery, SeriesSlice } from './types.ts';

/** Dimensions of a rollup row. */
export interface SliceKey {
  readonly owner: FunctionIdentity;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

const OWN_LABELS = ['function', 'account', 'region'] as const;
const SLICE_LABELS = ['version', 'memory_mb', 'architecture'] as const;

/** Values of the labels of a slice; empty where a value is not known. */
function labelOf({ owner, version, memoryMb, architecture }: SliceKey, name: string): string {
  switch (name) {
    case 'function':
      return owner.name;
    case 'account':
      return owner.account;
    case 'region':
      return owner.region;
    case 'version':
      return version ?? '';
    case 'memory_mb':
      return memoryMb === null ? '' : String(memoryMb);
    case 'architecture':
      return architecture ?? '';
    default:
      return '';
  }
}

type Test = (key: SliceKey) => boolean;

function testsOf(selectors: readonly (readonly LabelMatcher[])[], names: readonly string[]): Test {
  const all = selectors.map((matchers) =>
    matchers.filter(({ name }) => names.includes(name)).map((one) => ({ name: one.name, test: testOf(one) })),
  );
  return (key) => all.some((tests) => tests.every(({ name, test }) => test(labelOf(key, name))));
}

/** What the question reads: the buckets of the range, and what was before them. */
export interface Extent {
  readonly range: ResolvedRange;
  /** Ends where the range begins. Always at least a day, so that counters do not begin at zero inside the range. */
  readonly before: ResolvedRange;
}

/** `keptMs`: width of the finest rollups that are stored of a range. */
export function extentOf({ fromMs, toMs, widthMs }: SeriesQuery, keptMs: (from: number) => number): Extent {
  const width = Math.max(widthMs, keptMs(fromMs));
  const first = Math.floor(fromMs / width) * width;
  const last = Math.max(first, Math.floor(toMs / width) * width);
  const beforeMs = (Math.floor(first / DAY_MS) - 1) * DAY_MS;
  return {
    range: { fromMs: first, toMs: last, widthMs: width },
    before: { fromMs: beforeMs, toMs: first, widthMs: Math.max(width, keptMs(beforeMs)) },
  };
}

class Sums {
  readonly counts = new Float64Array(READ_COLUMNS.length);
  maxMemoryMb: number | null = null;
  #duration: Float64Array | null = null;
  readonly #init: (Float64Array | null)[] = COLD_START_KINDS.map(() => null);
  #causes: Float64Array | null = null;

  add(counts: ArrayLike<number>, maxMemoryMb: number | null): void {
    for (let at = 0; at < this.counts.length; at += 1) this.counts[at] = (this.counts[at] ?? 0) + (counts[at] ?? 0);
    if (maxMemoryMb !== null) this.maxMemoryMb = Math.max(this.maxMemoryMb ?? 0, maxMemoryMb);
  }

  addDuration(sketch: Sketch): void {
    this.#duration ??= new Float64Array(HISTOGRAM_BOUNDS_MS.length + 2);
    addValues(this.#duration, sketch);
  }

  addInit(kind: ColdStartKind, sketch: Sketch): void {
    if (sketch.count === 0) return;
    const at = COLD_START_KINDS.indexOf(kind);
    const histogram = this.#init[at] ?? new Float64Array(HISTOGRAM_BOUNDS_MS.length + 2);
    this.#init[at] = histogram;
    addValues(histogram, sketch);
  }

  addCause(cause: Cause, n: number): void {
    this.#causes ??= new Float64Array(CAUSES.length);
    const at = CAUSES.indexOf(cause);
    this.#causes[at] = (this.#causes[at] ?? 0) + n;
  }

  result(): BucketSums {
    const { counts, maxMemoryMb } = this;
    return { counts, maxMemoryMb, duration: this.#duration, init: this.#init, causes: this.#causes };
  }
}

/** Adds the values of a sketch to a histogram: counts by bound, those above all bounds, and the sum. */
function addValues(into: Float64Array, sketch: Sketch): void {
  const above = HISTOGRAM_BOUNDS_MS.length;
  for (const [upTo, n] of sketch.histogram()) {
    // The value whose relative error is the same to both ends of the bin.
    const ms = upTo * (1 - RELATIVE_ERROR);
    const found = HISTOGRAM_BOUNDS_MS.findIndex((bound) => ms <= bound);
    const at = found === -1 ? above : found;
    into[at] = (into[at] ?? 0) + n;
    into[above + 1] = (into[above + 1] ?? 0) + ms * n;
  }
}

interface Slice {
  readonly key: SliceKey;
  readonly before: Sums;
  readonly buckets: Map<number, Sums>;
}

export class SliceCollector {
  readonly #query: SeriesQuery;
  readonly #isSelected: ReturnType<typeof isSelected>;
  readonly #passesOwner: Test;
  readonly #passes: Test;
  readonly #slices = new Map<string, Slice>();
  /** Rows of one series share their key, whose text is written once. */
  readonly #known = new WeakMap<SliceKey, Slice>();
  #rows = 0;

  constructor(query: SeriesQuery) {
    this.#query = query;
    this.#isSelected = isSelected(query.selected);
    this.#passesOwner = testsOf(query.selectors, OWN_LABELS);
    this.#passes = testsOf(query.selectors, [...OWN_LABELS, ...SLICE_LABELS]);
  }

  /** Whether a slice of the function may pass. */
  wantsFunction(owner: FunctionIdentity): boolean {
    return this.#isSelected(owner) && this.#passesOwner({ owner, version: null, memoryMb: null, architecture: null });
  }

  wants(key: SliceKey): boolean {
    return this.#passes(key);
  }

  /** Counts a row that was read. @throws RangeError if there are too many */
  countRow(): void {
    this.#rows += 1;
    const { maxRows } = this.#query;
    if (this.#rows > maxRows)
      throw new RangeError(
        `series: the query reads more than ${maxRows} rollup rows. Select fewer functions, or a shorter time range`,
      );
  }

  /** The sums that a row of the slice belongs to; `atMs`: start of its bucket, or null before the range. */
  sumsAt(key: SliceKey, atMs: number | null): Sums {
    let slice = this.#known.get(key);
    if (slice === undefined) {
      slice = entryOf(this.#slices, textOf(key), () => ({ key, before: new Sums(), buckets: new Map() }));
      this.#known.set(key, slice);
    }
    return atMs === null ? slice.before : entryOf(slice.buckets, atMs, () => new Sums());
  }

  answer(range: ResolvedRange): RollupSeries {
    const slices = [...this.#slices].toSorted(([a], [b]) => compareText(a, b)).map(([, slice]) => resultOf(slice));
    return { range, slices };
  }
}

function textOf({ owner, version, memoryMb, architecture }: SliceKey): string {
  return JSON.stringify([owner.name, owner.account, owner.region, version, memoryMb, architecture]);
}

function resultOf({ key, before, buckets }: Slice): SeriesSlice {
  const { owner, version, memoryMb, architecture } = key;
  return {
    function: owner.name,
    account: owner.account,
    region: owner.region,
    version,
    memoryMb,
    architecture,
    runtime: owner.runtime,
    packageType: owner.packageType,
    before: before.result(),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([atMs, sums]) => ({ atMs, ...sums.result() })),
  };
}
