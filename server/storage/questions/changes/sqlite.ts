/** What changed: derived from the lines, or told by inventory; with the periods before and after each change. */
import type { Kind } from '../../../analytics/cold-starts/hour.ts';
import type { ChangeMark, ChangeMarksQuery, ChangesQuery, FunctionIdentity, StoredChange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { identities, identity } from '../../sqlite/series.ts';
import { distribution } from '../distribution/sqlite.ts';
import type { FoundChange } from './result.ts';
import { changedInInventory, changedInLogs, withSides } from './result.ts';

export async function changeMarks(
  db: Databases,
  query: ChangeMarksQuery,
): Promise<{ items: readonly ChangeMark[]; total: number }> {
  const all = found(db, query);
  const newest = all.slice(0, query.limit);
  const functions = await functionsOf(db, new Set(newest.map((one) => one.functionId)));
  const items = newest.flatMap(({ functionId, atMs, what }) => {
    const owner = functions.get(functionId);
    return owner === undefined ? [] : [{ identity: owner, atMs, what }];
  });
  return { items, total: all.length };
}

/** Newest first. */
function found(db: Databases, query: ChangeMarksQuery): readonly FoundChange[] {
  return [...fromLogs(db, query), ...fromInventory(db, query)].toSorted((a, b) => b.atMs - a.atMs);
}

export async function changes(
  db: Databases,
  query: ChangesQuery,
): Promise<{ items: readonly StoredChange[]; total: number }> {
  const all = found(db, query);
  const functions = await functionsOf(db, new Set(all.slice(0, query.limit).map((one) => one.functionId)));
  const items = await withSides(all, functions, query, (side) => distribution(db, side));
  return { items, total: all.length };
}

function fromLogs(db: Databases, query: ChangeMarksQuery): FoundChange[] {
  const rows = db.raw
    .prepare<unknown[], { functionId: number; atMs: number; before: string; after: string }>(
      `SELECT function_id AS functionId, at_ms AS atMs, before, after FROM change
       WHERE at_ms >= ? AND at_ms < ? ${query.functionId === undefined ? '' : 'AND function_id = ?'}`,
    )
    .all(query.fromMs, query.toMs, ...(query.functionId === undefined ? [] : [query.functionId]));
  return rows.map(({ functionId, atMs, before, after }) =>
    changedInLogs(functionId, atMs, JSON.parse(before) as Kind, JSON.parse(after) as Kind),
  );
}

/** Each row of facts against the one before it. What was not known before has not changed. */
function fromInventory(db: Databases, query: ChangeMarksQuery): FoundChange[] {
  const rows = db.raw
    .prepare<unknown[], { functionId: number; atMs: number; facts: string; earlier: string }>(
      `SELECT function_id AS functionId, from_ms AS atMs, facts,
         (SELECT earlier.facts FROM function_fact AS earlier WHERE earlier.function_id = function_fact.function_id
          AND earlier.from_ms < function_fact.from_ms ORDER BY earlier.from_ms DESC LIMIT 1) AS earlier
       FROM function_fact WHERE from_ms >= ? AND from_ms < ? AND earlier IS NOT NULL
       ${query.functionId === undefined ? '' : 'AND function_id = ?'}`,
    )
    .all(query.fromMs, query.toMs, ...(query.functionId === undefined ? [] : [query.functionId]));
  return rows.flatMap(
    ({ functionId, atMs, facts, earlier }) => changedInInventory(functionId, atMs, earlier, facts) ?? [],
  );
}

async function functionsOf(db: Databases, ids: ReadonlySet<number>): Promise<ReadonlyMap<number, FunctionIdentity>> {
  if (ids.size === 0) return new Map();
  const rows = await identities(db)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.functionId, identity(row)]));
}
