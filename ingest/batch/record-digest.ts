/** How a record of another document is known again when it comes a second time. */
import { createHash } from 'node:crypto';
import type { TelemetryRecord } from '../records/telemetry-record.ts';

/** Hex of a hash of the text it was read from; "" where the record itself says who it is. */
export function recordDigest(record: TelemetryRecord, text: string): string {
  const named = record.kind === 'network-event' ? record.id !== '' : !TEXT_ONLY.has(record.kind);
  return named ? '' : createHash('sha256').update(text).digest('hex').slice(0, 32);
}

const TEXT_ONLY: ReadonlySet<TelemetryRecord['kind']> = new Set(['tuning-run', 'load-test']);
