/** Updates of a function's $LATEST. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { DeployRow } from './result.ts';
import { joinDeploys } from './result.ts';
import type { StoredDeploy } from './types.ts';

export async function deploys(
  context: QueryContext,
  query: { readonly functionId: number; readonly limit: number },
): Promise<readonly StoredDeploy[]> {
  const rows = await context.client.all<DeployRow>(
    `SELECT at_ms AS atMs, source, event, code_sha256 AS codeSha256 FROM deploy FINAL
     WHERE function_id = {functionId:UInt64} ORDER BY at_ms, source LIMIT 1 BY at_ms, source`,
    { functionId: query.functionId },
  );
  return joinDeploys(rows, query.limit);
}
