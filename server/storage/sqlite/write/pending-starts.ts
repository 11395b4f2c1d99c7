/** Table `pending_start`: STARTs whose REPORT has not arrived. One that arrives both with and without its log stream is stored once. */
import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { mayBeSameTime, mayBeStartOf, moreExact } from '../../../../ingest/records/attempt.ts';
import type { PendingStart } from '../../../../ingest/records/stream-events.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream, isStreamId } from './environments.ts';
import { runOf } from './same-attempt.ts';

/** The REPORT that a START is looked for. Times in epoch ms; `startMs` is NaN if START is not in its batch. */
interface Report {
  readonly requestId: Uint8Array | string;
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
}

interface Waiting {
  readonly environmentId: number;
  readonly startMs: number;
  readonly version: string | null;
  readonly tenant: string | null;
}

/** Values that START adds to a REPORT. */
interface TakenStart {
  /** END − START, ms; null if START is not known. */
  readonly ms: number | null;
  /** START arrived in an earlier batch. */
  readonly waited: boolean;
  readonly version: string | null;
  readonly tenant: string | null;
}

const NO_START: TakenStart = { ms: null, waited: false, version: null, tenant: null };

export class PendingStarts {
  readonly #dimensions: DimensionCache;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#sql = prepare(db);
  }

  /**
   * Stores a START that waits for its REPORT. Returns false if it waits already. Of two copies the log stream, the
   * exact time, version and tenant are kept, whichever has them.
   */
  add(environment: EnvironmentState, start: PendingStart): boolean {
    const { requestId } = start;
    const copy = this.#waiting(environment.functionId, requestId).find(
      (one) =>
        mayBeSameTime(one.startMs, start.startMs) &&
        (one.environmentId === environment.id || !isStreamId(one.environmentId) || !hasStream(environment)),
    );
    if (copy !== undefined) this.#drop(copy, requestId);
    const isElsewhere = copy !== undefined && !hasStream(environment);
    const home = isElsewhere ? this.#dimensions.environmentById(copy.environmentId) : environment;
    const startMs = copy === undefined ? start.startMs : moreExact(start.startMs, copy.startMs);
    const [version, tenant] = [start.version ?? copy?.version ?? null, start.tenant ?? copy?.tenant ?? null];
    home.pendingStarts += this.#sql.add.run(home.id, requestId, startMs, version, tenant).changes;
    this.#dimensions.touch(home, startMs);
    return copy === undefined;
  }

  /** Finds START in the same batch or among pending ones, and returns END − START, ms. The START is no longer pending. */
  take(environment: EnvironmentState, report: Report): TakenStart {
    const unknown = this.#dimensions.withoutStream(environment.functionId) ?? environment;
    const { startMs, endMs, durationMs } = report;
    const isInBatch = !Number.isNaN(startMs);
    if (environment.pendingStarts === 0 && unknown.pendingStarts === 0) {
      return isInBatch ? { ...NO_START, ms: endMs - startMs } : NO_START;
    }
    const id = requestIdText(report.requestId);
    const found = (this.#sql.waitingHere.all(id, environment.id, unknown.id) as Waiting[]).find((one) =>
      isInBatch ? mayBeSameTime(one.startMs, startMs) : mayBeStartOf(one.startMs, endMs, durationMs),
    );
    if (found === undefined) return isInBatch ? { ...NO_START, ms: runOf(endMs, startMs) } : NO_START;
    // An exact START that lies after an END truncated to the second waits on: the exact END is still to come.
    if (found.startMs <= endMs) this.#drop(found, id);
    const { version, tenant } = found;
    const foundMs = isInBatch ? moreExact(startMs, found.startMs) : found.startMs;
    return { ms: runOf(endMs, foundMs), waited: true, version, tenant };
  }

  /** The environment in which a START of the attempt waits for its REPORT, or null. */
  environmentOf(functionId: number, { requestId, endMs, durationMs }: Report): EnvironmentState | null {
    const found = this.#waiting(functionId, requestIdText(requestId)).find(({ startMs }) =>
      mayBeStartOf(startMs, endMs, durationMs),
    );
    return found === undefined ? null : this.#dimensions.environmentById(found.environmentId);
  }

  /** STARTs of a request id that wait in the function, newest first. */
  #waiting(functionId: number, requestId: string): readonly Waiting[] {
    return this.#sql.waiting.all(requestId, functionId) as Waiting[];
  }

  #drop({ environmentId, startMs }: Waiting, requestId: string): void {
    const home = this.#dimensions.environmentById(environmentId);
    home.pendingStarts -= this.#sql.drop.run(environmentId, requestId, startMs).changes;
    this.#dimensions.touch(home, home.lastSeenMs);
  }
}

const WAITING = 'environment_id AS environmentId, start_ms AS startMs, pending_start.version, pending_start.tenant';

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      'INSERT OR IGNORE INTO pending_start (environment_id, request_id, start_ms, version, tenant) VALUES (?, ?, ?, ?, ?)',
    ),
    drop: db.prepare('DELETE FROM pending_start WHERE environment_id = ? AND request_id = ? AND start_ms = ?'),
    waiting: db.prepare(
      `SELECT ${WAITING} FROM pending_start JOIN environment ON environment.id = environment_id
       WHERE request_id = ? AND function_id = ? ORDER BY start_ms DESC`,
    ),
    waitingHere: db.prepare(
      `SELECT ${WAITING} FROM pending_start WHERE request_id = ? AND environment_id IN (?, ?) ORDER BY start_ms DESC`,
    ),
  };
}
