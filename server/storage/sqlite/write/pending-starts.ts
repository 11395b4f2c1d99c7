/** Table `pending_start`: STARTs whose REPORT has not arrived. One that comes with its log stream and without waits once. */
import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { earliestStart, exactBounds, mayBeOneAttempt, secondOf } from '../../../../ingest/records/attempt.ts';
import type { PendingStart } from '../../../../ingest/records/stream-events.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';

/** The REPORT that a START is looked for. Times in epoch ms; `startMs` is NaN if START is not in its batch. */
interface Report {
  readonly requestId: Uint8Array | string;
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
}

export class PendingStarts {
  readonly #dimensions: DimensionCache;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#sql = prepare(db);
  }

  /** Stores a START that waits for its REPORT. Returns false if it waits already. */
  add(environment: EnvironmentState, start: PendingStart): boolean {
    const { requestId, startMs, version, tenant } = start;
    if (!hasStream(environment)) {
      const [fromMs, toMs] = exactBounds(startMs);
      if (this.#sql.isWaiting.get(requestId, fromMs, toMs, environment.functionId) !== undefined) return false;
    }
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    const cameBefore = unknown !== null && this.#drop(unknown, requestId, startMs);
    const { changes } = this.#sql.add.run(environment.id, requestId, startMs, version, tenant);
    environment.pendingStarts += changes;
    return changes > 0 && !cameBefore;
  }

  /** Finds START in the same batch or among pending ones, and returns END − START, ms. The START is no longer pending. */
  take(
    environment: EnvironmentState,
    { requestId, startMs, endMs, durationMs }: Report,
  ): { readonly ms: number | null; readonly waited: boolean } {
    const unknown = this.#dimensions.withoutStream(environment.functionId) ?? environment;
    const isHere = !Number.isNaN(startMs);
    if (environment.pendingStarts === 0 && unknown.pendingStarts === 0) {
      return { ms: isHere ? endMs - startMs : null, waited: false };
    }
    const id = requestIdText(requestId);
    const found = isHere
      ? startMs
      : (this.#sql.find.get(environment.id, unknown.id, id, endMs, earliestStart(endMs, durationMs)) as
          | number
          | undefined);
    if (found === undefined) return { ms: null, waited: false };
    const waited = this.#drop(environment, id, found);
    const cameBefore = unknown !== environment && this.#drop(unknown, id, found);
    return { ms: endMs - found, waited: waited || cameBefore };
  }

  /** The environment in which a START of the attempt waits for its REPORT, or null. */
  environmentOf(functionId: number, { requestId, endMs, durationMs }: Report): EnvironmentState | null {
    const waiting = this.#sql.waiting.all(requestIdText(requestId), functionId) as {
      readonly environmentId: number;
      readonly startMs: number;
    }[];
    const found = waiting.find((start) => mayBeOneAttempt(start.startMs, endMs, durationMs));
    return found === undefined ? null : this.#dimensions.environmentById(found.environmentId);
  }

  /** Deletes a pending START, also one whose time is cut to the second. Returns whether there was one. */
  #drop(environment: EnvironmentState, requestId: string, startMs: number): boolean {
    if (environment.pendingStarts === 0) return false;
    const { changes } = this.#sql.drop.run(environment.id, requestId, startMs, secondOf(startMs));
    environment.pendingStarts -= changes;
    if (changes > 0) this.#dimensions.touch(environment, environment.lastSeenMs);
    return changes > 0;
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      'INSERT OR IGNORE INTO pending_start (environment_id, request_id, start_ms, version, tenant) VALUES (?, ?, ?, ?, ?)',
    ),
    find: db
      .prepare(
        `SELECT start_ms FROM pending_start WHERE environment_id IN (?, ?) AND request_id = ? AND start_ms <= ? AND start_ms > ?
         ORDER BY start_ms DESC LIMIT 1`,
      )
      .pluck(),
    drop: db.prepare('DELETE FROM pending_start WHERE environment_id = ? AND request_id = ? AND start_ms IN (?, ?)'),
    waiting: db.prepare(
      `SELECT environment_id AS environmentId, start_ms AS startMs FROM pending_start
       JOIN environment ON environment.id = environment_id
       WHERE request_id = ? AND function_id = ? AND environment_id > 0 ORDER BY start_ms DESC`,
    ),
    isWaiting: db.prepare(
      `SELECT 1 FROM pending_start JOIN environment ON environment.id = environment_id
       WHERE request_id = ? AND start_ms BETWEEN ? AND ? AND function_id = ? LIMIT 1`,
    ),
  };
}
