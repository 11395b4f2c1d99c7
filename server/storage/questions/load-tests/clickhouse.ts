/** Imported results of load generators. */
import type { LoadTest } from '../../../../ingest/records/load-test.ts';
import type { ImportedRow } from '../../clickhouse/imported-pages.ts';
import { importedPage } from '../../clickhouse/imported-pages.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { loadTestResult, parseStored } from '../../stored-json.ts';
import type { ImportedQuery } from '../shared-types.ts';
import type { StoredLoadTest } from './types.ts';

interface LoadRow extends ImportedRow {
  readonly tool: string;
  readonly name: string;
  readonly result: string;
}

/** Newest import first. */
export function loadTests(context: QueryContext, query: ImportedQuery): Promise<readonly StoredLoadTest[]> {
  const source = { table: 'load_test', columns: 'tool, name, result' };
  return importedPage(context, source, query, (stored: LoadRow, functionName) => {
    const { result: json, tool, functionId: _, ...row } = stored;
    const result = parseStored(loadTestResult, json, `load_test ${row.id}`);
    return result === null ? null : { ...row, functionName, tool: tool as LoadTest['tool'], ...result };
  });
}
