/**
 * Records of CloudWatch metric streams in OpenTelemetry's format, 1.0 and 0.7: messages of Protocol Buffers, each behind its length.
 */
import type { MetricStatistics } from '../records/metric.ts';
import { readRequest, SMALLEST_MESSAGE } from './otel-message.ts';

/** Part of a record that was not read. */
interface OtelProblem {
  readonly reason: string;
  readonly bytes: Buffer;
  /** Points that it stands for. */
  readonly n: number;
}

export interface OtelRead {
  readonly records: readonly MetricStatistics[];
  readonly problems: readonly OtelProblem[];
}

/** Tag of a message in field 1, which everything begins with. */
const FIRST = 0x0a;
const SECOND = 0x12;
/** Messages of one record that cannot be read, after which the rest is not. */
const MOST_UNREADABLE = 100;
/** Bytes in which a record shows that it is no text: times of points are in them. */
export const HEAD_BYTES = 4096;
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** Whether the bytes, of which the first {@link HEAD_BYTES} are enough, begin like a record in the format. */
export function beginsOtelRecord(bytes: Buffer): boolean {
  return beginsAt(bytes, 0, false) && CONTROL.test(bytes.toString('latin1', 0, HEAD_BYTES));
}

/** Reads a record; null if it does not begin like one in the format. */
export function readOtelRecord(bytes: Buffer): OtelRead | null {
  if (!beginsOtelRecord(bytes)) return null;
  const records: MetricStatistics[] = [];
  const problems: OtelProblem[] = [];
  const search = new MessageSearch(bytes);
  let at = 0;
  for (let unreadable = 0; at < bytes.length; ) {
    const { start, length } = lengthAt(bytes, at);
    const end = start + length;
    const read = end > bytes.length ? null : readRequest(plainView(bytes, start, end));
    if (read !== null) {
      for (const record of read.records) records.push(record);
      for (const [reason, n] of read.problems) problems.push({ reason, bytes: bytes.subarray(at, end), n });
      at = end;
      continue;
    }
    unreadable += 1;
    // Where a message was cut, the next one begins within the length that it states.
    const next = unreadable < MOST_UNREADABLE ? search.nextAfter(at + 1) : bytes.length;
    problems.push({ reason: 'otel-message-unreadable', bytes: bytes.subarray(at, next), n: 1 });
    at = next;
  }
  return { records, problems };
}

/** The length that stands at the offset, and where the message begins. Zeros are read behind the end. */
export function lengthAt(bytes: Buffer, at: number): { readonly start: number; readonly length: number } {
  let length = 0;
  for (let n = 0; n < 5; n += 1) {
    const byte = bytes[at + n] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return { start: at + n + 1, length };
  }
  return { start: at, length: Number.POSITIVE_INFINITY };
}

/** Whether a message can begin at the offset. `isWhole`: it must hold one resource and no more, and end within the record. */
function beginsAt(bytes: Buffer, at: number, isWhole: boolean): boolean {
  const { start, length } = lengthAt(bytes, at);
  if (bytes[start] !== FIRST) return false;
  const inner = lengthAt(bytes, start + 1);
  const size = inner.start - start + inner.length;
  const first = bytes[inner.start];
  if ((first !== FIRST && first !== SECOND) || size > length) return false;
  return !isWhole || (size === length && start + length <= bytes.length);
}

/** Times the record that messages in it are tried: parts of messages look like some. */
const PASSES = 4;

class MessageSearch {
  readonly #bytes: Buffer;
  #left: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#left = PASSES * bytes.length;
  }

  /** The offset of the next message that has points; the end of the record if there is none. */
  nextAfter(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < bytes.length && this.#left > 0; at += 1) {
      if (!beginsAt(bytes, at, true)) continue;
      const { start, length } = lengthAt(bytes, at);
      if (length < SMALLEST_MESSAGE) continue;
      this.#left -= length;
      const points = readRequest(plainView(bytes, start, start + length))?.records.length ?? 0;
      if (points > 0) return at;
    }
    return bytes.length;
  }
}

/** Without the costs that subarray has for a Buffer. */
function plainView(bytes: Buffer, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
