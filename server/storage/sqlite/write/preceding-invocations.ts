/** Reads what precedes an invocation in its environment, from tables `invocation` and `init_event`. */
import type Database from 'better-sqlite3';
import type { PrecedingEvidence } from '../../../analytics/cold-starts/classify.ts';
import { NOTHING_PRECEDING, reinitEvidence } from '../../../analytics/cold-starts/classify.ts';
import { STATUS } from '../../enums.ts';
import type { EnvironmentState } from './environments.ts';
import { DECISIVE_FIRST, isReset } from './reset-statuses.ts';

interface Previous {
  readonly endMs: number;
  readonly status: number;
}

type InitReport = Parameters<typeof reinitEvidence>[0][number];

export class PrecedingInvocations {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      // Of invocations that ended in the same millisecond, a reset comes first, then a failure.
      previous: db.prepare(
        `SELECT end_ms AS endMs, status FROM invocation WHERE function_id = ? AND end_ms < ? AND end_ms >= ?
         AND environment_id = ? ORDER BY end_ms DESC, ${DECISIVE_FIRST} LIMIT 1`,
      ),
      initReports: db.prepare(
        `SELECT kind, phase, status, duration_us AS durationUs FROM init_event
         WHERE environment_id = ? AND at_ms > ? AND at_ms <= ? AND kind = 'init-report'`,
      ),
    };
  }

  /** Reads the events between the end of the previous invocation and `endMs`, epoch ms. */
  of(environment: EnvironmentState, endMs: number): PrecedingEvidence {
    const previous = this.#previous(environment, endMs);
    const reinits = environment.hasReinits
      ? reinitEvidence(this.#sql.initReports.all(environment.id, previous?.endMs ?? -1, endMs) as InitReport[])
      : NOTHING_PRECEDING;
    return {
      ...reinits,
      previousFailed: previous !== null && previous.status !== STATUS.success,
      previousReset: previous !== null && isReset(previous.status),
    };
  }

  #previous({ id, functionId, firstEndMs, lastEndMs, lastStatus }: EnvironmentState, endMs: number): Previous | null {
    if (lastEndMs === null || firstEndMs === null) return null;
    if (endMs > lastEndMs) return { endMs: lastEndMs, status: lastStatus ?? STATUS.success };
    return (this.#sql.previous.get(functionId, endMs, firstEndMs, id) as Previous | undefined) ?? null;
  }
}
