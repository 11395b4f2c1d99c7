/** Fault lines: stored, and told to the attempt they are of, whichever of the two comes first. */

import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import type { Attempts } from './attempts.ts';
import type { EnvironmentState, Identities } from './dimension-cache.ts';
import { belongs, FAULT_AFTER_END_MS, worse } from './fault-match.ts';
import type { InvocationRow, Invocations } from './invocations.ts';

const MESSAGE_CHARACTERS = 2048;

export class Faults {
  readonly #identities: Identities;
  readonly #invocations: Invocations;
  readonly #attempts: Attempts;
  readonly #sql;

  constructor(db: Database.Database, identities: Identities, invocations: Invocations, attempts: Attempts) {
    this.#identities = identities;
    this.#invocations = invocations;
    this.#attempts = attempts;
    this.#sql = {
      add: db.prepare(
        'INSERT OR IGNORE INTO fault (environment_id, at_ms, kind, request_id, error_type, message) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      of: db.prepare(
        'SELECT at_ms AS atMs, kind, error_type AS errorType FROM fault WHERE environment_id = ? AND request_id = ?',
      ),
    };
  }

  /** Rows changed: 0 when it was known. */
  add(environment: EnvironmentState, fault: FaultEvent): number {
    this.#identities.touch(environment, fault.atMs);
    const { changes } = this.#sql.add.run(
      environment.id,
      fault.atMs,
      fault.kind,
      fault.requestId ?? '',
      fault.errorType,
      fault.message?.slice(0, MESSAGE_CHARACTERS) ?? null,
    );
    environment.odd = true;
    environment.faulty = true;
    if (changes === 0 || fault.requestId === null) return changes;
    const attempts = this.#attempts.of(
      environment.id,
      fault.requestId,
      fault.atMs - FAULT_AFTER_END_MS,
      fault.atMs + LONGEST_RUN_MS,
    );
    for (const row of attempts) if (belongs(fault.atMs, row)) this.#blame(environment, row, fault);
    return changes;
  }

  /** The row with what came before its REPORT. */
  told(environment: EnvironmentState, row: InvocationRow): InvocationRow {
    const faults = this.#sql.of.all(environment.id, requestIdText(row.requestId)) as {
      atMs: number;
      kind: FaultEvent['kind'];
      errorType: string | null;
    }[];
    let known = row;
    for (const fault of faults) {
      if (!belongs(fault.atMs, row)) continue;
      const status = worse(known.status, fault.kind);
      if (status !== known.status) {
        known = { ...known, status, errorTypeId: known.errorTypeId ?? this.#identities.label(fault.errorType) };
      }
    }
    return known;
  }

  #blame(environment: EnvironmentState, row: InvocationRow, fault: Pick<FaultEvent, 'kind' | 'errorType'>): void {
    const status = worse(row.status, fault.kind);
    if (status === row.status) return;
    this.#invocations.change(environment, row, {
      status,
      errorTypeId: row.errorTypeId ?? this.#identities.label(fault.errorType),
    });
  }
}
