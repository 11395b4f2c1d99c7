/** The connections a question may use. */
import type Database from 'better-sqlite3';
import type { ReadConnection } from './read-connection.ts';
import type { ControlTables, TelemetryTables } from './schema.ts';

export interface Databases {
  readonly raw: Database.Database;
  readonly telemetry: ReadConnection<TelemetryTables>;
  readonly control: ReadConnection<ControlTables>;
  /** Paths of the files. */
  readonly files: { readonly telemetry: string };
}
