/** What is told of cells that were added up. */
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { ColdStartAggregate } from '../questions/cold-starts/types.ts';
import type { Distribution } from '../questions/distribution/types.ts';
import type { Counts, ResolvedRange, UsageSlice } from '../questions/shared-types.ts';
import type { SeriesPoint } from '../questions/timeseries/types.ts';
import { addUsage, quantiles } from './aggregation.ts';
import { COUNT_COLUMNS, RollupBucket } from './bucket.ts';

export function countsOf(cell: RollupBucket): Counts {
  return Object.fromEntries(COUNT_COLUMNS.map((name) => [name, cell.count(name)])) as Counts;
}

/** One function over a range: as a whole, by what it is priced by, and in buckets. */
export interface FunctionTotals {
  readonly total: RollupBucket;
  readonly usage: readonly UsageSlice[];
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
}

/** Cold starts of one function: by kind and over time. `range`: with the width of the buckets. */
export function coldStartsOf(
  { total, usage, buckets }: FunctionTotals,
  range: ResolvedRange,
): Omit<ColdStartAggregate, 'examples' | 'causes'> {
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
          initMs: quantiles(sketches.init),
          totalMs: quantiles(sketches.total),
          initHistogram: sketches.init.histogram(),
        },
      ];
    }),
    buckets,
    durationMs: quantiles(total.duration),
    usage,
  };
}

export function distributionOf({ total, usage }: Omit<FunctionTotals, 'buckets'>, range: ResolvedRange): Distribution {
  return {
    range,
    counts: countsOf(total),
    usage,
    durationMs: total.duration.histogram(),
    initMs: total.coldOf('on-demand').init.histogram(),
  };
}

/** What points of a series are told apart by beside time. */
export type SeriesGroup = 'none' | 'version' | 'memoryMb';

/** Points of a series as rows are added to them. */
export class SeriesBuilder {
  readonly #groupBy: SeriesGroup;
  readonly #points = new Map<string, { fromMs: number; group: string; cell: RollupBucket; usage: UsageSlice[] }>();

  constructor(groupBy: SeriesGroup) {
    this.#groupBy = groupBy;
  }

  /** `merge` adds the row to a cell; `fromMs`: when the row's bucket begins. */
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
      .toSorted((a, b) => a.fromMs - b.fromMs || a.group.localeCompare(b.group))
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
