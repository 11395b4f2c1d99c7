/** Configuration of functions from inventory: current, or the history of one. */

import type { Databases } from '../../sqlite/databases.ts';
import { functionFacts, parseStored } from '../../stored-json.ts';
import type { InventoryEntry } from './types.ts';

/** The newest facts of each function, or the whole history of one, newest first. */
export async function inventory(
  db: Databases,
  query: { readonly functionId?: number | undefined; readonly limit: number; readonly after?: number | undefined },
): Promise<readonly InventoryEntry[]> {
  let select = db.telemetry
    .selectFrom('function_fact')
    .innerJoin('function', 'function.id', 'function_fact.function_id')
    .select([
      'function.id as functionId',
      'function.account',
      'function.region',
      'function.name',
      'function_fact.from_ms as fromMs',
      'function_fact.confirmed_ms as confirmedMs',
      'function_fact.source',
      'function_fact.facts',
    ])
    .limit(query.limit);
  if (query.functionId !== undefined) {
    select = select.where('function_id', '=', query.functionId).orderBy('from_ms', 'desc');
  } else {
    select = select
      .where('from_ms', '=', (eb) =>
        eb
          .selectFrom('function_fact as newest')
          .select((inner) => inner.fn.max('newest.from_ms').as('newest'))
          .whereRef('newest.function_id', '=', 'function_fact.function_id'),
      )
      .where('function_id', '>', query.after ?? 0)
      .orderBy('function_id');
  }
  const rows = await select.execute();
  return rows.flatMap((row) => {
    const facts = parseStored(functionFacts, row.facts, `function_fact of function ${row.functionId} at ${row.fromMs}`);
    return facts === null ? [] : { ...row, facts };
  });
}
