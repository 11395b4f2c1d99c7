/** Table `architecture_fact`: the architecture since each update of $LATEST, and of published versions. */
import type Database from 'better-sqlite3';
import type { ArchitectureSince } from '../../../../ingest/records/function-facts.ts';

export class ArchitectureFacts {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      add: db.prepare(
        `INSERT INTO architecture_fact (function_id, version, since_ms, architecture) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET architecture = excluded.architecture WHERE architecture <> excluded.architecture`,
      ),
      moved: db.prepare(
        `UPDATE function SET moved = 1 WHERE id = @functionId AND moved = 0
         AND (SELECT count(DISTINCT architecture) FROM architecture_fact WHERE function_id = @functionId) > 1`,
      ),
    };
  }

  add(functionId: number, [version, sinceMs, architecture]: ArchitectureSince): void {
    const { changes } = this.#sql.add.run(functionId, version, sinceMs, architecture);
    if (changes > 0) this.#sql.moved.run({ functionId });
  }
}
