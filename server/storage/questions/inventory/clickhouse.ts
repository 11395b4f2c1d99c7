/** Configuration of functions from inventory: current, or the history of one. */

import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { functionFacts, parseStored } from '../../stored-json.ts';
import type { FactsEntry, ReportedFacts } from './result.ts';
import { foldFacts } from './result.ts';
import type { InventoryEntry, InventoryQuery } from './types.ts';

/** Oldest first, of these functions or of all. */
export async function factsOfFunctions(
  context: QueryContext,
  functionIds: readonly number[] | null,
): Promise<ReadonlyMap<number, readonly FactsEntry[]>> {
  const rows = await context.client.all<{ functionId: number; atMs: number; source: string; given: string }>(
    `SELECT function_id AS functionId, at_ms AS atMs, source, given FROM inventory_fact FINAL
     WHERE ${functionIds === null ? '1' : 'function_id IN {functionIds:Array(UInt64)}'} ORDER BY function_id, at_ms, source`,
    { functionIds },
  );
  const byFunction = new Map<number, ReportedFacts[]>();
  for (const { functionId, given: json, ...row } of rows) {
    const given = parseStored(functionFacts, json, `inventory_fact of function ${functionId} at ${row.atMs}`);
    if (given === null) continue;
    const mine = byFunction.get(functionId) ?? [];
    byFunction.set(functionId, mine);
    mine.push({ ...row, given });
  }
  return new Map([...byFunction].map(([functionId, all]) => [functionId, foldFacts(all)]));
}

/** The newest facts of each function, or the whole history of one, newest first. */
export async function inventory(context: QueryContext, query: InventoryQuery): Promise<readonly InventoryEntry[]> {
  const { functionId: wanted, after, limit } = query;
  const facts = await factsOfFunctions(context, wanted === undefined ? null : [wanted]);
  const owners = await identitiesOf(context, [...facts.keys()]);
  return [...facts]
    .filter(([functionId]) => wanted !== undefined || functionId > (after ?? 0))
    .toSorted(([a], [b]) => a - b)
    .flatMap(([functionId, entries]) => {
      const owner = owners.get(functionId);
      if (owner === undefined) return [];
      const { account, region, name } = owner;
      const earlier = entries.filter(
        (entry) => wanted === undefined || entry.fromMs < (after ?? Number.POSITIVE_INFINITY),
      );
      const shown = wanted === undefined ? earlier.slice(-1) : earlier.toReversed();
      return shown.map((entry) => ({ functionId, account, region, name, ...entry }));
    })
    .slice(0, limit);
}
