/** The texts of lines that a batch holds, as they are stored: with rules of redaction, not as they were sent. */
import type { FaultLine, RuntimeError } from '../records/fault-line.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';

export interface StoredTexts {
  /** The line of an application. */
  line(line: string): string;
  /** The error that was read from the line. */
  error(line: string, error: RuntimeError): RuntimeError;
  /** The fault that was read from the line of the Lambda service. */
  fault(line: string, fault: FaultLine): FaultLine;
  /** The record that was read from a document; null if it cannot be stored, because it would be taken for another. */
  record(record: TelemetryRecord): TelemetryRecord | null;
  /** The payload of a dead letter, or the beginning of a long one. */
  payload(payload: string | Uint8Array): string | Uint8Array;
  /** A sentence that may quote a line. */
  detail(text: string): string;
}

export const AS_SENT: StoredTexts = {
  line: (line) => line,
  error: (_line, error) => error,
  fault: (_line, fault) => fault,
  record: (record) => record,
  payload: (payload) => payload,
  detail: (text) => text,
};
