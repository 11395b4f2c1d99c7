/** Imported runs of load generators, newest import first. */
import { sql } from 'kysely';
import type { LoadTest } from '../../../../ingest/records/telemetry-records.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { StoredLoadTest } from './types.ts';

interface Query {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
}

export async function loadTests(db: Databases, query: Query): Promise<readonly StoredLoadTest[]> {
  const { functionId, ids } = query;
  const conditions = [
    ...(functionId === undefined ? [] : [sql`load_test.function_id = ${functionId}`]),
    ...(ids === undefined ? [] : [sql`load_test.digest IN (${sql.join(ids)})`]),
  ];
  const where = conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  const { rows } = await sql<{
    id: string;
    functionName: string | null;
    importedMs: number;
    atMs: number | null;
    tool: string;
    name: string;
    result: string;
  }>`
    SELECT digest AS id, function.name AS functionName, imported_ms AS importedMs, at_ms AS atMs, tool,
      load_test.name AS name, result
    FROM load_test LEFT JOIN function ON function.id = load_test.function_id
    ${where} ORDER BY imported_ms DESC, digest LIMIT ${query.limit}`.execute(db.telemetry);
  return rows.map(({ result, tool, ...row }) => ({
    ...row,
    tool: tool as LoadTest['tool'],
    ...(JSON.parse(result) as Omit<LoadTest, 'kind' | 'tool' | 'name' | 'atMs' | 'functionName'>),
  }));
}
