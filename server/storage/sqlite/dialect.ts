/** Kysely over a connection that is already open and belongs to this thread. */
import type Database from 'better-sqlite3';
import { ReadConnection } from './read-connection.ts';

export function kyselyOver<Tables>(db: Database.Database): ReadConnection<Tables> {
  return new ReadConnection<Tables>(db);
}
