/** A telemetry record with its origin. */
import type { TelemetryRecord } from './telemetry-record.ts';

/** What another document than a platform line said, with what its surroundings know of it. */
export interface TelemetryEntry {
  readonly record: TelemetryRecord;
  /** Of the log stream it came in, "" where nothing says. */
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Event time where the record has none of its own; null for files. */
  readonly atMs: number | null;
  /** Identifies a record that carries no id: hex of a hash of its text; "" for those that do. */
  readonly digest: string;
}
