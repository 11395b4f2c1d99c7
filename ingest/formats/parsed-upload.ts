import { jsonText } from '../documents/json.ts';
import type { ErrorDelivery } from '../records/batch.ts';
import type { IgnoredCounts } from '../records/ignored.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';

/** Text that could not be read. */
export interface Unreadable {
  readonly reason: string;
  readonly text: string;
  /** The bytes, where they are no text. */
  readonly bytes?: Uint8Array;
  /** Records that it stands for; 1 by default. */
  readonly n?: number;
  /** What was found and what is allowed, where the reason alone does not say it. */
  readonly detail?: string | (() => string);
}

export interface UploadedRecord {
  readonly record: TelemetryRecord;
  /** Makes the text of the record, which few of them need. */
  readonly text: (record: TelemetryRecord) => string;
  /** Detects that the record is delivered twice; by default that of the text. */
  readonly digest?: () => string;
}

/** Everything read from an upload that has no envelope of its own: a file, a raw POST or a pulled page. */
export interface ParsedUpload {
  readonly streams: readonly { readonly identity: StreamIdentity; readonly events: readonly LogEvent[] }[];
  readonly unreadable: readonly Unreadable[];
  readonly records: readonly UploadedRecord[];
  /** The body as it was sent, where none of it is text. */
  readonly binary?: Uint8Array;
  /** Documents that are well formed and of no interest, by reason. */
  readonly ignored: IgnoredCounts;
  /** Events whose time was in another unit than milliseconds. */
  readonly converted?: number;
  /** `true` if the events were read with a filter that passes the errors that runtimes report. */
  readonly errors?: ErrorDelivery;
}

/** Text of what identifies a record within a file. Trace segments use their ids, since JSON cannot hold their BigInt times. */
export function identityText(record: TelemetryRecord): string {
  return jsonText(record.kind === 'trace-segment' ? [record.traceId, record.id] : record);
}
