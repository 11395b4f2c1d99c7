/** Imported results of AWS Lambda Power Tuning. */
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
import { readablePage } from '../../stored-rows.ts';
import type { ImportedKey } from '../shared-types.ts';
import type { StoredTuningRun, TuningRunsQuestions } from './types.ts';

interface Row extends Omit<StoredTuningRun, 'functionName' | 'coldStarts' | 'points'> {
  readonly coldStarts: number | null;
  readonly points: string;
}

export async function tuningRuns(
  context: QueryContext,
  query: Parameters<TuningRunsQuestions['tuningRuns']>[0],
): Promise<readonly StoredTuningRun[]> {
  const where = [
    ...(query.functionId === undefined ? [] : ['function_id = {functionId:UInt64}']),
    ...(query.ids === undefined ? [] : ['digest IN {ids:Array(String)}']),
  ];
  const read = (after: ImportedKey | undefined, limit: number) =>
    context.client.all<Row>(
      `SELECT * FROM (
       SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, invocations,
       cold_starts AS coldStarts, chosen_mb AS chosenMb, points
     FROM tuning_run FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms, function_id LIMIT 1 BY digest
     ) ${after === undefined ? '' : 'WHERE importedMs < {importedMs:Int64} OR (importedMs = {importedMs:Int64} AND id > {id:String})'}
     ORDER BY importedMs DESC, id LIMIT {limit:UInt32}`,
      { functionId: query.functionId, ids: query.ids, importedMs: after?.importedMs, id: after?.id, limit },
    );
  return readablePage(
    query.limit,
    (last: Row | null, limit) => read(last ?? query.after, limit),
    async (rows) => {
      const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
      return rows.flatMap(({ points: json, coldStarts: cold, ...row }) => {
        const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
        if (points === null) return [];
        const functionName = owners.get(row.functionId)?.name ?? null;
        return [{ ...row, functionName, coldStarts: cold === null ? null : cold === 1, points }];
      });
    },
  );
}
