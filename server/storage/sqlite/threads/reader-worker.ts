/** A reader thread: read-only connections that answer one query at a time. */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { serveJobs } from '../../../../ingest/threads/serve-jobs.ts';
import { nextCursorOf, packedBytes } from '../../packed.ts';
import type { AttributedHours, StoreReader } from '../../ports.ts';
import { partBuffers } from '../../questions/attribution/cold-start-parts.ts';
import { openReader } from '../connection.ts';
import type { Databases } from '../databases.ts';
import { queries } from '../questions.ts';
import { ReadConnection } from '../read-connection.ts';

export interface ReaderData {
  /** The data folder. */
  readonly folder: string;
  /** Part of a file that is mapped into memory; null for the usual. */
  readonly mappedBytes: number | null;
}

/** Answer of a job that is to be packed. */
export interface PackedAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly nextCursor: string | null;
}

export interface ReaderJob {
  readonly method: keyof StoreReader;
  /** Argument of the method. */
  readonly query: unknown;
  /** True to return the answer serialized (packed.ts). */
  readonly packed: boolean;
}

const { folder, mappedBytes } = workerData as ReaderData;
const telemetry = openReader(join(folder, 'telemetry.db'), mappedBytes ?? undefined);
const control = openReader(join(folder, 'control.db'), mappedBytes ?? undefined);
const databases: Databases = {
  telemetry: new ReadConnection(telemetry),
  control: new ReadConnection(control),
  files: { telemetry: join(folder, 'telemetry.db') },
};

/** All statements of a query see one snapshot. */
async function answer(job: ReaderJob): Promise<unknown> {
  const run = queries[job.method] as (databases: Databases, query: unknown) => Promise<unknown>;
  telemetry.exec('BEGIN');
  try {
    const value = await run(databases, job.query);
    return job.packed ? ({ bytes: packedBytes(value), nextCursor: nextCursorOf(value) } satisfies PackedAnswer) : value;
  } finally {
    if (telemetry.inTransaction) telemetry.exec('COMMIT');
  }
}

serveJobs(answer, (result) => {
  if (isPacked(result)) return [result.bytes.buffer];
  return isAttributed(result) ? partBuffers(result) : [];
});

function isPacked(result: unknown): result is PackedAnswer {
  return typeof result === 'object' && result !== null && 'bytes' in result && result.bytes instanceof Uint8Array;
}

function isAttributed(result: unknown): result is AttributedHours {
  return typeof result === 'object' && result !== null && 'nextHourMs' in result && 'hours' in result;
}
