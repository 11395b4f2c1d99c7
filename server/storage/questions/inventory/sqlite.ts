/** Configuration of functions from inventory: current, or the history of one. */

import type { Kysely } from 'kysely';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { functionFacts, parseStored } from '../../stored-json.ts';
import { isTime, readablePage, validRows } from '../../stored-rows.ts';
import type { InventoryEntry, InventoryQuery } from './types.ts';

type Row = Omit<InventoryEntry, 'facts'> & { readonly facts: string };

/** The newest facts of each function, or the whole history of one, newest first. */
export async function inventory(db: Databases, query: InventoryQuery): Promise<readonly InventoryEntry[]> {
  const { functionId, limit, after } = query;
  if (functionId !== undefined) return history(db, functionId, after ?? null, limit);
  return readablePage(
    limit,
    (last: Row | null, most) => newestRows(db, last?.functionId ?? after ?? 0, most),
    async (rows) => {
      const found = rows.map(async (row) => {
        const entry = parsed(row);
        // The newest readable one replaces one that cannot be read.
        return entry === null ? history(db, row.functionId, row.fromMs, 1) : [entry];
      });
      return (await Promise.all(found)).flat();
    },
  );
}

const HISTORY = telemetryStatement((db, param: Param<{ functionId: number; before: number; limit: number }>) =>
  rowsOf(db)
    .where('function_id', '=', param('functionId'))
    .where('from_ms', '<', param('before'))
    .orderBy('from_ms', 'desc')
    .limit(param('limit')),
);

/** Entries of one function from before `beforeMs`, newest first. */
function history(
  db: Databases,
  functionId: number,
  beforeMs: number | null,
  limit: number,
): Promise<readonly InventoryEntry[]> {
  return readablePage(
    limit,
    (last: Row | null, most) => {
      const before = last?.fromMs ?? beforeMs ?? Number.POSITIVE_INFINITY;
      return HISTORY.all(db.telemetry, { functionId, before, limit: most });
    },
    (rows) => rows.flatMap((row) => parsed(row) ?? []),
  );
}

/** The newest row of each function whose id is greater. */
function newestRows(db: Databases, afterId: number, limit: number): Promise<Row[]> {
  return rowsOf(db.telemetry)
    .where('from_ms', '=', (eb) =>
      eb
        .selectFrom('function_fact as newest')
        .select((inner) => inner.fn.max('newest.from_ms').as('newest'))
        .whereRef('newest.function_id', '=', 'function_fact.function_id'),
    )
    .where('function_id', '>', afterId)
    .orderBy('function_id')
    .limit(limit)
    .execute();
}

function rowsOf(db: Kysely<TelemetryTables>) {
  return db
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
    ]);
}

function parsed(row: Row): InventoryEntry | null {
  const name = `function_fact of function ${row.functionId} at ${row.fromMs}`;
  if (validRows([row], { fromMs: isTime, confirmedMs: isTime }, () => name).length === 0) return null;
  const facts = parseStored(functionFacts, row.facts, name);
  return facts === null ? null : { ...row, facts };
}
