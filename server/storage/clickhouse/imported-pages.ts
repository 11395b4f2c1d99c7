/** Pages of imported results (load tests, tuning runs), the newest import first. */
import type { ImportedKey, ImportedQuery } from '../questions/shared-types.ts';
import { readablePage } from '../stored-rows.ts';
import { identitiesOf } from './functions.ts';
import type { QueryContext } from './query-context.ts';

/** A row of an imported result, with its function. */
export interface ImportedRow extends ImportedKey {
  readonly functionId: number;
  readonly atMs: number | null;
}

/** Reads a page of a table. `columns`: what {@link ImportedRow} does not hold. Rows of which `present` returns null are left out. */
export function importedPage<Row extends ImportedRow, Item>(
  context: QueryContext,
  { table, columns }: { readonly table: string; readonly columns: string },
  query: ImportedQuery,
  present: (row: Row, functionName: string | null) => Item | null,
): Promise<readonly Item[]> {
  const where = [
    ...(query.functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(query.ids === undefined ? [] : ['digest IN {ids:Array(String)}']),
  ];
  const read = (after: ImportedKey | undefined, limit: number) =>
    context.client.all<Row>(
      `SELECT * FROM (
       SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, ${columns}
     FROM ${table} FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms, function_id LIMIT 1 BY digest
     ) ${after === undefined ? '' : 'WHERE importedMs < {importedMs:Int64} OR (importedMs = {importedMs:Int64} AND id > {id:String})'}
     ORDER BY importedMs DESC, id LIMIT {limit:UInt32}`,
      { functionId: query.functionId, ids: query.ids, importedMs: after?.importedMs, id: after?.id, limit },
    );
  return readablePage(
    query.limit,
    (last: Row | null, limit) => read(last ?? query.after, limit),
    async (rows) => {
      const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
      return rows.map((row) => present(row, owners.get(row.functionId)?.name ?? null)).filter((item) => item !== null);
    },
  );
}
