/** Imported results of AWS Lambda Power Tuning. */
import type { Databases } from '../../sqlite/databases.ts';
import { importedPage } from '../../sqlite/imported-pages.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
import type { ImportedQuery } from '../shared-types.ts';
import type { StoredTuningRun } from './types.ts';

/** Newest import first. */
export function tuningRuns({ telemetry }: Databases, query: ImportedQuery): Promise<readonly StoredTuningRun[]> {
  const select = telemetry
    .selectFrom('tuning_run')
    .leftJoin('function', 'function.id', 'tuning_run.function_id')
    .select(['digest as id', 'function_id as functionId', 'function.name as functionName'])
    .select(['imported_ms as importedMs', 'at_ms as atMs', 'invocations', 'cold_starts', 'chosen_mb as chosenMb'])
    .select('points');
  return importedPage(select, query, ({ points: json, cold_starts: cold, ...row }) => {
    const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
    return points === null ? null : { ...row, coldStarts: cold === null ? null : cold === 1, points };
  });
}
