/** Changes of functions, found in logs or in inventory, with the periods before and after each. */
import type { ChangeMark, ChangeMarksQuery, ChangesPage, ChangesQuery } from '../../ports.ts';
import { isSelected } from '../../selected.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byShape, telemetryStatement } from '../../sqlite/read-connection.ts';
import { functionsById } from '../../sqlite/series.ts';
import { environmentKind, functionFacts, parseStored } from '../../stored-json.ts';
import { distribution } from '../distribution/sqlite.ts';
import type { FoundChange } from './result.ts';
import { changedInInventory, changedInLogs, inOrder, pageOf, withNeighbours } from './result.ts';

export async function changeMarks(
  db: Databases,
  query: ChangeMarksQuery,
): Promise<{ items: readonly ChangeMark[]; total: number }> {
  const all = found(db, query);
  const newest = all.slice(0, query.limit);
  const functions = functionsById(db, newest);
  const items = newest.flatMap(({ functionId, atMs, what }) => {
    const owner = functions.get(functionId);
    return owner === undefined ? [] : [{ identity: owner, atMs, what }];
  });
  return { items, total: all.length };
}

function found(db: Databases, query: ChangeMarksQuery): readonly FoundChange[] {
  return inOrder([...fromLogs(db, query), ...fromInventory(db, query)].filter(isSelected(query.selected)));
}

export async function changes(db: Databases, query: ChangesQuery): Promise<ChangesPage> {
  return pageOf(found(db, withNeighbours(query)), query, {
    ownersOf: async (ids) =>
      functionsById(
        db,
        ids.map((functionId) => ({ functionId })),
      ),
    distribution: (side) => distribution(db, side),
  });
}

type Scope = 'all functions' | 'one function';

interface FoundIn {
  fromMs: number;
  toMs: number;
  functionId?: number | undefined;
}

function scopeOf(query: FoundIn): Scope {
  return query.functionId === undefined ? 'all functions' : 'one function';
}

const CHANGES = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<FoundIn>) => {
    const select = db
      .selectFrom('change')
      .select(['function_id as functionId', 'at_ms as atMs', 'before', 'after'])
      .where('at_ms', '>=', param('fromMs'))
      .where('at_ms', '<', param('toMs'));
    return scope === 'one function' ? select.where('function_id', '=', param('functionId')) : select;
  }),
);

/** Changes of configuration or runtime that attribution found in the logs. */
function fromLogs({ telemetry }: Databases, query: ChangeMarksQuery): FoundChange[] {
  return CHANGES(scopeOf(query))
    .all(telemetry, query)
    .flatMap((row) => {
      const { functionId, atMs } = row;
      const name = `change of function ${functionId} at ${atMs}`;
      const before = parseStored(environmentKind, row.before, name);
      const after = parseStored(environmentKind, row.after, name);
      return before === null || after === null ? [] : changedInLogs(functionId, atMs, before, after);
    });
}

/** Inventory entries in the range, each with the one before it. */
const FACTS = byShape((scope: Scope) =>
  telemetryStatement((db, param: Param<FoundIn>) => {
    const select = db
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
      .where('from_ms', '>=', param('fromMs'))
      .where('from_ms', '<', param('toMs'));
    return scope === 'one function' ? select.where('function_id', '=', param('functionId')) : select;
  }),
);

/** Compares each inventory entry with the one before it. A field that was unknown before has not changed. */
function fromInventory({ telemetry }: Databases, query: ChangeMarksQuery): FoundChange[] {
  return FACTS(scopeOf(query))
    .all(telemetry, query)
    .flatMap(({ functionId, atMs, facts, earlier }) => {
      if (earlier === null) return [];
      const name = `function_fact of function ${functionId} at ${atMs}`;
      const was = parseStored(functionFacts, earlier, name);
      const is = parseStored(functionFacts, facts, name);
      return was === null || is === null
        ? []
        : (changedInInventory(functionId, { readMs: atMs, sinceMs: query.fromMs }, was, is) ?? []);
    });
}
