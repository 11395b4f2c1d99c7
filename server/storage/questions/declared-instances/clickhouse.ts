/** Functions on Managed Instances whose inventory declares what the instances cost. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { factsOfFunctions } from '../inventory/clickhouse.ts';
import type { DeclaredInstances } from './types.ts';

export async function declaredInstances(context: QueryContext): Promise<readonly DeclaredInstances[]> {
  const candidates = await context.client.all<{ functionId: number }>(
    `SELECT DISTINCT function_id AS functionId FROM inventory_fact WHERE JSONHas(given, 'instances') ORDER BY functionId`,
    {},
  );
  if (candidates.length === 0) return [];
  const managed = await context.client.all<{ functionId: number }>(
    `SELECT DISTINCT function_id AS functionId FROM environment
     WHERE function_id IN {functionIds:Array(UInt64)} AND initialization_type = 'lambda-managed-instances'
     ORDER BY functionId`,
    { functionIds: candidates.map((one) => one.functionId) },
  );
  const functionIds = managed.map((one) => one.functionId);
  const facts = await factsOfFunctions(context, functionIds);
  return functionIds.flatMap((functionId) => {
    const { instances = null, instanceHourUsd = null } = facts.get(functionId)?.at(-1)?.facts ?? {};
    return instances === null || instanceHourUsd === null ? [] : [{ functionId, instances, instanceHourUsd }];
  });
}
