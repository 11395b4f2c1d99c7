/** Features that a function's lines show. */
import { sql } from 'kysely';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { FunctionFeature } from './types.ts';

interface Owner {
  readonly functionId: number;
}

const DURABLE = telemetryStatement((db, param: Param<Owner>) =>
  db.selectFrom('durable_line').select('last_ms').where('function_id', '=', param('functionId')).limit(1),
);
/** The type as part of the text: SQLite reads the index of such environments only if the statement has what the index states. */
const MANAGED = telemetryStatement((db, param: Param<Owner>) =>
  db
    .selectFrom('environment')
    .select('id')
    .where('function_id', '=', param('functionId'))
    .where('initialization_type', '=', sql.lit('lambda-managed-instances'))
    .limit(1),
);
const RESPONSE = telemetryStatement((db, param: Param<Owner>) =>
  db.selectFrom('response').select('at_ms').where('function_id', '=', param('functionId')).limit(1),
);
const TENANT = telemetryStatement((db, param: Param<Owner>) =>
  db.selectFrom('environment_tenant').select('environment_id').where('function_id', '=', param('functionId')).limit(1),
);

export async function features(
  { telemetry }: Databases,
  { functionId }: { readonly functionId: number },
): Promise<readonly FunctionFeature[]> {
  const owner = { functionId };
  const found: FunctionFeature[] = [];
  if (DURABLE.get(telemetry, owner) !== undefined) found.push('durable');
  if (MANAGED.get(telemetry, owner) !== undefined) found.push('managed-instances');
  if (RESPONSE.get(telemetry, owner) !== undefined) found.push('responses');
  if (TENANT.get(telemetry, owner) !== undefined) found.push('tenant-isolation');
  return found;
}
