/** What provisioned concurrency would have done. */
import { provisionedOf } from '../../answers/provisioned.ts';
import type { FunctionFilter, ProvisionedAnswer, ProvisionedQuestion, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';
import { newestRuns } from './newest-runs.ts';

type Query = TimeRange & FunctionFilter & ProvisionedQuestion;

export async function provisioned(db: Databases, query: Query): Promise<ProvisionedAnswer> {
  return provisionedOf(await newestRuns(db, query), query);
}
