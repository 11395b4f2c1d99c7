/** Features that a function's lines show. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { FunctionFeature } from './types.ts';

export async function features(
  context: QueryContext,
  { functionId }: { readonly functionId: number },
): Promise<readonly FunctionFeature[]> {
  const rows = await context.client.all<{ feature: FunctionFeature }>(
    `SELECT 'managed-instances' AS feature FROM environment
     WHERE function_id = {functionId:UInt64} AND initialization_type = 'lambda-managed-instances' LIMIT 1
     UNION ALL SELECT 'durable' AS feature FROM durable_line WHERE function_id = {functionId:UInt64} LIMIT 1
     UNION ALL SELECT 'responses' AS feature FROM response WHERE function_id = {functionId:UInt64} LIMIT 1
     UNION ALL SELECT 'tenant-isolation' AS feature FROM environment
     WHERE function_id = {functionId:UInt64} AND tenant IS NOT NULL LIMIT 1`,
    { functionId },
  );
  return rows.map((row) => row.feature).toSorted();
}
