/**
 * One attempt is stored once, whichever way it comes: with its log stream or without, with times to the millisecond or cut to
 * the second (docs/decisions/0020). Finds the stored row that a REPORT or a START repeats, and completes it: the row takes the
 * log stream and the exact times from whichever of the two has them.
 */
import type Database from 'better-sqlite3';
import { afterFault } from '../../../../ingest/batch/status.ts';
import {
  exactBounds,
  isWholeSecond,
  mayBeOneAttempt,
  mayBeSameTime,
  secondOf,
} from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { STATUS } from '../../enums.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';
import type { Faults } from './faults.ts';
import { ROW } from './invocation-sql.ts';
import type { InvocationRow, Invocations } from './invocations.ts';

export class SameAttempt {
  readonly #dimensions: DimensionCache;
  readonly #invocations: Invocations;
  readonly #attempts: Attempts;
  readonly #faults: Faults;
  readonly #sql;

  constructor(
    db: Database.Database,
    dimensions: DimensionCache,
    { invocations, attempts, faults }: { invocations: Invocations; attempts: Attempts; faults: Faults },
  ) {
    this.#dimensions = dimensions;
    this.#invocations = invocations;
    this.#attempts = attempts;
    this.#faults = faults;
    this.#sql = prepare(db);
  }

  /** False on the usual path: only a row of the same key can be the same attempt. */
  needsSearch(environment: EnvironmentState, row: InvocationRow): boolean {
    return (
      !hasStream(environment) ||
      environment.hasWholeSeconds ||
      isWholeSecond(row.endMs) ||
      (this.#dimensions.withoutStream(environment.functionId)?.invocations ?? 0) > 0
    );
  }

  /** The stored row of the same attempt under another key, or null. */
  find(environment: EnvironmentState, given: InvocationRow): InvocationRow | null {
    const { functionId, endMs, requestId } = given;
    const rows = (
      isWholeSecond(endMs)
        ? this.#sql.within.all(functionId, ...exactBounds(endMs), requestId)
        : this.#sql.at.all(functionId, endMs, secondOf(endMs), requestId)
    ) as InvocationRow[];
    const same = rows.filter(
      (row) =>
        row.durationUs === given.durationUs &&
        mayBeSameTime(row.endMs, endMs) &&
        (row.environmentId === environment.id || row.environmentId < 0 || !hasStream(environment)),
    );
    // The same key is the same attempt; of the others, one with a log stream.
    const found = same.find((row) => keyIsEqual(row, given)) ?? same.find((row) => row.environmentId > 0) ?? same[0];
    return found === undefined || keyIsEqual(found, given) ? null : found;
  }

  /** Combines a stored row with another REPORT of its attempt. Returns the row as it is stored afterwards. */
  merge(environment: EnvironmentState, stored: InvocationRow, given: InvocationRow): InvocationRow {
    const home = stored.environmentId > 0 ? this.#dimensions.environmentById(stored.environmentId) : environment;
    const [exact, other] = isWholeSecond(stored.endMs) ? [given, stored] : [stored, given];
    const [known, unknown] = hasStream(environment) ? [given, stored] : [stored, given];
    const [status, again] = [STATUSES[stored.status] ?? 'success', STATUSES[given.status] ?? 'success'];
    const merged: InvocationRow = {
      ...stored,
      environmentId: home.id,
      endMs: exact.endMs,
      runMs: exact.runMs ?? other.runMs,
      seriesId: this.#dimensions.morePreciseSeries(known.seriesId, unknown.seriesId),
      status: STATUS[again === 'success' ? status : afterFault(status, again)],
      errorTypeId: known.errorTypeId ?? unknown.errorTypeId,
      tenantId: known.tenantId ?? unknown.tenantId,
      sampled: known.sampled ?? unknown.sampled,
      traceId: known.traceId ?? unknown.traceId,
      segmentId: known.segmentId ?? unknown.segmentId,
    };
    return this.#replace(home, stored, merged);
  }

  /**
   * A START with its log stream arrived for a row without one: the attempt ran there. Returns false if there is no such row.
   */
  placeByStart(environment: EnvironmentState, requestId: string, startMs: number, untilMs: number): boolean {
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    if (unknown === null || unknown.invocations === 0 || !hasStream(environment)) return false;
    const stored = this.#attempts
      .of(unknown.id, requestId, startMs, untilMs)
      .find(
        (row) =>
          mayBeOneAttempt(startMs, row.endMs, row.durationUs / 1000) &&
          (row.runMs === null || mayBeSameTime(row.endMs - row.runMs, startMs)),
      );
    if (stored === undefined) return false;
    const { version } = environment;
    this.#replace(environment, stored, {
      ...stored,
      environmentId: environment.id,
      runMs: stored.runMs !== null && isWholeSecond(startMs) ? stored.runMs : stored.endMs - startMs,
      seriesId: this.#dimensions.seriesWith(environment, stored.seriesId, version),
    });
    // The row may end at an exact time that is still to come, although its start is exact now.
    if (isWholeSecond(stored.endMs)) environment.hasWholeSeconds = true;
    return true;
  }

  /** Stored attempts of a request in the environment and, of either without a log stream, in those it may belong to. */
  attemptsOf(environment: EnvironmentState, requestId: string, fromMs: number, toMs: number): InvocationRow[] {
    return hasStream(environment)
      ? this.#attempts.of(environment.id, requestId, fromMs, toMs)
      : this.#attempts.ofFunction(environment.functionId, requestId, fromMs, toMs);
  }

  #replace(home: EnvironmentState, stored: InvocationRow, next: InvocationRow): InvocationRow {
    if (keyIsEqual(stored, next) && stored.seriesId === next.seriesId) {
      const { runMs, status, errorTypeId } = this.#faults.applyTo(home, next);
      this.#invocations.change(home, stored, { runMs, status, errorTypeId });
      return next;
    }
    this.#invocations.remove(this.#dimensions.environmentById(stored.environmentId), stored);
    return this.#invocations.insert(home, this.#faults.applyTo(home, { ...next, cold: null, userFelt: null })) ?? next;
  }
}

function keyIsEqual(a: InvocationRow, b: InvocationRow): boolean {
  return a.endMs === b.endMs && a.environmentId === b.environmentId;
}

function prepare(db: Database.Database) {
  return {
    at: db.prepare(`SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms IN (?, ?) AND request_id = ?`),
    within: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms BETWEEN ? AND ? AND request_id = ?`,
    ),
  };
}
