/**
 * The thread that owns the only writable connections. Requests that wait together are committed together, and each is
 * answered after the fsync that covers it.
 */

import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { unpackBatch } from '../../../../ingest/batch/packed-batch.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../../ingest/records/sink.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { CommittedRows, DeletionScope } from '../../ports.ts';
import type { RetentionPolicy } from '../../questions/retention/types.ts';
import { BUSY_MS, openWriter } from '../connection.ts';
import type { FolderLock } from '../lock.ts';
import { lockFolder } from '../lock.ts';
import { assertPresent, notePresent } from '../maintenance/presence.ts';
import { finishRestore } from '../maintenance/restore.ts';
import { migrate } from '../migrate.ts';
import { isFatal, opening } from '../sqlite-errors.ts';
import type { AlertingCall } from '../write/alerting.ts';
import { applyAlerting } from '../write/alerting.ts';
import type { AttributionCall } from '../write/attribution.ts';
import { AttributionTables } from '../write/attribution.ts';
import { BatchWriter } from '../write/batch-writer.ts';
import type { ControlCall } from '../write/control.ts';
import { applyControl, forgetControl, storedRetention } from '../write/control.ts';
import { deletionSteps } from '../write/deletion.ts';
import { ImportJournal } from '../write/import-journal.ts';
import { interruptedUndos, undoSteps } from '../write/import-undo.ts';
import { Retention } from '../write/retention.ts';

export interface WriterData {
  readonly folder: string;
  readonly migrations: string;
  /** Where the stored settings do not say otherwise. */
  readonly retention: RetentionPolicy;
  /** When the thread is started, by the clock that receipt is noted by. */
  readonly nowMs: number;
  readonly quarantineBytes: number;
  readonly cacheMb: number;
}

export type WriterJob =
  | {
      readonly id: number;
      readonly op: 'batch';
      /** A packed batch. */
      readonly packed: Uint8Array<ArrayBuffer>;
      readonly source: BatchSource;
      readonly nowMs: number;
      readonly checkpoint: PullCheckpoint | null;
    }
  | { readonly id: number; readonly op: 'control'; readonly call: ControlCall }
  | { readonly id: number; readonly op: 'alerting'; readonly call: AlertingCall }
  | { readonly id: number; readonly op: 'attribution'; readonly call: AttributionCall; readonly nowMs: number }
  | { readonly id: number; readonly op: 'delete'; readonly scope: DeletionScope }
  | { readonly id: number; readonly op: 'undo-import'; readonly importId: string; readonly nowMs: number }
  | { readonly id: number; readonly op: 'retention' }
  | { readonly id: number; readonly op: 'space' }
  | { readonly id: number; readonly op: 'probe' }
  | { readonly id: number; readonly op: 'watch'; readonly on: boolean }
  | { readonly id: number; readonly op: 'close' };

export type WriterReply =
  | { readonly id: 'news'; readonly news: CommittedRows }
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly fatal: boolean;
      readonly error: { readonly name: string; readonly message: string };
    };

type BatchJob = Omit<Extract<WriterJob, { op: 'batch' }>, 'packed'> & { readonly batch: Batch };

/** Id of work that nobody waits for. */
const RESUMED = -1;
/** Attribution holds the thread for this long at a time. */
const SLICE_MS = 10;
/** Most invocations in one commit, which bounds how long a request waits. */
const ROWS_PER_COMMIT = 16_000;
/** Request ids are indexed after this long without a write. */
const IDLE_MS = 1500;
const CHORES_MS = 1000;
/** Time that retention gets each second, even under constant load. */
const FORGET_MS = 40;
const CONTROL_CHORES_MS = HOUR_MS;
/** Under constant load, merge the request index at least this often. */
const MERGE_MS = 10_000;

const port = parentPort;
if (port === null) throw new Error('writer-worker runs as a worker thread');

const { folder, migrations, quarantineBytes, cacheMb, ...given } = workerData as WriterData;
const { lock, telemetry, control, writer, journal, attribution, retention } = opening(folder, () => {
  const held = lockFolder(folder);
  try {
    return openHeld(held);
  } catch (error) {
    held.release();
    throw error;
  }
});

