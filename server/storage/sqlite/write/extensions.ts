/** Table `extension`: extensions that environments registered. */
import type Database from 'better-sqlite3';
import type { ExtensionEvent } from '../../../../ingest/records/stream-events.ts';

export class Extensions {
  readonly #add;

  constructor(db: Database.Database) {
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO extension (environment_id, kind, name, state, detail, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  /** Returns the number of new rows. */
  add(environmentId: number, { kind, name, state, detail, atMs }: ExtensionEvent): number {
    return this.#add.run(environmentId, kind, name, state, detail, atMs).changes;
  }
}
