/** One row a function: counts, quantiles, a sparkline. */

import { functionsIn } from '../../clickhouse/functions.ts';
import type { Source } from '../../clickhouse/query-context.ts';
import { finestWidth } from '../../clickhouse/query-context.ts';
import { cellsIn, mergeBins, mergeOnDemand } from '../../clickhouse/rollup-rows.ts';
import type { FunctionAggregate, FunctionFilter, ResolvedRange, TimeRange } from '../../ports.ts';
import { align, cover } from '../../rollup/range.ts';
import { FunctionRow, SPARK_PARTS } from './result.ts';

const APART = { function: true, series: true, sketches: 'on-demand' } as const;

function isFiltered({ functionId, account, region, architecture }: FunctionFilter): boolean {
  return [functionId, account, region, architecture].some((value) => value !== undefined);
}

export async function functions(
  source: Source,
  query: TimeRange & FunctionFilter,
): Promise<{ range: ResolvedRange; items: readonly FunctionAggregate[] }> {
  const range = align(query, finestWidth(source, query));
  const parts = { fromMs: range.fromMs, partMs: (range.toMs - range.fromMs) / SPARK_PARTS, n: SPARK_PARTS };
  const asked = { filter: query, segments: cover(range), spark: parts, ...APART };
  // Where all are asked for, who they are and what they did is asked for at once.
  const [found, all] = await Promise.all([
    functionsIn(source, query),
    isFiltered(query) ? null : cellsIn(source, { ...asked, functions: null }),
  ]);
  const architectures = new Map(found.map((one) => [one.functionId, one.architecture]));
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionRow(entry)]));
  for (const row of all ?? (await cellsIn(source, { ...asked, functions: found }))) {
    const entry = building.get(row.functionId);
    if (entry === undefined) continue;
    const architecture = architectures.get(row.functionId) ?? null;
    entry.add({ version: row.version, memoryMb: row.memoryMb, architecture }, row, row.maxMemoryMb);
    mergeBins(entry.duration, row.duration);
    mergeOnDemand(entry.init, row.coldInit);
    const [drawn, counts] = row.spark;
    for (const [at, part] of drawn.entries()) entry.spark[part] = (entry.spark[part] ?? 0) + (counts[at] ?? 0);
  }
  return { range, items: [...building.values()].flatMap((row) => row.told() ?? []) };
}
