/** An analysis thread: runs one named analysis, or shapes one large answer, at a time. */
import { serveJobs } from '../../ingest/threads/serve-jobs.ts';
import { analysisTasks } from '../analytics/tasks.ts';
import { isAnswerTask, shapedBytes } from '../http/answers/run-task.ts';
import type { AnalysisJob } from '../jobs/analysis/analysis-pool.ts';
import { unpackedBytes } from '../storage/packed.ts';

type Task = (...args: readonly unknown[]) => unknown;

const analyses: Readonly<Record<string, unknown>> = analysisTasks;

serveJobs(
  ({ name, args, packed }: AnalysisJob): unknown => {
    const given = args.map((arg, at) => (packed.includes(at) ? unpackedBytes(arg as Uint8Array) : arg));
    return isAnswerTask(name) ? shapedBytes(name, given) : (analyses[name] as Task)(...given);
  },
  (result) => {
    const { bytes } = (result ?? {}) as { readonly bytes?: unknown };
    return bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [];
  },
);
