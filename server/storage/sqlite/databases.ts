/** The connections a question may use. */
import type { ReadConnection } from './read-connection.ts';
import type { ControlTables, TelemetryTables } from './schema.ts';

export interface Databases {
  readonly telemetry: ReadConnection<TelemetryTables>;
  readonly control: ReadConnection<ControlTables>;
  /** Paths of the files. */
  readonly files: { readonly telemetry: string };
}
