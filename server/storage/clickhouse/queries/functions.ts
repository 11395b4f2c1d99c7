/** One row a function: counts, quantiles, a sparkline. */
import { Sketch } from '../../../analytics/sketch.ts';
import type { CountColumn } from '../../cell.ts';
import { align, cover } from '../../range.ts';
import type {
  Answered,
  FunctionAggregate,
  FunctionFilter,
  FunctionIdentity,
  TimeRange,
  UsageSlice,
} from '../../store.ts';
import { addCounts, addUsage, noCounts, quantiles } from '../../sums.ts';
import { cellsIn, mergeBins, mergeOnDemand, sparks } from './cells.ts';
import { functionsIn } from './identities.ts';
import type { Source } from './source.ts';
import { finestWidth } from './source.ts';

const SPARK_PARTS = 24;

interface Building {
  readonly identity: FunctionIdentity;
  readonly counts: Record<CountColumn, number>;
  readonly usage: UsageSlice[];
  readonly duration: Sketch;
  readonly init: Sketch;
  maxMemoryUsedMb: number | null;
}

export async function functions(
  source: Source,
  query: TimeRange & FunctionFilter,
): Promise<{ range: Answered; items: readonly FunctionAggregate[] }> {
  const range = align(query, finestWidth(source, query));
  const found = await functionsIn(source, query);
  const building = new Map(found.map((entry) => [entry.functionId, start(entry)]));
  const segments = cover(range);
  const asked = { functions: found, filter: query, segments };
  const [sketches, spark] = await Promise.all([
    cellsIn(source, { ...asked, function: true, series: true, sketches: 'on-demand' }),
    sparks(source, asked, range, SPARK_PARTS),
  ]);
  for (const row of sketches) {
    const entry = building.get(row.functionId);
    if (entry === undefined) continue;
    addCounts(entry.counts, row);
    const { architecture } = entry.identity;
    addUsage(entry.usage, { version: row.version, memoryMb: row.memoryMb, architecture }, row);
    mergeBins(entry.duration, row.duration);
    mergeOnDemand(entry.init, row.coldInit);
    if (row.maxMemoryMb !== null) entry.maxMemoryUsedMb = Math.max(entry.maxMemoryUsedMb ?? 0, row.maxMemoryMb);
  }
  const items = [...building.values()]
    .filter((entry) => entry.counts.n > 0)
    .map(({ duration, init, ...entry }) => ({
      ...entry,
      spark: spark.get(entry.identity.functionId) ?? new Array<number>(SPARK_PARTS).fill(0),
      durationMs: quantiles(duration),
      initMs: quantiles(init),
    }));
  return { range, items };
}

function start(entry: FunctionIdentity): Building {
  return {
    identity: entry,
    counts: noCounts(),
    usage: [],
    duration: new Sketch(),
    init: new Sketch(),
    maxMemoryUsedMb: null,
  };
}
