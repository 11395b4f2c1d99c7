/** An analysis thread: runs one named analysis, or shapes one large answer, at a time. */
import { serveJobs } from '../../ingest/threads/serve-jobs.ts';
import { analysisTasks } from '../analytics/tasks.ts';
import type { Shaped } from '../http/answers/shaped.ts';
import { answerTasks } from '../http/answers/tasks.ts';
import type { AnalysisJob } from '../jobs/analysis/analysis-pool.ts';
import { unpackedBytes } from '../storage/packed.ts';

type Task = (...args: readonly unknown[]) => unknown;

const analyses: Readonly<Record<string, unknown>> = analysisTasks;
const answers: Readonly<Record<string, unknown>> = answerTasks;
const encoder = new TextEncoder();

serveJobs(
  ({ name, args, packed }: AnalysisJob): unknown => {
    const given = args.map((arg, at) => (packed.includes(at) ? unpackedBytes(arg as Uint8Array) : arg));
    const shape = answers[name];
    if (shape === undefined) return (analyses[name] as Task)(...given);
    const { body, meta } = (shape as (...args: readonly unknown[]) => Shaped<unknown, unknown>)(...given);
    return { bytes: encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)), meta };
  },
  (result) => {
    const { bytes } = (result ?? {}) as { readonly bytes?: unknown };
    return bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [];
  },
);
