/** What a query may use: both databases through Kysely, and the file itself for what Kysely cannot ask. */
import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type { ControlTables, TelemetryTables } from './schema.ts';

export interface Databases {
  readonly raw: Database.Database;
  readonly telemetry: Kysely<TelemetryTables>;
  readonly control: Kysely<ControlTables>;
  readonly files: { readonly telemetry: string };
}
