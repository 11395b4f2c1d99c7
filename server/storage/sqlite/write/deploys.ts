/** Table `deploy`: updates of $LATEST, which replace the environments of a function. */
import type Database from 'better-sqlite3';
import type { DeployEvent } from '../../../../ingest/records/deploy-event.ts';
import type { StaleHours } from './stale-hours.ts';

/** An update of $LATEST. `event` is null if it was found in the inventory. */
export interface Deploy extends Pick<DeployEvent, 'codeSha256'> {
  readonly functionId: number;
  readonly atMs: number;
  readonly event: DeployEvent['event'] | null;
}

export class Deploys {
  readonly #staleHours: StaleHours;
  readonly #sql;

  constructor(db: Database.Database, staleHours: StaleHours) {
    this.#staleHours = staleHours;
    this.#sql = {
      add: db.prepare(
        'INSERT OR IGNORE INTO deploy (function_id, at_ms, source, event, code_sha256) VALUES (?, ?, ?, ?, ?)',
      ),
      firstSeen: db.prepare('SELECT first_seen_ms FROM function WHERE id = ?').pluck(),
      nextStart: db
        .prepare(
          `SELECT min(ifnull(init_start_ms, first_seen_ms)) FROM environment
           WHERE function_id = ? AND last_seen_ms >= ? AND ifnull(init_start_ms, first_seen_ms) >= ?`,
        )
        .pluck(),
    };
  }

  /** Stores the update, and marks the hour stale from which causes change. Returns the number of new rows. */
  add({ functionId, atMs, event, codeSha256 }: Deploy): number {
    const source = event === null ? 'inventory' : 'cloudtrail';
    const { changes } = this.#sql.add.run(functionId, atMs, source, event, codeSha256);
    if (changes === 0) return 0;
    const firstSeenMs = this.#sql.firstSeen.get(functionId) as number | undefined;
    // An update before the first line that was received replaced no environment on record.
    if (firstSeenMs === undefined || atMs <= firstSeenMs) return changes;
    this.#staleHours.span(functionId, atMs, atMs);
    const next = this.#sql.nextStart.get(functionId, atMs, atMs) as number | null;
    if (next !== null) this.#staleHours.span(functionId, next, next);
    return changes;
  }
}
