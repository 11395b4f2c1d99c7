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
  const found: FunctionFeature[] = [];
  if (telemetry.all(managed).length > 0) found.push('managed-instances');
  if (telemetry.all(tenant).length > 0) found.push('tenant-isolation');
  return found;
}
