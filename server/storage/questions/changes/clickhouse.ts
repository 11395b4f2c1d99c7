/** Changes of functions, found in logs or in inventory, with the periods before and after each. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { hourName } from '../../clickhouse/attribution/cold-start-json.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { ChangeMark, ChangeMarksQuery, ChangesPage, ChangesQuery } from '../../ports.ts';
import { isSelected } from '../../selected.ts';
import { attributedChanges, parseStored } from '../../stored-json.ts';
import { distribution } from '../distribution/clickhouse.ts';
import { factsOfFunctions } from '../inventory/clickhouse.ts';
import type { FoundChange } from './result.ts';
import { changedInInventory, changedInLogs, inOrder, pageOf, withNeighbours } from './result.ts';

export async function changeMarks(
  context: QueryContext,
  query: ChangeMarksQuery,
): Promise<{ items: readonly ChangeMark[]; total: number }> {
  const all = await found(context, query);
  const newest = all.slice(0, query.limit);
  const owners = await identitiesOf(context, [...new Set(newest.map((one) => one.functionId))]);
  const items = newest.flatMap(({ functionId, atMs, what }) => {
    const owner = owners.get(functionId);
    return owner === undefined ? [] : [{ identity: owner, atMs, what }];
  });
  return { items, total: all.length };
}

export async function changes(context: QueryContext, query: ChangesQuery): Promise<ChangesPage> {
  return pageOf(await found(context, withNeighbours(query)), query, {
    ownersOf: (ids) => identitiesOf(context, ids),
    distribution: (side) => distribution(context, side),
  });
}

async function found(context: QueryContext, query: ChangeMarksQuery): Promise<readonly FoundChange[]> {
  const [logs, inventory] = await Promise.all([fromLogs(context, query), fromInventory(context, query)]);
  return inOrder([...logs, ...inventory].filter(isSelected(query.selected)));
}

async function fromLogs(
  context: QueryContext,
  { functionId, fromMs, toMs }: ChangeMarksQuery,
): Promise<readonly FoundChange[]> {
  const rows = await context.client.all<{ functionId: number; hourMs: number; changes: string }>(
    `SELECT function_id AS functionId, slot_ms AS hourMs, changes FROM derived_slot FINAL
     WHERE slot_ms > {fromMs:Int64} - 2 * ${HOUR_MS} AND slot_ms < {toMs:Int64} AND changes <> '[]'
       ${functionId === undefined ? '' : 'AND function_id = {functionId:UInt64}'} ORDER BY function_id, slot_ms`,
    { functionId, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
  );
  return rows.flatMap((row) =>
    (parseStored(attributedChanges, row.changes, `${hourName(row.functionId, row.hourMs)}: changes`) ?? [])
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .flatMap(({ atMs, before, after }) => changedInLogs(row.functionId, atMs, before, after)),
  );
}

/** Compares each inventory entry with the one before it. */
async function fromInventory(
  context: QueryContext,
  { functionId, fromMs, toMs }: ChangeMarksQuery,
): Promise<readonly FoundChange[]> {
  const facts = await factsOfFunctions(context, functionId === undefined ? null : [functionId]);
  return [...facts].flatMap(([id, entries]) =>
    entries.flatMap((entry, at) => {
      const earlier = entries[at - 1];
      if (earlier === undefined || entry.fromMs < fromMs || entry.fromMs >= toMs) return [];
      return changedInInventory(id, { readMs: entry.fromMs, sinceMs: fromMs }, earlier.facts, entry.facts) ?? [];
    }),
  );
}
