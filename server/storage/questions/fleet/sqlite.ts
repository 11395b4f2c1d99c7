/** Totals and time series over all functions, from one read of the rollups where both have the same rows. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import { compareText } from '../../../../ingest/text/compare-text.ts';
import { entryOf } from '../../map-entry.ts';
import type { BucketCounts, FleetAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../ports.ts';
import { addAll, addCounts, addUsage, countsFrom, noCounts } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import { READ_COLUMNS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, chartWidthOf, coverPiece } from '../../rollup/range.ts';
import type { Blocks } from '../../rollup/rate-blocks.ts';
import { blocksOf, listsWithHits, RateBlocksBuilder, rateCountsFrom } from '../../rollup/rate-blocks.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import type { Series } from '../../sqlite/series.ts';
import { functionsIn } from '../../sqlite/series.ts';

interface Totals {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: UsageSlice[];
}

interface Bucket {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: BucketCounts['usage'][number][];
}

/** Totals per function, and buckets of `widthMs`, or wider where the range cannot be answered that finely. */
export async function fleet(
  db: Databases,
  query: TimeRange & FunctionFilter & { readonly widthMs: number | null },
): Promise<FleetAggregate> {
  const functions = await functionsIn(db, query);
  const finest = finestWidth(db, query);
  const chartMs = Math.max(finest, query.widthMs ?? chartWidth(db, query));
  const range = align(query, finest);
  const errors = errorsKnownIn(
    db,
    functions.map((entry) => entry.functionId),
    range,
  );
  const regions = new Map(functions.map((one) => [one.functionId, one.region]));
  const totals = new Map<number, Totals>();
  const buckets = new BucketSums();
  const blocks = new Map<number, RateBlocksBuilder>();
  const widths = blocksOf(range, Math.min(chartMs, DAY_MS));
  for (const part of await rollupParts(db, functions, query, range)) {
    const selection = selectPart(part, errors);
    const bySeries = seriesSums(part, { regions, buckets, blocks, widths });
    for (const segment of coverPiece(range, part, part.finestMs, chartMs)) {
      forEachCell(db, selection, segment, 'none', ({ seriesId, bucket, counts }) => {
        const sums = bySeries.get(seriesId);
        if (sums === undefined) return;
        sums.firstMs ??= bucket;
        addInto(sums.totals, sums.at, counts);
        sums.blocks.addAt(bucket, rateCountsFrom(counts));
        addAll(sums.slice.at(Math.floor(bucket / chartMs) * chartMs), counts);
      });
      buckets.finishSegment();
    }
    addTotals(totals, bySeries, part.segments);
  }
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = totals.get(identity.functionId);
      const ofFunction = blocks.get(identity.functionId);
      if (total === undefined || ofFunction === undefined) return [];
      const { counts, usage } = total;
      return { identity, counts, usage, blocks: listsWithHits(ofFunction, counts) };
    }),
    buckets: buckets.inOrder(),
  };
}

interface Building {
  readonly regions: ReadonlyMap<number, string>;
  readonly buckets: BucketSums;
  readonly widths: Blocks;
  /** By function. */
  readonly blocks: Map<number, RateBlocksBuilder>;
}

/** Sums of one series in a part of the range, and the slice of the buckets that it belongs to. */
interface SeriesSums {
  readonly seriesId: number;
  readonly series: Series;
  readonly slice: SliceSums;
  /** Of its function. */
  readonly blocks: RateBlocksBuilder;
  /** Sums of all series; its own begin at `at`, in the order of READ_COLUMNS. */
  readonly totals: Float64Array;
  readonly at: number;
  /** Start of its first bucket, epoch ms; null without rows. */
  firstMs: number | null;
}

/** Sums of the series of a part, by id. */
function seriesSums(
  { series, moved }: RollupPart,
  { regions, buckets, blocks, widths }: Building,
): ReadonlyMap<number, SeriesSums> {
  const all = new Map<number, SeriesSums>();
  const totals = new Float64Array(series.size * READ_COLUMNS.length);
  for (const [seriesId, one] of series) {
    const { functionId, memoryMb } = one;
    const atMost = one.architecture === 'arm64' ? 'arm64' : 'x86_64';
    const architecture = moved.has(functionId) ? atMost : one.architecture;
    const slice = buckets.sliceOf(memoryMb, architecture, regions.get(functionId) ?? '');
    const ofFunction = entryOf(blocks, functionId, () => new RateBlocksBuilder(widths));
    const at = all.size * READ_COLUMNS.length;
    all.set(seriesId, { seriesId, series: one, slice, blocks: ofFunction, totals, at, firstMs: null });
  }
  return all;
}

