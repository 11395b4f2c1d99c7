/** One row a function: counts, quantiles, a sparkline. */
import { Sketch } from '../../../analytics/sketch.ts';
import type { CountColumn } from '../../cell.ts';
import { LEVELS } from '../../cell.ts';
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
import { cellsIn, mergeBins, mergeOnDemand } from './cells.ts';
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
  readonly spark: number[];
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
  const asked = { functions: found, filter: query, segments, function: true } as const;
  // Sketches once a function, counts once a cell: what crosses the network is what is shown.
  const [sketches, counts] = await Promise.all([
    cellsIn(source, { ...asked, series: true, sketches: 'on-demand' }),
    cellsIn(source, { ...asked, widthMs: LEVELS[0].widthMs, sketches: 'none' }),
  ]);
  const partMs = (range.toMs - range.fromMs) / SPARK_PARTS;
  for (const row of counts) {
    const entry = building.get(row.functionId);
    if (entry === undefined) continue;
    const part = Math.min(SPARK_PARTS - 1, Math.floor((row.at - range.fromMs) / partMs));
    entry.spark[part] = (entry.spark[part] ?? 0) + row.n;
  }
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
    .map(({ duration, init, ...entry }) => ({ ...entry, durationMs: quantiles(duration), initMs: quantiles(init) }));
  return { range, items };
}

function start(entry: FunctionIdentity): Building {
  return {
    identity: entry,
    counts: noCounts(),
    usage: [],
    duration: new Sketch(),
    init: new Sketch(),
    spark: new Array<number>(SPARK_PARTS).fill(0),
    maxMemoryUsedMb: null,
  };
}
