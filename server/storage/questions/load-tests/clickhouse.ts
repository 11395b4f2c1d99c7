/** Imported results of load generators. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import { readablePage } from '../../stored-rows.ts';
import type { ImportedKey } from '../shared-types.ts';
import type { StoredLoadTest } from './types.ts';

interface LoadRow {
  readonly id: string;
  readonly functionId: number;
  readonly importedMs: number;
  readonly atMs: number | null;
  readonly tool: string;
  readonly name: string;
  readonly result: string;
}

/** Newest import first. */
export async function loadTests(
  context: QueryContext,
  query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
    readonly after?: ImportedKey | undefined;
  },
): Promise<readonly StoredLoadTest[]> {
  const where = [
    ...(query.functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(query.ids === undefined ? [] : ['digest IN {ids:Array(String)}']),
  ];
  const read = (after: ImportedKey | undefined, limit: number) =>
    context.client.all<LoadRow>(
      `SELECT * FROM (
       SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, tool, name, result
     FROM load_test FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms, function_id LIMIT 1 BY digest
     ) ${after === undefined ? '' : 'WHERE importedMs < {importedMs:Int64} OR (importedMs = {importedMs:Int64} AND id > {id:String})'}
     ORDER BY importedMs DESC, id LIMIT {limit:UInt32}`,
      { functionId: query.functionId, ids: query.ids, importedMs: after?.importedMs, id: after?.id, limit },
    );
  return readablePage(
    query.limit,
    (last: LoadRow | null, limit) => read(last ?? query.after, limit),
    async (rows) => {
      const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
      return rows.flatMap(({ result: json, tool, functionId, ...row }) => {
        const result = parseStored(loadTestResult, json, `load_test ${row.id}`);
        if (result === null) return [];
        return {
          ...row,
          functionName: owners.get(functionId)?.name ?? null,
          tool: tool as LoadTest['tool'],
          ...result,
        };
      });
    },
  );
}
