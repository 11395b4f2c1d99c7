/** Imported results of AWS Lambda Power Tuning. */
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
import type { StoredTuningRun } from './types.ts';

interface Query {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
}

export async function tuningRuns({ telemetry }: Databases, query: Query): Promise<readonly StoredTuningRun[]> {
  let select = telemetry
    .selectFrom('tuning_run')
    .leftJoin('function', 'function.id', 'tuning_run.function_id')
    .select(['digest as id', 'function_id as functionId', 'function.name as functionName'])
    .select(['imported_ms as importedMs', 'at_ms as atMs', 'invocations', 'cold_starts', 'chosen_mb as chosenMb'])
    .select('points')
    .orderBy('imported_ms', 'desc')
    .orderBy('digest')
    .limit(query.limit);
  if (query.functionId !== undefined) select = select.where('function_id', '=', query.functionId);
  if (query.ids !== undefined) select = select.where('digest', 'in', query.ids);
  return telemetry.all(select).flatMap(({ points: json, cold_starts: cold, ...row }) => {
    const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
    return points === null ? [] : [{ ...row, coldStarts: cold === null ? null : cold === 1, points }];
  });
}
