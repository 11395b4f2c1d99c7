/** Imported results of load generators. */
import type { Databases } from '../../sqlite/databases.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import { readablePage } from '../../stored-rows.ts';
import type { ImportedKey } from '../shared-types.ts';
import type { StoredLoadTest } from './types.ts';

interface Query {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: ImportedKey | undefined;
}

/** Imported load tests with their results, the newest import first. */
export function loadTests({ telemetry }: Databases, query: Query): Promise<readonly StoredLoadTest[]> {
  let select = telemetry
    .selectFrom('load_test')
    .leftJoin('function', 'function.id', 'load_test.function_id')
    .select(['digest as id', 'function.name as functionName', 'imported_ms as importedMs', 'at_ms as atMs'])
    .select(['tool', 'load_test.name', 'result'])
    .orderBy('imported_ms', 'desc')
    .orderBy('digest');
  if (query.functionId !== undefined) select = select.where('load_test.function_id', '=', query.functionId);
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
      rows.flatMap(({ result, ...row }) => {
        const measured = parseStored(loadTestResult, result, `load_test ${row.id}`);
        return measured === null ? [] : { ...row, ...measured };
      }),
  );
}
