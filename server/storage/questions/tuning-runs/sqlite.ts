/** Imported results of AWS Lambda Power Tuning. */
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, tuningPoints } from '../../stored-json.ts';
import { readablePage } from '../../stored-rows.ts';
import type { ImportedKey } from '../shared-types.ts';
import type { StoredTuningRun } from './types.ts';

interface Query {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: ImportedKey | undefined;
}

/** Newest import first. */
export function tuningRuns({ telemetry }: Databases, query: Query): Promise<readonly StoredTuningRun[]> {
  let select = telemetry
    .selectFrom('tuning_run')
    .leftJoin('function', 'function.id', 'tuning_run.function_id')
    .select(['digest as id', 'function_id as functionId', 'function.name as functionName'])
    .select(['imported_ms as importedMs', 'at_ms as atMs', 'invocations', 'cold_starts', 'chosen_mb as chosenMb'])
    .select('points')
    .orderBy('imported_ms', 'desc')
    .orderBy('digest');
  if (query.functionId !== undefined) select = select.where('function_id', '=', query.functionId);
  if (query.ids !== undefined) select = select.where('digest', 'in', query.ids);
  const read = (after: ImportedKey | undefined, limit: number) => {
    const further =
      after === undefined
        ? select
        : select.where((eb) =>
            eb.or([
              eb('imported_ms', '<', after.importedMs),
              eb.and([eb('imported_ms', '=', after.importedMs), eb('digest', '>', after.id)]),
            ]),
          );
    return further.limit(limit).execute();
  };
  type Row = Awaited<ReturnType<typeof read>>[number];
  return readablePage(
    query.limit,
    (last: Row | null, limit) => read(last ?? query.after, limit),
    (rows) =>
      rows.flatMap(({ points: json, cold_starts: cold, ...row }) => {
        const points = parseStored(tuningPoints, json, `tuning_run ${row.id}`);
        return points === null ? [] : [{ ...row, coldStarts: cold === null ? null : cold === 1, points }];
      }),
  );
}
