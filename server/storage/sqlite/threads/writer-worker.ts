/**
 * The thread that owns the only writable connections. Requests that wait together are committed together, and each is
 * answered after the fsync that covers it.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { unpackBatch } from '../../../../ingest/batch/packed-batch.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { WriteOutcome } from '../../../../ingest/records/sink.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { measureFolder } from '../../files/measure-folder.ts';
import { unpackedBytes } from '../../packed.ts';
import type { ClockNote, KnownTime } from '../../ports.ts';
import { releaseCache, reusableBytes } from '../connection.ts';
import type { PackedLines } from '../lines/pack.ts';
import { LOOK_MS } from '../lock.ts';
import { overwriting } from '../overwriting.ts';
import { DetachedFileError, isFatal, opening } from '../sqlite-errors.ts';
import type { AlertingCall } from '../write/alerting.ts';
import { applyAlerting } from '../write/alerting.ts';
import { AttributionTables } from '../write/attribution.ts';
import { BatchWriter } from '../write/batch-writer.ts';
import { noteClock } from '../write/clock-mark.ts';
import type { ControlCall } from '../write/control.ts';
import { applyControl, forgetControl, storedRetention } from '../write/control.ts';
import { deletionSteps } from '../write/deletion.ts';
import { ImportJournal } from '../write/import-journal.ts';
import { interruptedUndos, undoSteps } from '../write/import-undo.ts';
import { LineBlocks } from '../write/line-blocks.ts';
import { lineBudget } from '../write/line-budget.ts';
import { Retention } from '../write/retention.ts';
import { ENGINE_CALLS, TELEMETRY_CALLS } from './call-kinds.ts';
import { openFolder } from './open-folder.ts';
import { SettledClock } from './settled-clock.ts';
import type { WriterData, WriterJob, WriterReply } from './writer-protocol.ts';
import { ASKING } from './writer-protocol.ts';

type BatchJob = Omit<Extract<WriterJob, { op: 'batch' }>, 'packed'> & { readonly batch: Batch };

/** Id of background work, which has no reply. */
const RESUMED = -1;
/** Attribution holds the thread for this long at a time. */
const SLICE_MS = 10;
/** Most invocations in one commit, which bounds how long a request waits. */
const ROWS_PER_COMMIT = 16_000;
/** Request ids are indexed after this long without a write. */
const IDLE_MS = 1500;
/** Cached pages are given back after this long without a batch. */
const RELEASE_MS = MINUTE_MS;
/** Time that retention gets each second, even under constant load. */
const FORGET_MS = 40;
/** Under constant load, merge the request index at least this often. */
const MERGE_MS = 10_000;

const port = parentPort;
if (port === null) throw new Error('writer-worker runs as a worker thread');

