/** Imported results of load generators. */
import type { Databases } from '../../sqlite/databases.ts';
import { importedPage } from '../../sqlite/imported-pages.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import type { ImportedQuery } from '../shared-types.ts';
import type { StoredLoadTest } from './types.ts';

/** Imported load tests with their results, the newest import first. */
export function loadTests({ telemetry }: Databases, query: ImportedQuery): Promise<readonly StoredLoadTest[]> {
  const select = telemetry
    .selectFrom('load_test')
    .leftJoin('function', 'function.id', 'load_test.function_id')
    .select(['digest as id', 'function.name as functionName', 'imported_ms as importedMs', 'at_ms as atMs'])
    .select(['tool', 'load_test.name', 'result']);
  return importedPage(select, query, ({ result, ...row }) => {
    const measured = parseStored(loadTestResult, result, `load_test ${row.id}`);
    return measured === null ? null : { ...row, ...measured };
  });
}
