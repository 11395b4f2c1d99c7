/** An analysis thread: runs one named analysis at a time. */
import { serveJobs } from '../../../ingest/threads/serve-jobs.ts';
import { analysisTasks } from '../../analytics/tasks.ts';

export interface AnalysisJob {
  readonly name: keyof typeof analysisTasks;
  readonly args: readonly unknown[];
}

serveJobs(({ name, args }: AnalysisJob): unknown => {
  const task = analysisTasks[name] as (...args: readonly unknown[]) => unknown;
  return task(...args);
});
