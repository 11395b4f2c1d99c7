/** ClickHouse keeps no journal of imports, so that none of them can be undone. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { StoredImport } from './types.ts';

export async function imports(
  _context: QueryContext,
  _query: { readonly limit: number },
): Promise<readonly StoredImport[]> {
  return [];
}
