/** Changes of functions, found in logs or in inventory, with the periods before and after each. */
import type { ChangeMark, ChangeMarksQuery, ChangesQuery, FunctionIdentity, StoredChange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { identities, identity } from '../../sqlite/series.ts';
import { environmentKind, functionFacts, parseStored } from '../../stored-json.ts';
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

/** Changes of configuration or runtime that attribution found in the logs. */
function fromLogs({ telemetry }: Databases, query: ChangeMarksQuery): FoundChange[] {
  let select = telemetry
    .selectFrom('change')
    .select(['function_id as functionId', 'at_ms as atMs', 'before', 'after'])
    .where('at_ms', '>=', query.fromMs)
    .where('at_ms', '<', query.toMs);
  if (query.functionId !== undefined) select = select.where('function_id', '=', query.functionId);
  return telemetry.all(select).flatMap((row) => {
    const { functionId, atMs } = row;
    const name = `change of function ${functionId} at ${atMs}`;
    const before = parseStored(environmentKind, row.before, name);
    const after = parseStored(environmentKind, row.after, name);
    return before === null || after === null ? [] : changedInLogs(functionId, atMs, before, after);
  });
}

/** Each inventory entry compared with the one before it. A field that was unknown before has not changed. */
function fromInventory({ telemetry }: Databases, query: ChangeMarksQuery): FoundChange[] {
  let select = telemetry
    .selectFrom('function_fact')
    .select(['function_id as functionId', 'from_ms as atMs', 'facts'])
    .select((eb) =>
      eb
        .selectFrom('function_fact as earlier')
        .select('earlier.facts')
        .whereRef('earlier.function_id', '=', 'function_fact.function_id')
        .whereRef('earlier.from_ms', '<', 'function_fact.from_ms')
        .orderBy('earlier.from_ms', 'desc')
        .limit(1)
        .as('earlier'),
    )
    .where('from_ms', '>=', query.fromMs)
    .where('from_ms', '<', query.toMs);
  if (query.functionId !== undefined) select = select.where('function_id', '=', query.functionId);
  return telemetry.all(select).flatMap(({ functionId, atMs, facts, earlier }) => {
    const readable = [earlier, facts].every(
      (one) =>
        one !== null && parseStored(functionFacts, one, `function_fact of function ${functionId} at ${atMs}`) !== null,
    );
    const change = earlier === null || !readable ? null : changedInInventory(functionId, atMs, earlier, facts);
    return change ?? [];
  });
}

async function functionsOf(db: Databases, ids: ReadonlySet<number>): Promise<ReadonlyMap<number, FunctionIdentity>> {
  if (ids.size === 0) return new Map();
  const rows = await identities(db)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.functionId, identity(row)]));
}
