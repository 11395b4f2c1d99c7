/**
 * Deletes functions with everything that is stored about them: rows, rollups with their sketches, log lines, the request
 * index, dead letters. Tables are found by their columns, so that a new table is never forgotten.
 */
import type Database from 'better-sqlite3';
import type { DeletionScope } from '../../ports.ts';
import { overwriting } from '../overwriting.ts';
import { ownDays, ownTraceSegments, tablesOf } from './key-columns.ts';

type FunctionScope = Exclude<DeletionScope, { readonly tuningRunIds: unknown }>;

interface Target {
  readonly table: string;
  /** Condition with the names of temporary tables of ids. */
  readonly where: string;
}

/** Tables that are deleted last: the others refer to them, and an interrupted deletion finds its work by them. */
const LAST = ['series', 'environment', 'log_group', 'function'];

/**
 * Deletes table by table, each in its own transaction. The functions themselves are deleted last, so that an interrupted deletion
 * can be repeated. `merged` writes what waits for the request index; `forget` drops caches of deleted rows.
 */
export function* deletionSteps(
  db: Database.Database,
  scope: DeletionScope,
  { merged, forget }: { readonly merged: () => void; readonly forget: () => void },
): Generator<void, void> {
  if ('tuningRunIds' in scope) {
    const remove = db.prepare('DELETE FROM tuning_run WHERE digest = ?');
    for (const id of scope.tuningRunIds) remove.run(id);
    return;
  }
  merged();
  selectIds(db, scope);
  for (const { table, where } of targetsOf(db, scope)) {
    overwriting(db, () => db.exec(`DELETE FROM ${table} WHERE ${where}`));
    forget();
    yield;
  }
}

/** Fills temporary tables with the ids of functions, environments and log groups that are to be deleted. */
function selectIds(db: Database.Database, scope: FunctionScope): void {
  db.exec(`
    CREATE TEMP TABLE IF NOT EXISTS deleted_function (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS deleted_environment (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS deleted_group (id INTEGER PRIMARY KEY);
    DELETE FROM deleted_function; DELETE FROM deleted_environment; DELETE FROM deleted_group;
  `);
  if ('account' in scope) {
    db.prepare('INSERT INTO deleted_function SELECT id FROM function WHERE account = ?').run(scope.account);
    db.prepare('INSERT INTO deleted_group SELECT id FROM log_group WHERE account = ?').run(scope.account);
  } else {
    const add = db.prepare('INSERT OR IGNORE INTO deleted_function VALUES (?)');
    for (const id of scope.functionIds) add.run(id);
  }
  db.exec(`
    INSERT INTO deleted_environment
      SELECT id FROM environment WHERE function_id IN (SELECT id FROM deleted_function);
    -- Keep groups that other functions log to as well.
    INSERT OR IGNORE INTO deleted_group
      SELECT DISTINCT log_group_id FROM environment WHERE id IN (SELECT id FROM deleted_environment)
      EXCEPT SELECT log_group_id FROM environment WHERE id NOT IN (SELECT id FROM deleted_environment);
  `);
}

function targetsOf(db: Database.Database, scope: FunctionScope): readonly Target[] {
  const targets = tablesOf(db)
    .filter(({ table }) => !LAST.includes(table))
    .flatMap(({ table, columns }): Target[] => {
      const conditions = [
        ...(columns.has('function_id') ? ['function_id IN (SELECT id FROM deleted_function)'] : []),
        ...(columns.has('environment_id') ? ['environment_id IN (SELECT id FROM deleted_environment)'] : []),
        ...(columns.has('log_group_id') ? ['log_group_id IN (SELECT id FROM deleted_group)'] : []),
      ];
      return conditions.length === 0 ? [] : [{ table, where: conditions.join(' OR ') }];
    });
  return [
    // Segments of other services belong to a trace whose functions are all deleted.
    { table: 'trace_segment', where: ownTraceSegments('SELECT id FROM deleted_function') },
    { table: 'reject', where: 'log_group IN (SELECT name FROM log_group WHERE id IN (SELECT id FROM deleted_group))' },
    ...targets,
    { table: 'kept_day', where: ownDays('SELECT id FROM deleted_function', 'SELECT id FROM deleted_group') },
    ...('account' in scope ? accountTargets(db, scope.account) : []),
    { table: 'series', where: 'function_id IN (SELECT id FROM deleted_function)' },
    { table: 'environment', where: 'id IN (SELECT id FROM deleted_environment)' },
    { table: 'log_group', where: 'id IN (SELECT id FROM deleted_group)' },
    { table: 'function', where: 'id IN (SELECT id FROM deleted_function)' },
  ];
}

/** Network events, flow records, positions of pulls, and metrics of no function name their account. */
function accountTargets(db: Database.Database, account: string): readonly Target[] {
  const text = db.prepare('SELECT quote(?)').pluck().get(account) as string;
  const series = `series_id IN (SELECT id FROM metric_series WHERE account = ${text})`;
  return [
    ...['metric_point', 'metric_5m', 'metric_1h', 'metric_1d'].map((table) => ({ table, where: series })),
    ...['network_event', 'flow_record', 'pull_checkpoint', 'metric_series'].map((table) => ({
      table,
      where: `account = ${text}`,
    })),
  ];
}
