/** Results from summed rollup buckets. */
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { Sketch } from '../../analytics/sketch/sketch.ts';
import { quantileIntervals } from '../../analytics/statistics/quantile-interval.ts';
import type { ColdStartAggregate } from '../questions/cold-starts/types.ts';
import type { Counts, QuantilesWithIntervals, ResolvedRange, UsageSlice } from '../questions/shared-types.ts';
import type { SeriesPoint } from '../questions/timeseries/types.ts';
import { addUsage, countsFrom, quantiles } from './aggregation.ts';
import { RollupBucket } from './bucket.ts';

export function countsOf(cell: RollupBucket): Counts {
  return countsFrom(cell.counts, 0);
}

/** Totals of one function over a range, its usage by price dimension, and counts by bucket. */
export interface FunctionTotals {
  readonly total: RollupBucket;
  readonly usage: readonly UsageSlice[];
  /** In order of time. */
  readonly buckets: readonly { readonly fromMs: number; readonly cell: RollupBucket }[];
}

/** Counts of each bucket. */
export function countsOfBuckets({ buckets }: FunctionTotals): readonly { fromMs: number; counts: Counts }[] {
  return buckets.map(({ fromMs, cell }) => ({ fromMs, counts: countsOf(cell) }));
}

/** Returns cold starts of one function by kind and over time. `range.widthMs` is the width of the buckets. */
export function coldStartsOf(
  totals: FunctionTotals,
  range: ResolvedRange,
): Omit<ColdStartAggregate, 'examples' | 'causes'> {
  const { total, usage } = totals;
  const withIntervals = (of: (cell: RollupBucket) => Sketch): QuantilesWithIntervals => ({
    ...quantiles(of(total)),
    intervals: quantileIntervals(totals.buckets.map(({ cell }) => of(cell))),
  });
  const durationsOf = (kind: ColdStartKind): ColdStartAggregate['onDemand'] => ({
    initMs: withIntervals((cell) => cell.coldOf(kind).init),
    totalMs: withIntervals((cell) => cell.coldOf(kind).total),
    initHistogram: total.coldOf(kind).init.histogram(),
  });
  const onDemand = durationsOf('on-demand');
  return {
    range,
    counts: countsOf(total),
    byKind: COLD_START_KINDS.flatMap((kind) => {
      const sketches = total.cold.get(kind);
      if (sketches === undefined || sketches.total.count <= 0) return [];
      return [
        {
          kind,
          n: sketches.total.count,
          ...(kind === 'on-demand' ? onDemand : durationsOf(kind)),
        },
      ];
    }),
    onDemand,
    buckets: countsOfBuckets(totals),
    durationMs: withIntervals((cell) => cell.duration),
    usage,
  };
}

/** Dimension that series are grouped by. */
export type SeriesGroup = 'none' | 'version' | 'memoryMb';

/** Builds the points of series from rollup rows. */
export class SeriesBuilder {
  readonly #groupBy: SeriesGroup;
  readonly #points = new Map<string, { fromMs: number; group: string; cell: RollupBucket; usage: UsageSlice[] }>();

  constructor(groupBy: SeriesGroup) {
    this.#groupBy = groupBy;
  }

  /** Adds a row to its point. `merge` adds the row to a bucket; `fromMs` is the start of the point. */
  add(
    fromMs: number,
    slice: Pick<UsageSlice, 'version' | 'memoryMb' | 'architecture'>,
    counts: Counts,
    merge: (into: RollupBucket) => void,
  ): void {
    const group = this.#groupBy === 'none' ? '' : String(slice[this.#groupBy] ?? 'unknown');
    const key = `${fromMs}\n${group}`;
    const point = this.#points.get(key) ?? { fromMs, group, cell: new RollupBucket(), usage: [] };
    this.#points.set(key, point);
    merge(point.cell);
    addUsage(point.usage, slice, counts);
  }

  points(): readonly SeriesPoint[] {
    return [...this.#points.values()]
      .toSorted((a, b) => a.fromMs - b.fromMs || compareText(a.group, b.group))
      .map(({ fromMs, group, cell, usage }) => ({
        fromMs,
        group,
        counts: countsOf(cell),
        usage,
        maxMemoryMb: cell.maxMemoryMb,
        durationMs: quantiles(cell.duration),
        initMs: quantiles(cell.coldOf('on-demand').init),
      }));
  }
}