const given = workerData as WriterData;
const { lock, telemetry, control, files, mark, numbers, checkpoints } = openFolder(given, (detached) =>
  answer({ id: 'files', detached }),
);
const { writer, journal, attribution, retention, lineBlocks } = opening(given.folder, () => {
  try {
    const rows = new BatchWriter(telemetry, given.deadLetterBytes, given.metrics);
    return {
      writer: rows,
      journal: new ImportJournal(telemetry),
      attribution: new AttributionTables(telemetry, rows),
      lineBlocks: new LineBlocks(telemetry),
      retention: new Retention(
        telemetry,
        storedRetention(control) ?? given.retention,
        () => rows.forget(),
        given.lineBytes ?? lineBudget(given.folder),
        given.metrics.keptMs,
      ),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
});

let idle: NodeJS.Timeout | undefined = setTimeout(rest, IDLE_MS);
/** Retention also runs under constant load. */
const chores = setInterval(forget, LOOK_MS);
const releasing = setTimeout(() => releaseCache(telemetry), RELEASE_MS).unref();
let controlForgotMs = 0;
let mergedMs = performance.now();
const settled = new SettledClock(given.waitsForClock ? null : given.nowMs);

port.on('message', (first: WriterJob) => {
  let job: WriterJob | undefined = first;
  let [wrote, onlyAsked] = [false, true];
  while (job !== undefined) {
    onlyAsked &&= ASKING.has(job.op);
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
    if (group.length > 0) {
      commit(group);
      checkpoints.telemetry.moveIfDue();
    } else if (job !== undefined && job.op !== 'batch') {
      single(job);
      job = nextJob();
    }
  }
  if (wrote) releasing.refresh();
  if (onlyAsked || (!wrote && idle !== undefined)) return;
  clearTimeout(idle);
  idle = setTimeout(rest, IDLE_MS);
});

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
    settled.set(group[0]?.settledMs ?? nowMs);
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
    else for (const job of group) reject(job.id, error);
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
  const done = (value: unknown): void => answer({ id: job.id, ok: true, value });
  try {
    switch (job.op) {
      case 'control':
        done(applyChange(job.call));
        return;
      case 'attribution':
        runSlice(job.id, attribution.steps(job.call, job.nowMs));
        return;
      case 'delete':
        runSlice(job.id, deletionSteps(telemetry, job.scope, deletionHooks));
        return;
      case 'line-blocks':
        done(storeLines(() => lineBlocks.replace(unpackedBytes(job.packed) as PackedLines)));
        return;
      case 'cut-lines':
        done(storeLines(() => lineBlocks.cut(job.cut)));
        return;
      case 'empty-log':
        done(truncateWal());
        return;
      case 'undo-import':
        runSlice(job.id, undoSteps(telemetry, writer, journal, job.importId, job.nowMs));
        return;
      case 'alerting':
        done(applyAlert(job.call));
        return;
      case 'clock':
        done(applyClock(job.note));
        return;
      case 'retention':
        retention.policy = storedRetention(control) ?? given.retention;
        done(undefined);
        return;
      case 'space':
        done(reusableBytes(telemetry));
        return;
      case 'measure':
        done(measureFolder(given.folder));
        return;
      case 'add-sums':
        for (const added of job.added['telemetry.db'] ?? []) checkpoints.telemetry.add(added);
        for (const added of job.added['control.db'] ?? []) checkpoints.control.add(added);
        done(undefined);
        return;
      case 'probe':
        files.assertAll();
        telemetry.exec('BEGIN IMMEDIATE; ROLLBACK');
        done(undefined);
        return;
      case 'watch':
        writer.feed.watched = job.on;
        done(undefined);
        return;
      case 'close':
        close();
        done(undefined);
        port?.close();
    }
  } catch (error) {
    reject(job.id, error);
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

/** Replaces lines that were acknowledged before. Returns their number, or that of their functions. */
function storeLines(replace: () => number): number {
  files.assertTelemetry();
  const n = overwriting(telemetry, () => numbered('telemetry', replace));
  files.assertTelemetry();
  return n;
}

function applyClock(note: ClockNote): KnownTime {
  if (note.settledMs !== null) settled.set(note.settledMs);
  const apply = (): KnownTime => noteClock(telemetry, control, note);
  return note.mark === null ? apply() : files.whileControlAttached(() => numbered('control', apply));
}

/** Runs a write as one numbered commit. */
function numbered<T>(name: 'telemetry' | 'control', write: () => T): T {
  const number = numbers[name];
  const value = (name === 'telemetry' ? telemetry : control).transaction(() => {
    number.advance(settled.now() ?? given.nowMs);
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
    reject(id, error);
  }
}

function close(): void {
  clearTimeout(idle);
  clearInterval(chores);
  for (const [db, log] of [
    [telemetry, checkpoints.telemetry],
    [control, checkpoints.control],
  ] as const) {
    log.run('TRUNCATE');
    db.close();
    log.close();
  }
  mark.close();
  lock.release();
}

/** Idle work in slices: a request waits for one slice at most. */
function rest(): void {
  idle = undefined;
  try {
    // A commit would hide that the log was cut.
    files.assertAll();
    const busy = writer.requests.mergeSlice() || forgetSlice();
    if (busy) idle = setTimeout(rest, 1);
    else truncateWal();
  } catch {
    // The disk is full or the file damaged: the next write reports it to its sender.
    giveBack();
  }
}

/** Runs retention for up to FORGET_MS, then yields. */
function forget(): void {
  lock.renew();
  const [until, nowMs] = [performance.now() + FORGET_MS, settled.now()];
  try {
    files.assertAll();
    mark.syncIfDue();
    mark.renew();
    for (const log of Object.values(checkpoints)) log.moveIfDue();
    while (performance.now() < until && (moveOldUnknown(given.nowMs) || forgetSlice()));
    if (performance.now() - mergedMs >= MERGE_MS) {
      mergedMs = performance.now();
      writer.requests.mergeSlice();
    }
    if (nowMs === null || nowMs - controlForgotMs < HOUR_MS) return;
    controlForgotMs = nowMs;
    forgetControl(control, nowMs);
    journal.expire(nowMs);
  } catch {
    giveBack();
  }
}

/** Deletes a slice of expired data. Returns false if there is none. */
function forgetSlice(): boolean {
  const nowMs = settled.now();
  return nowMs !== null && retention.step(nowMs);
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
    // Retried with the next slice.
  }
}

/** Truncates the write-ahead log unless a reader still uses it, and returns whether it did. */
function truncateWal(): boolean {
  files.assertAll();
  files.walTruncates();
  return checkpoints.telemetry.run('TRUNCATE');
}

function answer(reply: WriterReply): void {
  port?.postMessage(reply);
}

function reject(id: number, error: unknown): void {
  const known = error instanceof Error ? error : new Error(String(error));
  answer({ id, ok: false, fatal: isFatal(error), error: { name: known.name, message: known.message } });
}

answer({ id: 0, ok: true, value: 'ready' });
for (const importId of interruptedUndos(telemetry))
  single({ id: RESUMED, op: 'undo-import', importId, nowMs: given.nowMs });
