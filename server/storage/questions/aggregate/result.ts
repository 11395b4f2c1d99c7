/** Collects rollup rows into the groups and points of an aggregate query. */
import { globMatches } from '../../../../ingest/text/glob.ts';
import { runtimeOf } from '../../../analytics/runtimes/identifier.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { addCounts, addUsage, noCounts } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import type { Blocks } from '../../rollup/rate-blocks.ts';
import { blocksOf, RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { Counts, ResolvedRange, UsageSlice } from '../shared-types.ts';
import type {
  Aggregate,
  AggregatePoint,
  AggregateQuery,
  Dimension,
  DimensionValue,
  TagDimension,
  TagValues,
} from './types.ts';

/** Dimensions of a rollup row. */
export interface Slice {
  readonly owner: FunctionIdentity;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
}

/** Parts of the range in which the query counts what rates are made of; null if it does not. */
export function rateBlocksOf({ rates }: AggregateQuery, range: ResolvedRange): Blocks | null {
  return rates === true ? blocksOf(range) : null;
}

/** Bucket width for totals, ms: wider than any range, so everything falls into one bucket. */
export const WHOLE_MS = 1e15;

export class Groups {
  readonly #query: AggregateQuery;
  readonly #blocks: Blocks | null;
  readonly #groups = new Map<string, Group>();
  /** Every row asks for the group of its slice. */
  readonly #groupOf = new WeakMap<Slice, Group>();

  constructor(query: AggregateQuery, blocks: Blocks | null) {
    this.#query = query;
    this.#blocks = blocks;
  }

  /** Finds or creates the point of the slice's group for the bucket that begins at `at`. */
  pointAt(slice: Slice, at: number): Point {
    const entry = this.#entryOf(slice);
    let point = entry.points.get(at);
    if (point === undefined) {
      point = new Point(this.#query.widthMs === null ? null : at);
      entry.points.set(at, point);
    }
    return point;
  }

  /** Parts of the range of the slice's group; null if the query does not ask for them. */
  blocksOf(slice: Slice): RateBlocksBuilder | null {
    return this.#entryOf(slice).blocks;
  }

  /** Text that is the same for slices whose rows are added to the same group and the same usage of its points. */
  usageKey(slice: Slice): string {
    const { owner, version, memoryMb, architecture } = slice;
    return JSON.stringify([this.#groupOfSlice(slice), owner.region, version, memoryMb, architecture]);
  }

  #groupOfSlice(slice: Slice): readonly DimensionValue[] {
    const { groupBy, tags } = this.#query;
    return groupBy.map((field) => dimensionOf(slice, field, tags));
  }

  #entryOf(slice: Slice): Group {
    return this.#groupOf.get(slice) ?? this.#findGroup(slice);
  }

  #findGroup(slice: Slice): Group {
    const group = this.#groupOfSlice(slice);
    const key = JSON.stringify(group);
    const blocks = this.#blocks === null ? null : new RateBlocksBuilder(this.#blocks);
    const entry = this.#groups.get(key) ?? { group, points: new Map<number, Point>(), blocks };
    this.#groups.set(key, entry);
    this.#groupOf.set(slice, entry);
    return entry;
  }

  answer(range: ResolvedRange): Aggregate {
    return {
      range,
      groups: [...this.#groups.values()].map(({ group, points, blocks }) => ({
        group,
        blocks: blocks?.lists() ?? null,
        points: [...points].toSorted(([a], [b]) => a - b).map(([, one]) => one.toPoint(this.#query.quantiles)),
      })),
    };
  }
}

interface Group {
  readonly group: readonly DimensionValue[];
  readonly points: Map<number, Point>;
  readonly blocks: RateBlocksBuilder | null;
}

class Point {
  readonly sketch = new Sketch();
  readonly #fromMs: number | null;
  readonly #counts: Record<ReadColumn, number> = noCounts();
  readonly #usage = new Map<string, UsageSlice[]>();
  #maxMemoryMb: number | null = null;

  constructor(fromMs: number | null) {
    this.#fromMs = fromMs;
  }

  add(counts: Counts, maxMemoryMb: number | null, slice: Slice): void {
    addCounts(this.#counts, counts);
    const { region } = slice.owner;
    const usage = this.#usage.get(region) ?? [];
    this.#usage.set(region, usage);
    addUsage(usage, slice, counts);
    if (maxMemoryMb !== null) this.#maxMemoryMb = Math.max(this.#maxMemoryMb ?? 0, maxMemoryMb);
  }

  toPoint(quantiles: readonly number[]): AggregatePoint {
    return {
      fromMs: this.#fromMs,
      counts: this.#counts,
      maxMemoryMb: this.#maxMemoryMb,
      usage: [...this.#usage].flatMap(([region, slices]) => slices.map((one) => ({ ...one, region }))),
      quantiles: this.sketch.quantiles(quantiles),
      n: this.sketch.count,
    };
  }
}

/** Returns whether the slice passes every filter of the query. Of tags, `null` is to have none with this key. */
export function passes(slice: Slice, { filters, tags }: AggregateQuery): boolean {
  return filters.every(
    ({ field, values, not, isGlob = false }) =>
      values.some((value) => {
        if (isGlob) return isLike(slice, field, value, tags);
        const own = dimensionOf(slice, field, tags);
        return isTag(field) ? own === (value === null ? null : String(value)) : isSame(own, value);
      }) !== not,
  );
}

function isTag(field: Dimension): field is TagDimension {
  return field.startsWith('tag.');
}

function dimensionOf(
  { owner, version, memoryMb, architecture }: Slice,
  field: Dimension,
  tags: TagValues | undefined,
): DimensionValue {
  if (isTag(field)) return tags?.get(field)?.get(owner.functionId) ?? null;
  switch (field) {
    case 'function':
      return `${owner.account}:${owner.region}:${owner.name}`;
    case 'account':
      return owner.account;
    case 'region':
      return owner.region;
    case 'version':
      return version;
    case 'memoryMb':
      return memoryMb;
    case 'architecture':
      return architecture;
    case 'runtime':
      return runtimeOf(owner);
    case 'vpc':
      return owner.vpc;
    case 'packageType':
      return owner.packageType;
  }
}

/** Functions match by their name or their id. */
function isLike(slice: Slice, field: Dimension, pattern: DimensionValue, tags: TagValues | undefined): boolean {
  const own = dimensionOf(slice, field, tags);
  if (own === null || pattern === null) return false;
  const isMatch = (text: string): boolean => globMatches(String(pattern), text);
  return isMatch(String(own)) || (field === 'function' && isMatch(slice.owner.name));
}

/** Compares loosely: numbers may be given as text, and functions by their plain name. */
function isSame(own: DimensionValue, wanted: DimensionValue): boolean {
  if (own === wanted) return true;
  if (own === null || wanted === null) return false;
  return String(own) === String(wanted) || (typeof own === 'string' && own.endsWith(`:${String(wanted)}`));
}
