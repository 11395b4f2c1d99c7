/** Updates of a function's $LATEST. */
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { joinDeploys } from './result.ts';
import type { StoredDeploy } from './types.ts';

const DEPLOYS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('deploy')
    .select(['at_ms as atMs', 'source', 'event', 'code_sha256 as codeSha256'])
    .where('function_id', '=', param('functionId'))
    .orderBy('at_ms')
    .orderBy('source'),
);

export async function deploys(
  db: Databases,
  query: { readonly functionId: number; readonly limit: number },
): Promise<readonly StoredDeploy[]> {
  return joinDeploys(DEPLOYS.all(db.telemetry, { functionId: query.functionId }), query.limit);
}
