/** Imported results of load generators. */
import type { Databases } from '../../sqlite/databases.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import type { StoredLoadTest } from './types.ts';

interface Query {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
}

/** Imported load tests with their results, the newest import first. */
export async function loadTests({ telemetry }: Databases, query: Query): Promise<readonly StoredLoadTest[]> {
  let select = telemetry
    .selectFrom('load_test')
    .leftJoin('function', 'function.id', 'load_test.function_id')
    .select(['digest as id', 'function.name as functionName', 'imported_ms as importedMs', 'at_ms as atMs'])
    .select(['tool', 'load_test.name', 'result'])
    .orderBy('imported_ms', 'desc')
    .orderBy('digest')
    .limit(query.limit);
  if (query.functionId !== undefined) select = select.where('load_test.function_id', '=', query.functionId);
  if (query.ids !== undefined) select = select.where('digest', 'in', query.ids);
  return telemetry.all(select).flatMap(({ result, ...row }) => {
    const measured = parseStored(loadTestResult, result, `load_test ${row.id}`);
    return measured === null ? [] : { ...row, ...measured };
  });
}
