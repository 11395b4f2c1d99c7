/** Finds the tables that belong to a function, an environment or a log group by their columns, so that a new table is never forgotten. */
import type Database from 'better-sqlite3';

/** A table with the names of its columns. */
export interface TableColumns {
  readonly table: string;
  readonly columns: ReadonlySet<string>;
}

/** Tables of the telemetry database, without SQLite's own and temporary ones. */
export function tablesOf(db: Database.Database): readonly TableColumns[] {
  const tables = db
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  return tables.map((table) => ({
    table,
    columns: new Set((db.pragma(`table_info(${table})`) as { readonly name: string }[]).map(({ name }) => name)),
  }));
}

/**
 * Condition for segments of other services in traces whose functions are all among `functions`, an SQL list or subquery of
 * function ids.
 */
export function ownTraceSegments(functions: string): string {
  return `function_id IS NULL AND trace_id IN (
    SELECT trace_id FROM trace_segment WHERE function_id IN (${functions})
    EXCEPT SELECT trace_id FROM trace_segment WHERE function_id NOT IN (${functions}))`;
}

/** Condition for the days on which events of these functions and log groups are stored; both are SQL lists or subqueries of ids. */
export function ownDays(functions: string, groups: string): string {
  return `(kind IN ('function', 'metrics') AND scope IN (${functions})) OR (kind IN ('log-group', 'gateway') AND scope IN (${groups}))`;
}
