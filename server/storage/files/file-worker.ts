/** The file thread: does one task at a time. */
import { serveJobs } from '../../../ingest/threads/serve-jobs.ts';
import type { FileJob } from './file-thread.ts';
import { fileTasks } from './tasks.ts';

serveJobs(({ name, args }: FileJob) => (fileTasks[name] as (...args: readonly unknown[]) => unknown)(...args));
