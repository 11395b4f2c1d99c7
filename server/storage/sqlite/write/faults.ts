/**
 * Table `fault`: fault lines (timeouts, exits, runtime errors, out of memory). A fault line applies to the attempt of its
 * request id that it belongs to, whichever of the two arrives first.
 */
import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { exactBounds, isWholeSecond, LONGEST_RUN_MS, moreExact, secondOf } from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import type { Fault } from '../../../analytics/cold-starts/fault-match.ts';
import { applyFaults, FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';
import { STATUS } from '../../enums.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream, isStreamId } from './environments.ts';
import { isLessComplete } from './init-events.ts';
import type { InvocationRow, Invocations } from './invocations.ts';
import type { StaleHours } from './stale-hours.ts';

const MESSAGE_CHARACTERS = 2048;

interface StoredLine {
  readonly environmentId: number;
  readonly atMs: number;
  /** Empty if the line carries none. */
  readonly requestId: string;
  readonly errorType: string | null;
  readonly message: string | null;
  readonly stack: string | null;
}

const STORED = `environment_id AS environmentId, at_ms AS atMs, request_id AS requestId, error_type AS errorType, message,
  stack`;

type StoredFault = Omit<Fault, 'isNamed'> & { readonly isNamed: number };

export class Faults {
  readonly #dimensions: DimensionCache;
  readonly #invocations: Invocations;
  readonly #attempts: Attempts;
  readonly #staleHours: StaleHours;
  readonly #sql;

  constructor(
    db: Database.Database,
    dimensions: DimensionCache,
    invocations: Invocations,
    attempts: Attempts,
    staleHours: StaleHours,
  ) {
    this.#dimensions = dimensions;
    this.#invocations = invocations;
    this.#attempts = attempts;
    this.#staleHours = staleHours;
    this.#sql = {
      add: db.prepare(
        `INSERT OR IGNORE INTO fault (environment_id, at_ms, kind, request_id, error_type, message, stack)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ),
      of: db.prepare(
        `SELECT DISTINCT at_ms AS atMs, kind, error_type AS errorType, request_id <> '' AS isNamed FROM fault
         WHERE environment_id = ? AND request_id IN (?, ?) OR environment_id = ? AND request_id = ?`,
      ),
      ofRequest: db.prepare(
        `SELECT DISTINCT at_ms AS atMs, kind, error_type AS errorType, 1 AS isNamed FROM fault
         JOIN environment ON environment.id = environment_id WHERE request_id = ? AND request_id <> '' AND function_id = ?`,
      ),
      within: db.prepare(
        `SELECT ${STORED} FROM fault WHERE environment_id = ? AND (at_ms = ? OR at_ms BETWEEN ? AND ?) AND kind = ?`,
      ),
      known: db.prepare(
        `SELECT ${STORED} FROM environment JOIN fault ON fault.environment_id = environment.id
         WHERE function_id = ? AND last_seen_ms >= ? AND first_seen_ms <= ?
           AND (at_ms = ? OR at_ms BETWEEN ? AND ?) AND kind = ?`,
      ),
      drop: db.prepare('DELETE FROM fault WHERE environment_id = ? AND at_ms = ? AND kind = ? AND request_id = ?'),
    };
  }

  /** Stores a fault line and applies it to its attempt. Returns 0 if the line is known, else 1. */
  add(environment: EnvironmentState, fault: FaultEvent): number {
    this.#dimensions.touch(environment, fault.atMs);
    if (isWholeSecond(fault.atMs)) environment.hasWholeSeconds = true;
    const same = this.#same(environment, fault);
    const place = hasStream(environment) ? undefined : same.find((one) => isStreamId(one.environmentId));
    const home = place === undefined ? environment : this.#dimensions.environmentById(place.environmentId);
    const atMs = same.reduce((ms, one) => moreExact(ms, one.atMs), fault.atMs);
    const requestId = fault.requestId ?? (same.find((one) => one.requestId !== '')?.requestId || null);
    const isKnown = (one: StoredLine): boolean =>
      one.environmentId === home.id && one.atMs === atMs && one.requestId === (requestId ?? '');
    const known = same.find(isKnown);
    const lessComplete = same.filter(
      (one) =>
        one !== known &&
        isLessComplete(one, { environmentId: home.id, atMs }) &&
        (one.requestId === '' || one.requestId === requestId),
    );
    for (const one of lessComplete) this.#sql.drop.run(one.environmentId, one.atMs, fault.kind, one.requestId);
    if (lessComplete.length > 0) this.#markStale(home, atMs);
    if (known !== undefined) return 0;
    const [copy] = lessComplete;
    const { changes } = this.#sql.add.run(
      home.id,
      atMs,
      fault.kind,
      requestId ?? '',
      fault.errorType ?? copy?.errorType ?? null,
      fault.message?.slice(0, MESSAGE_CHARACTERS) ?? copy?.message ?? null,
      fault.stack?.slice(0, MESSAGE_CHARACTERS) ?? copy?.stack ?? null,
    );
    home.hasFailures = true;
    home.hasFaultLines = true;
    this.#dimensions.touch(home, atMs);
    if (changes === 0) return 0;
    this.#markStale(home, atMs);
    this.#applyToAttempts(home, { ...fault, atMs, requestId });
    return same.length === 0 ? 1 : 0;
  }

  #markStale({ functionId }: EnvironmentState, atMs: number): void {
    this.#staleHours.span(functionId, atMs, atMs);
  }

  #applyToAttempts(environment: EnvironmentState, fault: FaultEvent): void {
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    for (const row of this.#attemptsOf(environment, fault)) {
      const home = row.environmentId === unknown?.id ? unknown : this.#dimensions.environmentById(row.environmentId);
      // What the line says counts in the hour in which the attempt ended.
      this.#markStale(home, row.endMs);
      const next = this.applyTo(home, row);
      if (next === row) continue;
      this.#invocations.change(home, row, next);
      this.#dimensions.touch(home, row.endMs);
    }
  }

  /**
   * Applies stored fault lines to a row: one that arrives after them, or whose START has just arrived. Lines without a log
   * stream may be of any environment of the function, and the row's request id tells them apart.
   */
  applyTo(environment: EnvironmentState, row: InvocationRow): InvocationRow {
    const id = requestIdText(row.requestId);
    const { functionId } = environment;
    const unknown = this.#dimensions.withoutStream(functionId);
    if (environment === unknown) return this.#withFaults(row, this.#sql.ofRequest.all(id, functionId) as StoredFault[]);
    if (!environment.hasFaultLines && unknown?.hasFaultLines !== true) return row;
    // Invocations of managed instances overlap, so only a request id tells whose line it is.
    const isAlone = environment.initializationType !== 'lambda-managed-instances';
    const others = unknown?.id ?? environment.id;
    return this.#withFaults(row, this.#sql.of.all(environment.id, id, isAlone ? '' : id, others, id) as StoredFault[]);
  }

  /** Invocations that a fault line may belong to. */
  #attemptsOf(environment: EnvironmentState, { requestId, atMs }: FaultEvent): readonly InvocationRow[] {
    if (requestId === null) return hasStream(environment) ? this.#invocations.openAt(environment, atMs) : [];
    const rows = this.#attempts.ofFunction(
      environment.functionId,
      requestId,
      atMs - FAULT_AFTER_END_MS,
      atMs + LONGEST_RUN_MS,
    );
    // With both log streams known, a fault line is of its own environment only.
    return rows.filter(
      (row) => !hasStream(environment) || row.environmentId === environment.id || !isStreamId(row.environmentId),
    );
  }

  /**
   * Copies of the line: without its log stream, with its time truncated to the second, or without the request id that its neighbours
   * give to it. Their streams and request ids are equal, or one of them is unknown.
   */
  #same(environment: EnvironmentState, { atMs, kind, requestId }: FaultEvent): readonly StoredLine[] {
    const { id, functionId } = environment;
    const unknown = this.#dimensions.withoutStream(functionId);
    const [fromMs, toMs] = exactBounds(atMs);
    const cutMs = secondOf(atMs);
    const within = (environmentId: number): StoredLine[] =>
      this.#sql.within.all(environmentId, cutMs, fromMs, toMs, kind) as StoredLine[];
    const isSame = (one: StoredLine): boolean =>
      requestId === null || one.requestId === '' || one.requestId === requestId;
    if (hasStream(environment)) {
      return [
        ...(environment.hasFaultLines ? within(id) : []),
        ...(unknown?.hasFaultLines ? within(unknown.id) : []),
      ].filter(isSame);
    }
    this.#dimensions.flush();
    return (this.#sql.known.all(functionId, cutMs, toMs, cutMs, fromMs, toMs, kind) as StoredLine[]).filter(isSame);
  }

  #withFaults(row: InvocationRow, stored: readonly StoredFault[]): InvocationRow {
    const faults = stored.filter(({ kind, isNamed }) => isNamed === 1 || kind !== 'network');
    const { endMs, runMs, durationUs } = row;
    const outcome = applyFaults(
      { startMs: runMs === null ? null : endMs - runMs, endMs, durationUs },
      { status: STATUSES[row.status] ?? 'success', errorType: row.errorTypeId },
      faults.map((fault) => ({
        ...fault,
        isNamed: fault.isNamed === 1,
        errorType: this.#dimensions.label(fault.errorType),
      })),
    );
    const status = STATUS[outcome.status];
    if (status === row.status && outcome.errorType === row.errorTypeId) return row;
    return { ...row, status, errorTypeId: outcome.errorType };
  }
}