/** Opens the files. The caller holds the folder's lock. */
function openHeld(held: FolderLock) {
  finishRestore(folder);
  assertPresent(folder);
  const [telemetryFile, controlFile] = [openFile('telemetry', cacheMb), openFile('control')];
  notePresent(folder);
  const rows = new BatchWriter(telemetryFile, quarantineBytes);
  return {
    lock: held,
    telemetry: telemetryFile,
    control: controlFile,
    writer: rows,
    journal: new ImportJournal(telemetryFile),
    attribution: new AttributionTables(telemetryFile, rows),
    retention: new Retention(telemetryFile, storedRetention(controlFile) ?? given.retention, () => rows.forget()),
  };
}

let idle: NodeJS.Timeout | undefined;
/** Retention also runs under constant load. */
const chores = setInterval(forget, CHORES_MS);
let controlForgotMs = 0;
let mergedMs = performance.now();
/** The main thread's clock minus this thread's, ms: rows carry the main thread's time of receipt. */
let clockAheadMs = given.nowMs - Date.now();
const clock = (): number => Date.now() + clockAheadMs;

port.on('message', (first: WriterJob) => {
  let job: WriterJob | undefined = first;
  let wrote = false;
  while (job !== undefined) {
    const group: BatchJob[] = [];
    let rows = 0;
    while (job?.op === 'batch' && rows < ROWS_PER_COMMIT) {
      const { packed, ...rest } = job;
      const batch = unpackBatch({ packed });
      group.push({ ...rest, batch });
      rows += batch.invocations.n;
      job = nextJob();
    }
    wrote ||= group.length > 0;
    if (group.length > 0) commit(group);
    else if (job !== undefined && job.op !== 'batch') {
      single(job);
      job = nextJob();
    }
  }
  // Probes do not reset the idle timer.
  if (!wrote && idle !== undefined) return;
  clearTimeout(idle);
  idle = setTimeout(rest, IDLE_MS);
});

function openFile(name: 'telemetry' | 'control', withCacheMb?: number): Database.Database {
  const path = join(folder, `${name}.db`);
  const db = openWriter(path, withCacheMb);
  migrate(db, path, join(migrations, name));
  return db;
}

function nextJob(): WriterJob | undefined {
  return port === null ? undefined : (receiveMessageOnPort(port)?.message as WriterJob | undefined);
}

/** Commits the group in one transaction; if that fails, commits each batch by itself. */
function commit(group: readonly BatchJob[]): void {
  try {
    telemetry.exec('BEGIN IMMEDIATE');
    const outcomes = group.map(apply);
    const nowMs = group[0]?.nowMs ?? 0;
    writer.flush(nowMs);
    telemetry.exec('COMMIT');
    clockAheadMs = nowMs - Date.now();
    for (const [at, job] of group.entries()) answer({ id: job.id, ok: true, value: outcomes[at] });
    const news = writer.feed.take();
    if (news !== null) answer({ id: 'news', news });
  } catch (error) {
    if (telemetry.inTransaction) telemetry.exec('ROLLBACK');
    writer.reset();
    journal.reset();
    if (group.length > 1 && !isFatal(error)) for (const job of group) commit([job]);
    else for (const job of group) refuse(job.id, error);
  }
}

function apply({ batch, source, nowMs, checkpoint }: BatchJob): WriteOutcome {
  if (!journal.concerns(batch, source)) return writer.apply(batch, source, nowMs, checkpoint);
  // The journal copies rows as they are stored.
  writer.flush(nowMs);
  journal.before(batch, source, nowMs);
  const outcome = writer.apply(batch, source, nowMs, checkpoint);
  journal.after(batch, source, outcome, nowMs);
  return outcome;
}

