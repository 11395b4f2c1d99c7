/** Deletes so that nothing of what is deleted stays in the file. */
import type Database from 'better-sqlite3';

/**
 * Runs writes whose deletions overwrite what they delete with zeros, in pages that stay in use and in those that become free. Costs the
 * writing of the freed pages.
 */
export function overwriting<T>(db: Database.Database, run: () => T): T {
  db.pragma('secure_delete = ON');
  try {
    return run();
  } finally {
    db.pragma('secure_delete = OFF');
  }
}
