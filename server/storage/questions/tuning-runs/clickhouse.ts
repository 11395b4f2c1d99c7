/** Imported results of AWS Lambda Power Tuning. */
import { identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
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
  const rows = await context.client.all<Row>(
    `SELECT digest AS id, function_id AS functionId, imported_ms AS importedMs, at_ms AS atMs, invocations,
       cold_starts AS coldStarts, chosen_mb AS chosenMb, points
     FROM tuning_run FINAL WHERE ${where.join(' AND ') || '1'} ORDER BY imported_ms DESC, digest
     LIMIT 1 BY function_id, digest LIMIT {limit:UInt32}`,
    query,
  );
  const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
  return rows.flatMap(({ points: json, coldStarts: cold, ...row }) => {
    const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
    if (points === null) return [];
    const functionName = owners.get(row.functionId)?.name ?? null;
    return [{ ...row, functionName, coldStarts: cold === null ? null : cold === 1, points }];
  });
}
