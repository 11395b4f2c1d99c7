/** Rows of log lines: how they are written and read. */
import { createHash } from 'node:crypto';
import type { Level } from '../../../../ingest/lines/level.ts';
import { LEVELS } from '../../../../ingest/lines/level.ts';
import { isPlatformLine } from '../../../../ingest/lines/platform-line.ts';
import { levelOfLine } from '../../../../ingest/lines/platform-status.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { NO_SEQUENCE } from '../../lines/kept-line.ts';
import { RowBinary } from '../insert/row-binary.ts';

/** A line with what it belongs to. */
export interface StoredLine extends Omit<KeptLine, 'environmentId'> {
  readonly functionId: number;
  readonly streamId: number;
  readonly importId: number;
  readonly receivedMs: number;
}

export const LINE_COLUMNS = [
  'hour_ms',
  'function_id',
  'stream_id',
  'at_ms',
  'sequence',
  'digest',
  'occurrence',
  'place',
  'level',
  'is_platform',
  'received_ms',
  'message',
  'import_id',
] as const;

/** Bytes of a row without its message. */
const BESIDE_BYTES = 96;

/** Lines in RowBinary, in the order of {@link LINE_COLUMNS}. */
export function lineRows(lines: readonly StoredLine[]): Buffer {
  const rows = new RowBinary(lines.reduce((sum, { message }) => sum + message.length + BESIDE_BYTES, BESIDE_BYTES));
  for (const line of lines) {
    const { message, sequence } = line;
    const isPlatform = isPlatformLine(message);
    rows.int64(hourOf(line.timestampMs));
    rows.int64(line.functionId);
    rows.int64(line.streamId);
    rows.int64(line.timestampMs);
    rows.int64(sequence);
    rows.text(sequence === NO_SEQUENCE ? digestOf(message) : '');
    rows.uint32(line.occurrence);
    rows.uint32(line.rank);
    const level = levelOfLine(message, isPlatform);
    rows.byte(level === null ? 0 : LEVELS.indexOf(level) + 1);
    rows.byte(isPlatform ? 1 : 0);
    rows.int64(line.receivedMs);
    rows.text(message);
    rows.int64(line.importId);
  }
  return rows.finish();
}

/** Level of the number in a row. */
export function levelOf(stored: number): Level | null {
  return LEVELS[stored - 1] ?? null;
}

export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

const DIGEST_DIGITS = 32;

/** Tells lines without an event id apart. */
export function digestOf(message: string): string {
  return createHash('sha256').update(message).digest('hex').slice(0, DIGEST_DIGITS);
}
