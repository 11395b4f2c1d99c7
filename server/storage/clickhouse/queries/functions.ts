/** One row a function: counts, quantiles, a sparkline. */
import { FunctionRow, SPARK_PARTS } from '../../answers/function-rows.ts';
import { align, cover } from '../../range.ts';
import type { Answered, FunctionAggregate, FunctionFilter, TimeRange } from '../../store.ts';
import { cellsIn, mergeBins, mergeOnDemand, sparks } from './cells.ts';
import { functionsIn } from './identities.ts';
import type { Source } from './source.ts';
import { finestWidth } from './source.ts';

export async function functions(
  source: Source,
  query: TimeRange & FunctionFilter,
): Promise<{ range: Answered; items: readonly FunctionAggregate[] }> {
  const range = align(query, finestWidth(source, query));
  const found = await functionsIn(source, query);
  const architectures = new Map(found.map((one) => [one.functionId, one.architecture]));
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionRow(entry)]));
  const asked = { functions: found, filter: query, segments: cover(range) };
  const [cells, drawn] = await Promise.all([
    cellsIn(source, { ...asked, function: true, series: true, sketches: 'on-demand' }),
    sparks(source, asked, range, SPARK_PARTS),
  ]);
  for (const row of cells) {
    const entry = building.get(row.functionId);
    if (entry === undefined) continue;
    const architecture = architectures.get(row.functionId) ?? null;
    entry.add({ version: row.version, memoryMb: row.memoryMb, architecture }, row, row.maxMemoryMb);
    mergeBins(entry.duration, row.duration);
    mergeOnDemand(entry.init, row.coldInit);
  }
  for (const [functionId, parts] of drawn) {
    for (const [part, n] of parts.entries()) {
      const spark = building.get(functionId)?.spark;
      if (spark !== undefined) spark[part] = n;
    }
  }
  return { range, items: [...building.values()].flatMap((row) => row.told() ?? []) };
}
