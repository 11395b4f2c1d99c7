/** Files with records of a metric stream in OpenTelemetry's format. */
import { readOtelRecord } from './otel-metrics.ts';
import type { ParsedUpload } from './parsed-upload.ts';
import { identityText } from './parsed-upload.ts';

/** A part of a file with records of a metric stream in OpenTelemetry's format; null for anything else. */
export function readOtelUpload(bytes: Buffer): ({ readonly ok: true } & ParsedUpload) | null {
  const read = readOtelRecord(bytes);
  if (read === null) return null;
  return {
    ok: true,
    streams: [],
    unreadable: read.problems.map((problem) => ({ ...problem, text: '' })),
    // Metrics are told by what they state.
    records: read.records.map((record) => ({ record, text: identityText, digest: () => '' })),
    ignored: [],
  };
}
