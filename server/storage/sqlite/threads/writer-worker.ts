/**
 * The thread that owns the only writable connections. Requests that wait together are committed together, and each is
 * answered after the fsync that covers it.
 */

import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { unpackBatch } from '../../../../ingest/batch/packed-batch.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { WriteOutcome } from '../../../../ingest/records/sink.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { CommitNumbers, openHighWater } from '../commit-numbers.ts';
import { openWriter, truncateLog } from '../connection.ts';
import type { FolderLock } from '../lock.ts';
import { lockFolder } from '../lock.ts';
import { assertComplete } from '../maintenance/completeness.ts';
import { assertInUse, assertPresent, notePresent } from '../maintenance/presence.ts';
import { finishRestore } from '../maintenance/restore.ts';
import { migrate } from '../migrate.ts';
import { sight } from '../open-files.ts';
import { DetachedFileError, isFatal, opening } from '../sqlite-errors.ts';
import type { AlertingCall } from '../write/alerting.ts';
import { applyAlerting } from '../write/alerting.ts';
import { AttributionTables } from '../write/attribution.ts';
import { BatchWriter } from '../write/batch-writer.ts';
import type { ControlCall } from '../write/control.ts';
import { applyControl, forgetControl, storedRetention } from '../write/control.ts';
import { deletionSteps } from '../write/deletion.ts';
import { ImportJournal } from '../write/import-journal.ts';
import { interruptedUndos, undoSteps } from '../write/import-undo.ts';
import { Retention } from '../write/retention.ts';
import { WriterFiles } from './writer-files.ts';
import type { WriterData, WriterJob, WriterReply } from './writer-protocol.ts';

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

/** Calls that write to `telemetry.db`. */
const TELEMETRY_CALLS: ReadonlySet<ControlCall['name']> = new Set(['recordTraceAttempts', 'markReplayed']);
/** Calls of the alert engine itself. They acknowledge nothing to a client. */
const ENGINE_CALLS: ReadonlySet<AlertingCall['name']> = new Set([
  'saveEvaluations',
  'saveDispatch',
  'saveAttempt',
  'onClockRewind',
  'deleteBefore',
]);

const port = parentPort;
if (port === null) throw new Error('writer-worker runs as a worker thread');

const { folder, migrations, quarantineBytes, cacheMb, ...given } = workerData as WriterData;
const { lock, telemetry, control, files, mark, numbers, writer, journal, attribution, retention } = opening(
  folder,
  () => {
    if (given.isReopened) assertInUse(folder);
    const held = lockFolder(folder);
    try {
      return openHeld(held);
    } catch (error) {
      held.release();
      throw error;
    }
  },
);

/** Opens the files. The caller holds the folder's lock. */
function openHeld(held: FolderLock) {
  finishRestore(folder);
  assertPresent(folder);
  assertComplete(folder);
  const paths = [join(folder, 'telemetry.db'), join(folder, 'control.db')] as const;
  const before = [sight(paths[0]), sight(paths[1])] as const;
  const [telemetryFile, controlFile] = [openFile('telemetry', cacheMb), openFile('control')];
  const mark = openHighWater(folder, telemetryFile, controlFile);
  for (const db of [telemetryFile, controlFile]) emptyWal(db);
  notePresent(folder);
  const openFiles = new WriterFiles(folder, before, (detached) => answer({ id: 'files', detached }));
  const rows = new BatchWriter(telemetryFile, quarantineBytes);
  return {
    lock: held,
    telemetry: telemetryFile,
    control: controlFile,
    files: openFiles,
    mark,
    numbers: {
      telemetry: new CommitNumbers(telemetryFile, 'telemetry', mark),
      control: new CommitNumbers(controlFile, 'control', mark),
    },
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

/** A log without frames of an interrupted transaction: after the next crash, they would look like lost ones. */
function emptyWal(db: Database.Database): void {
  try {
    truncateLog(db);
  } catch {
    // The disk is full: the log stays as it is.
  }
}

function nextJob(): WriterJob | undefined {
  return port === null ? undefined : (receiveMessageOnPort(port)?.message as WriterJob | undefined);
}

/** Commits the group in one transaction; if that fails, commits each batch by itself. */
function commit(group: readonly BatchJob[]): void {
  try {
    files.assertTelemetry();
    telemetry.exec('BEGIN IMMEDIATE');
    const outcomes = group.map(apply);
    const nowMs = group[0]?.nowMs ?? 0;
    writer.flush(nowMs);
    numbers.telemetry.advance(nowMs);
    telemetry.exec('COMMIT');
    files.assertTelemetry();
    numbers.telemetry.committed();
    clockAheadMs = nowMs - Date.now();
    for (const [at, job] of group.entries()) answer({ id: job.id, ok: true, value: outcomes[at] });
    const news = writer.feed.take();
    if (news !== null) answer({ id: 'news', news });
  } catch (error) {
    if (telemetry.inTransaction) telemetry.exec('ROLLBACK');
    numbers.telemetry.rolledBack();
    writer.reset();
    journal.reset();
    if (group.length > 1 && !isFatal(error) && !(error instanceof DetachedFileError))
      for (const job of group) commit([job]);
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
        answer({ id: job.id, ok: true, value: applyChange(job.call) });
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
        answer({ id: job.id, ok: true, value: applyAlert(job.call) });
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
        files.assertAll();
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

function applyChange(call: ControlCall): unknown {
  const apply = (): unknown => applyControl(control, telemetry, call);
  if (!TELEMETRY_CALLS.has(call.name)) return files.whileControlAttached(() => numbered('control', apply));
  files.assertTelemetry();
  const value = numbered('telemetry', apply);
  files.assertTelemetry();
  return value;
}

/** Runs a write as one numbered commit. */
function numbered<T>(name: 'telemetry' | 'control', write: () => T): T {
  const number = numbers[name];
  const value = (name === 'telemetry' ? telemetry : control).transaction(() => {
    number.advance(clock());
    return write();
  })();
  number.committed();
  return value;
}

/** Alerts are evaluated and delivered while files are detached: one of them reports it. */
function applyAlert(call: AlertingCall): unknown {
  const apply = (): unknown => numbered('control', () => applyAlerting(control, call));
  return ENGINE_CALLS.has(call.name) ? apply() : files.whileControlAttached(apply);
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
    files.assertTelemetry();
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) {
        numbered('telemetry', () => undefined);
        files.assertTelemetry();
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
  mark.close();
  lock.release();
}

/** Idle work in slices: a request that arrives meanwhile waits for one slice at most. */
function rest(): void {
  idle = undefined;
  try {
    // A commit would hide that the log was cut.
    files.assertAll();
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
    files.assertAll();
    mark.syncIfDue();
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

/** Truncates the write-ahead log unless a reader still uses it. */
function truncateWal(): void {
  files.assertAll();
  files.walTruncates();
  truncateLog(telemetry);
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
