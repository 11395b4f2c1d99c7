/**
 * Table `fault`: fault lines (timeouts, exits, runtime errors, out of memory). A fault line applies to the attempt of its
 * request id that it belongs to, whichever of the two arrives first.
 */
import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import type { Fault } from '../../../analytics/cold-starts/fault-match.ts';
import { applyFaults, FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';
import { STATUS } from '../../enums.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
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
        `SELECT at_ms AS atMs, kind, error_type AS errorType, request_id <> '' AS isNamed FROM fault
         WHERE environment_id = ? AND request_id IN (?, ?)`,
      ),
    };
  }

  /** Stores a fault line and applies it to its attempt. Returns 0 if the line is known, else 1. */
  add(environment: EnvironmentState, fault: FaultEvent): number {
    this.#dimensions.touch(environment, fault.atMs);
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
    if (changes === 0) return changes;
    const attempts =
      fault.requestId === null
        ? this.#invocations.openAt(environment, fault.atMs)
        : this.#attempts.of(
            environment.id,
            fault.requestId,
            fault.atMs - FAULT_AFTER_END_MS,
            fault.atMs + LONGEST_RUN_MS,
          );
    for (const row of attempts) {
      const next = this.applyTo(environment, row);
      if (next !== row) this.#invocations.change(environment, row, next);
    }
    return changes;
  }

  /** Applies stored fault lines to a row: one that arrives after them, or whose START has just arrived. */
  applyTo(environment: EnvironmentState, row: InvocationRow): InvocationRow {
    if (!environment.hasFaultLines) return row;
    const id = requestIdText(row.requestId);
    // Invocations of managed instances overlap, so only a request id tells whose line it is.
    const isAlone = environment.initializationType !== 'lambda-managed-instances';
    const faults = this.#sql.of.all(environment.id, id, isAlone ? '' : id) as StoredFault[];
    return this.#withFaults(
      row,
      faults
        .filter(({ kind, isNamed }) => isNamed === 1 || kind !== 'network')
        .map((fault) => ({ ...fault, isNamed: fault.isNamed === 1 })),
    );
  }

  #withFaults(row: InvocationRow, faults: readonly Fault[]): InvocationRow {
    const { endMs, runMs, durationUs } = row;
    const outcome = applyFaults(
      { startMs: runMs === null ? null : endMs - runMs, endMs, durationUs },
      { status: STATUSES[row.status] ?? 'success', errorType: row.errorTypeId },
      faults.map((fault) => ({ ...fault, errorType: this.#dimensions.label(fault.errorType) })),
    );
    const status = STATUS[outcome.status];
    if (status === row.status && outcome.errorType === row.errorTypeId) return row;
    return { ...row, status, errorTypeId: outcome.errorType };
  }
}
