/** What provisioned concurrency would have done. */

import type { FunctionFilter, ProvisionedAnswer, ProvisionedQuestion, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { newestRuns } from '../newest-runs/sqlite.ts';
import { provisionedOf } from './result.ts';

type Query = TimeRange & FunctionFilter & ProvisionedQuestion;

export async function provisioned(db: Databases, query: Query): Promise<ProvisionedAnswer> {
  return provisionedOf(await newestRuns(db, query), query);
}
