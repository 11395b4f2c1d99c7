/** Replay of provisioned concurrency over the newest invocations. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { newestInvocations } from '../newest-invocations/clickhouse.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';
import { provisionedOf } from './result.ts';
import type { ProvisionedAnswer, ProvisionedQuestion } from './types.ts';

export async function provisioned(
  context: QueryContext,
  query: TimeRange & FunctionFilter & ProvisionedQuestion,
): Promise<ProvisionedAnswer> {
  return provisionedOf(await newestInvocations(context, query), query);
}
