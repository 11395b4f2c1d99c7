/** The work of a reader thread: read-only connections that answer one query at a time. */
import { workerData } from 'node:worker_threads';
import { SECOND_MS } from '../../../../ingest/records/time.ts';
import { serveJobs } from '../../../../ingest/threads/serve-jobs.ts';
import type { PageFacts, Question, ShapedBytes, ShapeTask } from '../../packed.ts';
import { packedBytes, pageFactsOf } from '../../packed.ts';
import type { AttributedHours } from '../../ports.ts';
import { partBuffers } from '../../questions/attribution/cold-start-parts.ts';
import type { StoreRestriction } from '../../restriction.ts';
import type { Databases } from '../databases.ts';
import { queries } from '../questions.ts';
import { ReaderConnections } from './reader-connections.ts';

export interface ReaderData {
  /** The data folder. */
  readonly folder: string;
  /** Part of a file that is mapped into memory; null for the usual. */
  readonly mappedBytes: number | null;
}

/** Answer of a job that is to be packed. */
export interface PackedAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly page: PageFacts;
}

export interface ReaderJob {
  readonly method: keyof typeof queries;
  /** Argument of the method. */
  readonly query: unknown;
  /** What the caller may read; null for everything. */
  readonly restriction: StoreRestriction | null;
  /** How the answer is returned: as it is, serialized (packed.ts), or shaped by a task. */
  readonly form: 'plain' | 'packed' | ShapedForm;
}

/** The task, and the questions whose answers follow the first in its arguments. */
interface ShapedForm extends ShapeTask {
  readonly more: readonly Question[];
}

/** Runs a task on the answer of a question. */
type Shape = (name: string, args: readonly unknown[]) => ShapedBytes;

/** A reader without a query for this long gives memory back. Rules are evaluated every minute, and map much of a large file again. */
const REST_MS = 2 * SECOND_MS;

const { folder, mappedBytes } = workerData as ReaderData;
let resting: NodeJS.Timeout | undefined;
const connections = new ReaderConnections(folder, mappedBytes ?? undefined);

function run(databases: Databases, method: keyof typeof queries, query: unknown): Promise<unknown> {
  return (queries[method] as (databases: Databases, query: unknown) => Promise<unknown>)(databases, query);
}

/** All statements of a job see one snapshot. */
async function answer(job: ReaderJob, shape: Shape): Promise<unknown> {
  const { telemetry, databases } = connections.of(job.restriction);
  clearTimeout(resting);
  telemetry.exec('BEGIN');
  try {
    const value = await run(databases, job.method, job.query);
    if (job.form === 'plain') return value;
    if (job.form === 'packed') return { bytes: packedBytes(value), page: pageFactsOf(value) } satisfies PackedAnswer;
    const answers = [value];
    for (const [method, query] of job.form.more) answers.push(await run(databases, method, query));
    telemetry.exec('COMMIT');
    return shape(job.form.name, [...answers, ...job.form.args]);
  } finally {
    if (telemetry.inTransaction) telemetry.exec('COMMIT');
    resting = setTimeout(() => connections.release(), REST_MS);
  }
}

/** Serves the pool that started this thread. `shape` runs the tasks of shaped answers. */
export function serveReader(shape: Shape): void {
  serveJobs(
    (job: ReaderJob) => answer(job, shape),
    (result) => {
      if (holdsBytes(result)) return [result.bytes.buffer];
      return isAttributed(result) ? partBuffers(result) : [];
    },
  );
}

function holdsBytes(result: unknown): result is Pick<PackedAnswer, 'bytes'> {
  return typeof result === 'object' && result !== null && 'bytes' in result && result.bytes instanceof Uint8Array;
}

function isAttributed(result: unknown): result is AttributedHours {
  return typeof result === 'object' && result !== null && 'nextHourMs' in result && 'hours' in result;
}
