/** Slices with counters that only increase, at one time or at the end of each bucket. */
import type {
  RollupSeries,
  SeriesSlice as RollupSlice,
  SeriesBucket,
} from '../../../storage/questions/series/types.ts';
import { counterRow, sumsOfRow } from './counter-columns.ts';
import type { CounterLedger } from './counter-ledger.ts';
import type { BucketSums, FamilyContext, SeriesSlice } from './families.ts';
import { usdOf } from './families.ts';

export interface CountedPoint {
  /** Epoch ms. */
  readonly atMs: number;
  /** Counters at that time. */
  readonly sums: BucketSums;
  /** The bucket that ends then; null if it has no invocations. */
  readonly bucket: SeriesBucket | null;
}

export interface CountedSlice {
  /** `before` has the counters at the last time, and `buckets` all that was read: what is not known is decided by them. */
  readonly slice: SeriesSlice;
  /** Whether the slice was not among those that were counted last. */
  readonly isNew: boolean;
  readonly points: readonly CountedPoint[];
}

type Terms = Pick<FamilyContext, 'terms'>;

/** At the start of the range and at the end of each of its buckets. Counts on in the ledger. */
export function* countedAtEnds(
  { range, slices }: RollupSeries,
  ledger: CounterLedger,
  context: Terms,
  nowMs: number,
): Generator<CountedSlice> {
  const { fromMs, toMs, widthMs } = range;
  const n = Math.round((toMs - fromMs) / widthMs);
  for (const slice of slices) {
    const buckets = new Map(slice.buckets.map((bucket) => [bucket.atMs, bucket]));
    const times = Array.from({ length: n }, (_, at) => fromMs + at * widthMs);
    const earlier = beforeOf(slice, fromMs);
    const rows = times.map((atMs) => rowAt(slice, buckets.get(atMs), context));
    const isNew = !ledger.wasCounted(slice);
    const counters = ledger.count(slice, [rowOf(slice, earlier, context), ...rows], nowMs);
    const points = counters.map((row, at): CountedPoint => {
      const bucket = at === 0 ? undefined : buckets.get(fromMs + (at - 1) * widthMs);
      return { atMs: fromMs + at * widthMs, sums: sumsAt(slice, row), bucket: bucket ?? null };
    });
    yield { slice: presented(slice, earlier, points), isNew, points };
  }
}

/** Now, with everything that was read. Counts on in the ledger. */
export function* countedNow(
  { range, slices }: RollupSeries,
  ledger: CounterLedger,
  context: Terms,
  nowMs: number,
): Generator<CountedSlice> {
  for (const slice of slices) {
    const earlier = beforeOf(slice, range.fromMs);
    const row = rowOf(slice, earlier, context);
    for (const bucket of slice.buckets) add(row, rowOf(slice, bucket, context));
    const isNew = !ledger.wasCounted(slice);
    const counters = ledger.count(slice, [row], nowMs);
    const bucket = slice.buckets.at(-1) ?? null;
    const points = counters.map((one) => ({ atMs: nowMs, sums: sumsAt(slice, one), bucket }));
    yield { slice: presented(slice, earlier, points), isNew, points };
  }
}

/** Adds all buckets to the bases of the ledger: what is read from now on begins after them. */
export function addToBases({ slices }: RollupSeries, ledger: CounterLedger, context: Terms, nowMs: number): void {
  for (const slice of slices) {
    for (const bucket of slice.buckets) ledger.addToBase(slice, rowOf(slice, bucket, context), nowMs);
  }
}

function beforeOf({ before }: RollupSlice, fromMs: number): SeriesBucket {
  return { ...before, atMs: fromMs - 1 };
}

function presented(slice: RollupSlice, earlier: SeriesBucket, points: readonly CountedPoint[]): SeriesSlice {
  const last = points.at(-1);
  return { ...slice, before: last === undefined ? slice.before : last.sums, buckets: [earlier, ...slice.buckets] };
}

function sumsAt(slice: RollupSlice, row: Float64Array): BucketSums {
  const sums = sumsOfRow(row);
  return usdOf(slice, slice.before, null) === null ? { ...sums, usd: null } : sums;
}

function add(into: Float64Array, row: Float64Array): void {
  for (let at = 0; at < into.length; at += 1) into[at] = (into[at] ?? 0) + (row[at] ?? 0);
}

function rowAt(slice: RollupSlice, bucket: SeriesBucket | undefined, context: Terms): Float64Array | null {
  return bucket === undefined ? null : rowOf(slice, bucket, context);
}

function rowOf(slice: RollupSlice, bucket: SeriesBucket, { terms }: Terms): Float64Array {
  return counterRow(bucket, usdOf(slice, bucket, { terms, atMs: bucket.atMs }) ?? 0);
}
