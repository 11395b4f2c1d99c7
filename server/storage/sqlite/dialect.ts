/** Kysely over a connection that is already open and belongs to this thread. */
import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';

export function kyselyOver<Tables>(db: Database.Database): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: db }) });
}
