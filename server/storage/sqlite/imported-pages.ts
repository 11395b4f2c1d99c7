/** Pages of imported results (load tests, tuning runs), the newest import first. */
import type { SelectQueryBuilder, SqlBool } from 'kysely';
import { sql } from 'kysely';
import type { ImportedKey, ImportedQuery } from '../questions/shared-types.ts';
import { readablePage } from '../stored-rows.ts';

/** Reads a page of `select`, whose table has `digest`, `imported_ms` and `function_id`. Rows of which `present` returns null are left out. */
export function importedPage<Schema, Tables extends keyof Schema, Row extends ImportedKey, Item>(
  select: SelectQueryBuilder<Schema, Tables, Row>,
  { functionId, ids, limit, after: first }: ImportedQuery,
  present: (row: Row) => Item | null,
): Promise<readonly Item[]> {
  let matching = select.orderBy(sql`imported_ms`, 'desc').orderBy(sql`digest`);
  if (functionId !== undefined) matching = matching.where(sql<SqlBool>`function_id = ${functionId}`);
  if (ids !== undefined) matching = matching.where(sql<SqlBool>`digest IN (${sql.join(ids)})`);
  const read = (after: ImportedKey | undefined, most: number): Promise<Row[]> => {
    const further =
      after === undefined
        ? matching
        : matching.where(
            sql<SqlBool>`(imported_ms < ${after.importedMs} OR (imported_ms = ${after.importedMs} AND digest > ${after.id}))`,
          );
    return further.limit(most).execute();
  };
  return readablePage(
    limit,
    (last: Row | null, most) => read(last ?? first, most),
    (rows) => rows.map(present).filter((item) => item !== null),
  );
}
