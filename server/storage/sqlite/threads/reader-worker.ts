/** A thread with read-only connections: one question at a time, answered from queries/. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { TelemetryReader } from '../../ports.ts';
import { openReader } from '../connection.ts';
import type { Databases } from '../databases.ts';
import { kyselyOver } from '../dialect.ts';
import { queries } from '../questions.ts';

export interface ReaderJob {
  readonly id: number;
  readonly method: keyof TelemetryReader;
  readonly query: never;
}

export type ReaderReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('reader-worker runs as a worker thread');

const { folder } = workerData as { readonly folder: string };
const telemetry = openReader(join(folder, 'telemetry.db'));
const control = openReader(join(folder, 'control.db'));
const databases: Databases = {
  raw: telemetry,
  telemetry: kyselyOver(telemetry),
  control: kyselyOver(control),
  files: { telemetry: join(folder, 'telemetry.db') },
};

/** Questions take turns: each has the connection, and one snapshot for all its statements, to itself. */
let turn: Promise<void> = Promise.resolve();
port.on('message', (job: ReaderJob) => {
  turn = turn.then(async () => port.postMessage(await answer(job)));
});

async function answer(job: ReaderJob): Promise<ReaderReply> {
  const run = queries[job.method] as (databases: Databases, query: never) => Promise<unknown>;
  try {
    telemetry.exec('BEGIN');
    return { id: job.id, ok: true, value: await run(databases, job.query) };
  } catch (error) {
    return { id: job.id, ok: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    if (telemetry.inTransaction) telemetry.exec('COMMIT');
  }
}

port.postMessage({ id: 0, ok: true, value: 'ready' } satisfies ReaderReply);
