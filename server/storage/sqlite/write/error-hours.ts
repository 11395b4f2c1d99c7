/** Tables `error_group` and `error_hour`: failures by group, hour and version. */
import type Database from 'better-sqlite3';
import type { HourErrors } from '../../../analytics/errors/hour.ts';

export class ErrorHours {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      before: db.prepare('SELECT DISTINCT fingerprint FROM error_hour WHERE function_id = ? AND slot_ms = ?').pluck(),
      drop: db.prepare('DELETE FROM error_hour WHERE function_id = ? AND slot_ms = ?'),
      addGroup: db.prepare(
        `INSERT OR IGNORE INTO error_group (function_id, fingerprint, kind, error_type, message, frame)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ),
      add: db.prepare(
        `INSERT INTO error_hour (function_id, slot_ms, fingerprint, version, attempts, invocations, init_failures, first_ms,
         last_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      dropGroup: db.prepare(
        `DELETE FROM error_group WHERE function_id = @functionId AND fingerprint = @fingerprint AND NOT EXISTS (
           SELECT 1 FROM error_hour WHERE function_id = @functionId AND fingerprint = @fingerprint)`,
      ),
    };
  }

  /** Replaces the hour's counts, and deletes groups that no hour has any more. Part of a transaction. */
  save(functionId: number, hourMs: number, { groups, counts }: HourErrors): void {
    const before = this.#sql.before.all(functionId, hourMs) as string[];
    if (before.length > 0) this.#sql.drop.run(functionId, hourMs);
    for (const { fingerprint, kind, errorType, message, frame } of groups)
      this.#sql.addGroup.run(functionId, fingerprint, kind, errorType, message, frame);
    for (const { fingerprint, version, attempts, invocations, initFailures, firstMs, lastMs } of counts)
      this.#sql.add.run(
        functionId,
        hourMs,
        fingerprint,
        version ?? '',
        attempts,
        invocations,
        initFailures,
        firstMs,
        lastMs,
      );
    for (const fingerprint of before) this.#sql.dropGroup.run({ functionId, fingerprint });
  }
}
