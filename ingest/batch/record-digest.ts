/** Detects telemetry records that are delivered twice. */
import { createHash } from 'node:crypto';
import type { TelemetryRecord } from '../records/telemetry-record.ts';

/** Hex digest of the record's text; "" for records with an id of their own. */
export function recordDigest(record: TelemetryRecord, text: () => string): string {
  return hasOwnId(record) ? '' : createHash('sha256').update(text()).digest('hex').slice(0, DIGEST_CHARS);
}

/** Whether the record has an id of its own: its digest is "". */
export function hasOwnId(record: TelemetryRecord): boolean {
  return record.kind === 'network-event' ? record.id !== '' : !TEXT_ONLY.has(record.kind);
}

const DIGEST_CHARS = 32;
const TEXT_ONLY: ReadonlySet<TelemetryRecord['kind']> = new Set(['tuning-run', 'load-test']);

/** Digests of records that stand in one text: that of the text and of the record. The text is hashed once, whatever it holds. */
export function digestsWithin(text: string): (own: string) => string {
  const shared = createHash('sha256').update(`${text}\n`);
  return (own) => shared.copy().update(own).digest('hex').slice(0, DIGEST_CHARS);
}
