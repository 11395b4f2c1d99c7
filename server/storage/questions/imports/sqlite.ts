/** Imports of files, newest first. */
import type { Databases } from '../../sqlite/databases.ts';
import type { ImportState, StoredImport } from './types.ts';

const FUNCTIONS = 10;

export async function imports(db: Databases, query: { readonly limit: number }): Promise<readonly StoredImport[]> {
  const rows = await db.telemetry
    .selectFrom('import')
    .selectAll()
    .orderBy('started_ms', 'desc')
    .orderBy('id')
    .limit(query.limit)
    .execute();
  const names = await db.telemetry
    .selectFrom('import_function')
    .innerJoin('function', 'function.id', 'import_function.function_id')
    .select(['import_id as importId', 'name'])
    .where(
      'import_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('name')
    .execute();
  return rows.map(({ id, name, state, accepted, duplicates, ignored, rejected, loose, done, total, ...row }) => ({
    id,
    name,
    startedMs: row.started_ms,
    lastMs: row.last_ms,
    state: state as ImportState,
    accepted,
    duplicates,
    ignored,
    rejected,
    loose,
    done,
    total,
    undoneMs: row.undone_ms,
    functions: [...new Set(names.flatMap((one) => (one.importId === id ? [one.name] : [])))].slice(0, FUNCTIONS),
  }));
}
