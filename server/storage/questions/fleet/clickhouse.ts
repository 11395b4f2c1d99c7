/** Totals and time series over all functions. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chartWidth, finestWidth } from '../../clickhouse/query-context.ts';
import type { RollupBucketRow } from '../../clickhouse/rollup-rows.ts';
import { addBlocks, rollupRows } from '../../clickhouse/rollup-rows.ts';
import type {
  BucketCounts,
  FleetAggregate,
  FunctionFilter,
  FunctionIdentity,
  TimeRange,
  UsageSlice,
} from '../../ports.ts';
import { addCounts, addUsage, noCounts } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import { align, cover } from '../../rollup/range.ts';
import { blocksOf, listsWithHits, RateBlocksBuilder } from '../../rollup/rate-blocks.ts';

/** Totals per function, and buckets of `widthMs`, or wider where the range cannot be answered that finely. */
export async function fleet(
  context: QueryContext,
  query: TimeRange & FunctionFilter & { readonly widthMs: number | null },
): Promise<FleetAggregate> {
  const finest = finestWidth(context, query);
  const chartMs = Math.max(finest, query.widthMs ?? chartWidth(context, query));
  const range = align(query, finest);
  const [functions, architectures] = await Promise.all([
    functionsIn(context, query),
    architecturesOf(context, query.functionId),
  ]);
  // Functions with one architecture are summed by what determines their price.
  const plain = functions.filter(
    (one) =>
      !architectures.varies(one.functionId) &&
      (query.architecture === undefined || one.architecture === query.architecture),
  );
  const varied = functions.filter((one) => architectures.varies(one.functionId));
  const kinds = priceKinds(plain);
  const blocks = blocksOf(range, Math.min(chartMs, DAY_MS));
  const selection = { filter: query, range, sketches: 'none' } as const;
  const inBuckets = { ...selection, widthMs: chartMs };
  const [whole, grouped, others] = await Promise.all([
    rowsByArchitecture(context, architectures, { ...selection, functions, blocks, widestMs: chartMs }),
    rollupRows(context, {
      ...{ ...inBuckets, functions: plain, groups: kinds.of, series: true },
      segments: cover(range, chartMs),
    }),
    rowsByArchitecture(context, architectures, { ...inBuckets, functions: varied, widestMs: chartMs }),
  ]);
  const totals = new Map<number, Totals>();
  for (const row of whole) {
    const total = totals.get(row.functionId) ?? {
      counts: noCounts(),
      usage: [],
      blocks: new RateBlocksBuilder(blocks),
    };
    totals.set(row.functionId, total);
    addCounts(total.counts, row);
    addUsage(total.usage, row, row);
    addBlocks(total.blocks, row.blocks);
  }
  const buckets = new Map<number, Bucket>();
  const regions = new Map(varied.map((one) => [one.functionId, one.region]));
  const add = (row: RollupBucketRow, { architecture, region }: PriceKind): void => {
    const bucket = buckets.get(row.at) ?? { counts: noCounts(), usage: new Map() };
    buckets.set(row.at, bucket);
    addCounts(bucket.counts, row);
    const slices = bucket.usage.get(region) ?? [];
    bucket.usage.set(region, slices);
    addUsage(slices, { version: null, memoryMb: row.memoryMb, architecture }, row);
  };
  for (const row of grouped) {
    const kind = kinds.all[row.functionId];
    if (kind !== undefined) add(row, kind);
  }
  for (const row of others) {
    const region = regions.get(row.functionId);
    if (region !== undefined) add(row, { architecture: row.architecture, region });
  }
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = totals.get(identity.functionId);
      return total === undefined ? [] : [{ identity, ...total, blocks: listsWithHits(total.blocks, total.counts) }];
    }),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([fromMs, bucket]) => ({ fromMs, ...countsOf(bucket) })),
  };
}

interface Totals {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: UsageSlice[];
  readonly blocks: RateBlocksBuilder;
}

type PriceKind = Pick<FunctionIdentity, 'region' | 'architecture'>;

/** Combinations of region and architecture, which determine the price, and the index of each function's combination. */
function priceKinds(functions: readonly FunctionIdentity[]): {
  readonly all: readonly PriceKind[];
  readonly of: readonly number[];
} {
  const all: PriceKind[] = [];
  const known = new Map<string, number>();
  const of = functions.map(({ region, architecture }) => {
    const key = JSON.stringify([region, architecture]);
    const at = known.get(key) ?? all.push({ region, architecture }) - 1;
    known.set(key, at);
    return at;
  });
  return { all, of };
}

/** Usage is summed by what determines its price, so that a bucket can be priced without its functions. */
interface Bucket {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: Map<string, UsageSlice[]>;
}

function countsOf({ counts, usage }: Bucket): Omit<BucketCounts, 'fromMs'> {
  return { counts, usage: [...usage].flatMap(([region, slices]) => slices.map((slice) => ({ ...slice, region }))) };
}
