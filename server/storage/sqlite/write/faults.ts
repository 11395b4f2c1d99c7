/**
 * Table `fault`: fault lines (timeouts, exits, runtime errors, out of memory). A fault line applies to the attempt of its
 * request id that it belongs to, whichever of the two arrives first.
 */
import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { exactBounds, LONGEST_RUN_MS, secondOf } from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import type { Fault } from '../../../analytics/cold-starts/fault-match.ts';
import { applyFaults, FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';
import { STATUS } from '../../enums.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';
import type { InvocationRow, Invocations } from './invocations.ts';

const MESSAGE_CHARACTERS = 2048;

type StoredFault = Omit<Fault, 'isNamed'> & { readonly isNamed: number };

export class Faults {
  readonly #dimensions: DimensionCache;
  readonly #invocations: Invocations;
  readonly #attempts: Attempts;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache, invocations: Invocations, attempts: Attempts) {
    this.#dimensions = dimensions;
    this.#invocations = invocations;
    this.#attempts = attempts;
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
      stored: db
        .prepare(
          `SELECT count(*) FROM fault JOIN environment ON environment.id = environment_id
           WHERE function_id = ? AND last_seen_ms >= ? AND first_seen_ms <= ?
           AND at_ms BETWEEN ? AND ? AND kind = ? AND (request_id = ? OR ? = '')`,
        )
        .pluck(),
      drop: db.prepare(
        `DELETE FROM fault WHERE environment_id = ? AND at_ms IN (?, ?) AND kind = ? AND request_id IN (?, '')`,
      ),
    };
  }

  /** Stores a fault line and applies it to its attempt. Returns 0 if the line is known, else 1. */
  add(environment: EnvironmentState, fault: FaultEvent): number {
    this.#dimensions.touch(environment, fault.atMs);
    if (!hasStream(environment) && this.#isStored(environment, fault)) return 0;
    const isRepeat = this.#dropLesser(environment, fault);
    const { changes } = this.#sql.add.run(
      environment.id,
      fault.atMs,
      fault.kind,
      fault.requestId ?? '',
      fault.errorType,
      fault.message?.slice(0, MESSAGE_CHARACTERS) ?? null,
      fault.stack?.slice(0, MESSAGE_CHARACTERS) ?? null,
    );
    environment.hasFailures = true;
    environment.hasFaultLines = true;
    if (changes === 0) return 0;
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    for (const row of this.#attemptsOf(environment, fault)) {
      const home = row.environmentId === unknown?.id ? unknown : this.#dimensions.environmentById(row.environmentId);
      const next = this.applyTo(home, row);
      if (next !== row) this.#invocations.change(home, row, next);
    }
    return isRepeat ? 0 : changes;
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

  /** Invocations that a fault line may be of. */
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
      (row) => !hasStream(environment) || row.environmentId === environment.id || row.environmentId < 0,
    );
  }

  /** Whether a line without a log stream is stored: with its stream, or with its exact time. */
  #isStored({ functionId }: EnvironmentState, { atMs, kind, requestId }: FaultEvent): boolean {
    const [fromMs, toMs] = exactBounds(atMs);
    const id = requestId ?? '';
    return (this.#sql.stored.get(functionId, fromMs, toMs, fromMs, toMs, kind, id, id) as number) > 0;
  }

  /**
   * Deletes the same line without its log stream, with its time cut to the second, or without the request id that its
   * neighbours give to it. Returns whether there was one.
   */
  #dropLesser(environment: EnvironmentState, { atMs, kind, requestId }: FaultEvent): boolean {
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    if (unknown?.hasFaultLines !== true) return false;
    const exactMs = hasStream(environment) ? atMs : null;
    return this.#sql.drop.run(unknown.id, exactMs, secondOf(atMs), kind, requestId ?? '').changes > 0;
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
