/** Simulates provisioned concurrency on past invocations. */

import type { FunctionFilter, ProvisionedAnswer, ProvisionedQuestion, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { newestInvocations } from '../newest-invocations/sqlite.ts';
import { provisionedOf } from './result.ts';

type Query = TimeRange & FunctionFilter & ProvisionedQuestion;

export async function provisioned(db: Databases, query: Query): Promise<ProvisionedAnswer> {
  return provisionedOf(await newestInvocations(db, query), query);
}
