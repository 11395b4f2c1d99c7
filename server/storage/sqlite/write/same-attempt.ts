/**
 * Stores each attempt once, however it is delivered: with its log stream or without, with times to the millisecond or truncated to
 * the second (docs/decisions/0020). Finds the stored row that a REPORT or a START repeats, and completes it: the row takes the
 * log stream and the exact times from whichever of the two has them.
 */
import type Database from 'better-sqlite3';
import { afterFault } from '../../../../ingest/batch/status.ts';
import {
  exactBounds,
  isWholeSecond,
  mayBeSameDuration,
  mayBeSameTime,
  mayBeStartOf,
  moreExact,
  secondOf,
} from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { PendingStart } from '../../../../ingest/records/stream-events.ts';
import { STATUS } from '../../enums.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream, isStreamId } from './environments.ts';
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
        mayBeSameDuration(row.durationUs, given.durationUs) &&
        mayBeSameTime(row.endMs, endMs) &&
        (row.environmentId === environment.id || !isStreamId(row.environmentId) || !hasStream(environment)),
    );
    // The same key is the same attempt; of the others, one with a log stream.
    const found =
      same.find((row) => keyIsEqual(row, given)) ?? same.find((row) => isStreamId(row.environmentId)) ?? same[0];
    return found === undefined || keyIsEqual(found, given) ? null : found;
  }

  /** Combines a stored row with another REPORT of its attempt. */
  merge(environment: EnvironmentState, stored: InvocationRow, given: InvocationRow): void {
    const home = isStreamId(stored.environmentId)
      ? this.#dimensions.environmentById(stored.environmentId)
      : environment;
    const isKnown = keyIsEqual(stored, given) || !hasStream(environment);
    const [known, unknown] = isKnown ? [stored, given] : [given, stored];
    const [status, again] = [STATUSES[stored.status] ?? 'success', STATUSES[given.status] ?? 'success'];
    const merged: InvocationRow = {
      ...stored,
      environmentId: home.id,
      ...exactTimes(stored, given),
      // Of a rounded one and an exact one, the same whatever came first.
      durationUs: Math.max(stored.durationUs, given.durationUs),
      seriesId: this.#dimensions.morePreciseSeries(known.seriesId, unknown.seriesId),
      status: STATUS[again === 'success' ? status : afterFault(status, again)],
      errorTypeId: known.errorTypeId ?? unknown.errorTypeId,
      tenantId: known.tenantId ?? unknown.tenantId,
      sampled: known.sampled ?? unknown.sampled,
      traceId: known.traceId ?? unknown.traceId,
      segmentId: known.segmentId ?? unknown.segmentId,
    };
    const { version, memoryMb } = this.#dimensions.partsOf(merged.seriesId);
    this.#dimensions.noteLatest(home.functionId, merged.endMs, memoryMb, version);
    this.#replace(home, stored, merged);
  }

  /**
   * A START with its log stream arrived for a row without one: the attempt ran there. Returns that row, or null.
   */
  placeByStart(environment: EnvironmentState, start: PendingStart, untilMs: number): InvocationRow | null {
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    if (unknown === null || unknown.invocations === 0 || !hasStream(environment)) return null;
    const { startMs } = start;
    const stored = this.#attempts
      .of(unknown.id, start.requestId, secondOf(startMs), untilMs)
      .find(
        (row) =>
          mayBeStartOf(startMs, row.endMs, row.durationUs / 1000) &&
          (row.runMs === null || mayBeSameTime(row.endMs - row.runMs, startMs)),
      );
    if (stored === undefined) return null;
    this.complete(environment, stored, start);
    // The row may end at an exact time that is still to come, although its start is exact now.
    if (isWholeSecond(stored.endMs)) environment.hasWholeSeconds = true;
    return stored;
  }

  /** Completes a row with the values of its START. The row is in the environment from now on. */
  complete(home: EnvironmentState, stored: InvocationRow, start: PendingStart): void {
    const { startMs, tenant } = start;
    const { version, memoryMb } = this.#dimensions.partsOf(stored.seriesId);
    const known = version ?? start.version ?? home.version;
    if (hasStream(home)) home.memoryMb ??= memoryMb;
    this.#dimensions.noteLatest(home.functionId, stored.endMs, memoryMb, known);
    const next = {
      ...stored,
      environmentId: home.id,
      runMs: runOf(stored.endMs, stored.runMs === null ? startMs : moreExact(stored.endMs - stored.runMs, startMs)),
      seriesId: this.#dimensions.seriesWith(home, stored.seriesId, known),
      tenantId: stored.tenantId ?? this.#dimensions.label(tenant),
    };
    if (!keyIsEqual(stored, next) || saysMore(next, stored)) this.#replace(home, stored, next);
  }

  /** Stored attempts of a request in the environment and, of either without a log stream, in those it may belong to. */
  attemptsOf(environment: EnvironmentState, requestId: string, fromMs: number, toMs: number): InvocationRow[] {
    return hasStream(environment)
      ? this.#attempts.of(environment.id, requestId, fromMs, toMs)
      : this.#attempts.ofFunction(environment.functionId, requestId, fromMs, toMs);
  }

  #replace(home: EnvironmentState, stored: InvocationRow, next: InvocationRow): void {
    this.#dimensions.touch(home, next.endMs);
    if (keyIsEqual(stored, next) && RARE.every((name) => stored[name] === next[name])) {
      const { runMs, status, errorTypeId } = this.#faults.applyTo(home, next);
      this.#invocations.change(home, stored, { runMs, status, errorTypeId });
      return;
    }
    const from = this.#dimensions.environmentById(stored.environmentId);
    this.#dimensions.touch(from, stored.endMs);
    this.#invocations.remove(from, stored);
    const moved = this.#faults.applyTo(home, { ...next, cold: null, userFelt: null });
    this.#attempts.moved(this.#invocations.insert(home, moved) ?? moved);
  }
}

/** Start and end of two copies of one REPORT, each from the copy in which it is exact. */
function exactTimes(a: InvocationRow, b: InvocationRow): Pick<InvocationRow, 'endMs' | 'runMs'> {
  const endMs = moreExact(a.endMs, b.endMs);
  const [start, other] = [a, b].flatMap((row) => (row.runMs === null ? [] : [row.endMs - row.runMs]));
  if (start === undefined) return { endMs, runMs: null };
  return { endMs, runMs: runOf(endMs, other === undefined ? start : moreExact(start, other)) };
}

/** Time from START to END, ms. An exact START can lie after an END that is truncated to the second. */
export function runOf(endMs: number, startMs: number): number {
  return Math.max(0, endMs - startMs);
}

/** Changes that apply to a stored row as a whole. */
const RARE = ['seriesId', 'durationUs', 'tenantId', 'sampled', 'traceId', 'segmentId'] as const;

/** Returns whether a copy of a row contains something that the row does not. */
export function saysMore(copy: InvocationRow, row: InvocationRow): boolean {
  const isNews = (name: (typeof RARE)[number]): boolean =>
    copy[name] !== null && (name === 'seriesId' ? copy[name] !== row[name] : row[name] === null);
  return (copy.runMs !== null && copy.runMs !== row.runMs) || RARE.some(isNews);
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
