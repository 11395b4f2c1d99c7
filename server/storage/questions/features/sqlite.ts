/** Features that a function's lines show. */
import type { Databases } from '../../sqlite/databases.ts';
import type { FunctionFeature } from './types.ts';

export async function features(
  { telemetry }: Databases,
  { functionId }: { readonly functionId: number },
): Promise<readonly FunctionFeature[]> {
  const tenant = telemetry
    .selectFrom('environment_tenant')
    .select('environment_id')
    .where('function_id', '=', functionId)
    .limit(1);
  const managed = telemetry
    .selectFrom('environment')
    .select('id')
    .where('function_id', '=', functionId)
    .where('initialization_type', '=', 'lambda-managed-instances')
    .limit(1);
  const durable = telemetry.selectFrom('durable_line').select('last_ms').where('function_id', '=', functionId).limit(1);
  const response = telemetry.selectFrom('response').select('at_ms').where('function_id', '=', functionId).limit(1);
  const found: FunctionFeature[] = [];
  if (telemetry.all(durable).length > 0) found.push('durable');
  if (telemetry.all(managed).length > 0) found.push('managed-instances');
  if (telemetry.all(response).length > 0) found.push('responses');
  if (telemetry.all(tenant).length > 0) found.push('tenant-isolation');
  return found;
}