function single(job: Exclude<WriterJob, { op: 'batch' }>): void {
  try {
    switch (job.op) {
      case 'control':
        answer({ id: job.id, ok: true, value: applyControl(control, telemetry, job.call) });
        return;
      case 'attribution':
        runSlice(job.id, attribution.steps(job.call, job.nowMs));
        return;
      case 'delete':
        runSlice(job.id, deletionSteps(telemetry, job.scope, deletionHooks));
        return;
      case 'undo-import':
        runSlice(job.id, undoSteps(telemetry, writer, journal, job.importId, job.nowMs));
        return;
      case 'alerting':
        answer({ id: job.id, ok: true, value: applyAlerting(control, job.call) });
        return;
      case 'retention':
        retention.policy = storedRetention(control) ?? given.retention;
        answer({ id: job.id, ok: true, value: undefined });
        return;
      case 'space': {
        const free = Number(telemetry.pragma('freelist_count', { simple: true }));
        answer({ id: job.id, ok: true, value: free * Number(telemetry.pragma('page_size', { simple: true })) });
        return;
      }
      case 'probe':
        telemetry.exec('BEGIN IMMEDIATE; ROLLBACK');
        answer({ id: job.id, ok: true, value: undefined });
        return;
      case 'watch':
        writer.feed.watched = job.on;
        answer({ id: job.id, ok: true, value: undefined });
        return;
      case 'close':
        close();
        answer({ id: job.id, ok: true, value: undefined });
        port?.close();
    }
  } catch (error) {
    refuse(job.id, error);
  }
}

const deletionHooks = {
  merged: () => {
    while (writer.requests.mergeSlice());
  },
  forget: () => {
    writer.reset();
    journal.reset();
  },
};

/** Runs steps for one slice, then lets other jobs have their turn before the next. */
function runSlice(id: number, steps: Iterator<void, unknown>): void {
  if (!telemetry.open) return;
  try {
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) {
        answer({ id, ok: true, value: step.value });
        return;
      }
    } while (performance.now() < until);
    setImmediate(runSlice, id, steps);
  } catch (error) {
    refuse(id, error);
  }
}

function close(): void {
  clearTimeout(idle);
  clearInterval(chores);
  for (const db of [telemetry, control]) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
  }
  lock.release();
}

/** Idle work in slices: a request that arrives meanwhile waits for one slice at most. */
function rest(): void {
  idle = undefined;
  try {
    const busy = writer.requests.mergeSlice() || retention.step(clock());
    if (busy) idle = setTimeout(rest, 1);
    else truncateWal();
  } catch {
    // The disk is full or the file damaged: the next write reports it to its sender.
    giveBack();
  }
}

/** Runs retention for up to FORGET_MS, then yields. */
function forget(): void {
  const until = performance.now() + FORGET_MS;
  const nowMs = clock();
  try {
    while (performance.now() < until && (moveOldUnknown(nowMs) || retention.step(nowMs)));
    if (performance.now() - mergedMs >= MERGE_MS) {
      mergedMs = performance.now();
      writer.requests.mergeSlice();
    }
    if (nowMs - controlForgotMs < CONTROL_CHORES_MS) return;
    controlForgotMs = nowMs;
    forgetControl(control, nowMs);
    journal.expire(nowMs);
  } catch {
    giveBack();
  }
}

/** Moves a slice of what earlier versions stored without a log stream. Returns false if nothing is left. */
function moveOldUnknown(nowMs: number): boolean {
  if (!writer.oldUnknown.isDue()) return false;
  telemetry.exec('BEGIN IMMEDIATE');
  try {
    writer.oldUnknown.step();
    writer.flush(nowMs);
    telemetry.exec('COMMIT');
    return true;
  } catch (error) {
    telemetry.exec('ROLLBACK');
    writer.reset();
    throw error;
  }
}

/** Makes room for the next slice where the write-ahead log has used up the disk. */
function giveBack(): void {
  try {
    truncateWal();
  } catch {
    // Tried again with the next slice.
  }
}

/** Truncates the write-ahead log unless a reader still uses it; does not wait for the reader. */
function truncateWal(): void {
  telemetry.pragma('busy_timeout = 0');
  try {
    telemetry.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    telemetry.pragma(`busy_timeout = ${BUSY_MS}`);
  }
}

function answer(reply: WriterReply): void {
  port?.postMessage(reply);
}

function refuse(id: number, error: unknown): void {
  const known = error instanceof Error ? error : new Error(String(error));
  answer({ id, ok: false, fatal: isFatal(error), error: { name: known.name, message: known.message } });
}

answer({ id: 0, ok: true, value: 'ready' });
for (const importId of interruptedUndos(telemetry))
  single({ id: RESUMED, op: 'undo-import', importId, nowMs: given.nowMs });
