/** A telemetry record with its origin. */
import type { TelemetryRecord } from './telemetry-record.ts';

/** A telemetry record with its origin. */
export interface TelemetryEntry {
  readonly record: TelemetryRecord;
  /** Account of its log stream, "" if unknown. */
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Time of the log event, for records without a time; null for files. */
  readonly atMs: number | null;
  /** Hex digest of the text, for records without an id; "" for others. */
  readonly digest: string;
}
