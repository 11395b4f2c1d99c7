/** Imported results of load generators. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import type { StoredLoadTest } from './types.ts';

/** Newest import first. */
export async function loadTests(
  context: QueryContext,
  query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
  },
): Promise<readonly StoredLoadTest[]> {
  const where = [
    ...(query.functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(query.ids === undefined ? [] : ['digest IN {ids:Array(String)}']),
  ];
  const rows = await context.client.all<{
    id: string;
    functionId: number;
    importedMs: number;
    atMs: number | null;
    tool: string;
    name: string;
    result: string;
  }>(
    `SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, tool, name, result
     FROM load_test FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms DESC, digest
     LIMIT 1 BY function_id, digest LIMIT {limit:UInt32}`,
    query,
  );
  const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
  return rows.flatMap(({ result: json, tool, functionId, ...row }) => {
    const result = parseStored(loadTestResult, json, `load_test ${row.id}`);
    if (result === null) return [];
    return { ...row, functionName: owners.get(functionId)?.name ?? null, tool: tool as LoadTest['tool'], ...result };
  });
}