/**
 * Adds the sums of series to the totals of their functions: by segment and series, so that sums of costs do not depend on how
 * finely the chart is read.
 */
function addTotals(
  totals: Map<number, Totals>,
  bySeries: ReadonlyMap<number, SeriesSums>,
  segments: readonly Segment[],
): void {
  const found = [...bySeries.values()].filter(({ firstMs }) => firstMs !== null);
  const segmentOf = ({ firstMs }: SeriesSums): number =>
    segments.length === 1 ? 0 : segments.findIndex(({ toMs }) => (firstMs ?? 0) < toMs);
  for (const sums of found.toSorted((a, b) => segmentOf(a) - segmentOf(b) || a.seriesId - b.seriesId)) {
    const counts = countsFrom(sums.totals, sums.at);
    const entry = totals.get(sums.series.functionId);
    const usage = entry?.usage ?? [];
    addUsage(usage, sums.series, counts);
    if (entry === undefined) totals.set(sums.series.functionId, { counts, usage });
    else addCounts(entry.counts, counts);
  }
}

/** What determines the price of a bucket. */
type PriceSlice = Pick<BucketCounts['usage'][number], 'memoryMb' | 'architecture' | 'region'>;

/** Sums of one slice by bucket, of the segment that is being read. */
class SliceSums {
  readonly slice: PriceSlice;
  readonly byBucket = new Map<number, Float64Array>();

  constructor(slice: PriceSlice) {
    this.slice = slice;
  }

  at(fromMs: number): Float64Array {
    return entryOf(this.byBucket, fromMs, noSums);
  }
}

/** Sums of every bucket, with its usage by what determines the price. */
class BucketSums {
  readonly #slices = new Map<string, SliceSums>();
  readonly #buckets = new Map<number, Bucket>();

  sliceOf(memoryMb: number | null, architecture: string | null, region: string): SliceSums {
    const key = `${memoryMb} ${architecture ?? ''} ${region}`;
    return entryOf(this.#slices, key, () => new SliceSums({ memoryMb, architecture, region }));
  }

  /** Adds the sums of the slices to the buckets. */
  finishSegment(): void {
    for (const { slice, byBucket } of [...this.#slices.values()].toSorted(bySlice)) {
      for (const [fromMs, sums] of byBucket) {
        const counts = countsFrom(sums, 0);
        const bucket = entryOf(this.#buckets, fromMs, () => ({ counts: noCounts(), usage: [] }));
        addCounts(bucket.counts, counts);
        bucket.usage.push({
          version: null,
          ...slice,
          invocations: counts.n,
          billedMs: counts.billed_ms,
          failed: counts.timeouts + counts.errors + counts.ooms + counts.exits,
          failedBilledMs: counts.failed_billed_ms,
        });
      }
      byBucket.clear();
    }
  }

  inOrder(): readonly BucketCounts[] {
    return [...this.#buckets].toSorted(([a], [b]) => a - b).map(([fromMs, bucket]) => ({ fromMs, ...bucket }));
  }
}

/** Unknown sizes and architectures first. */
function bySlice({ slice: a }: SliceSums, { slice: b }: SliceSums): number {
  return (
    (a.memoryMb ?? -1) - (b.memoryMb ?? -1) ||
    compareText(a.architecture ?? '', b.architecture ?? '') ||
    compareText(a.region, b.region)
  );
}

/** Adds the values of a row to those that begin at `from`. */
function addInto(into: Float64Array, from: number, values: Float64Array): void {
  for (let at = 0; at < values.length; at += 1) into[from + at] = (into[from + at] ?? 0) + (values[at] ?? 0);
}

function noSums(): Float64Array {
  return new Float64Array(READ_COLUMNS.length);
}

/** Width, ms, of the buckets of a chart over the range. */
export function chartWidth(db: Databases, range: TimeRange): number {
  return chartWidthOf(range, finestWidth(db, range));
}
