/** Lines as they are kept, and which of them are the same. */
import { createHash } from 'node:crypto';
import type { LogEvent } from '../../../ingest/records/log-event.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';

export interface KeptLine {
  readonly environmentId: number;
  /** Epoch ms. */
  readonly timestampMs: number;
  /** {@link sequenceOf} its event id; -1 if the source has no ids. */
  readonly sequence: number;
  /** Without a sequence: place among the lines of the same time in its delivery, from 0. Otherwise 0. */
  readonly rank: number;
  /** Without a sequence: number of equal lines of the same time before it in its delivery. Otherwise 0. */
  readonly occurrence: number;
  readonly message: string;
}

export const NO_SEQUENCE = -1;

/** 10^40 is a multiple of 2^40: the digits before have no influence. */
const DIGITS = 40;
const BITS = 40;
/** Longer ids are hashed, even if they are numbers. */
export const LONGEST_DECIMAL = 60;
const DECIMAL = /^\d{1,60}$/;
/** Half of the bits, and digits that are read at once: their products are whole numbers of 32 bits. */
const [HALF_BITS, HALF_MASK, THREE_DIGITS] = [BITS / 2, 2 ** (BITS / 2) - 1, 1000];
const ZERO = 0x30;

/**
 * The part of an event id that tells lines of one time and environment apart, and gives their order. An id of CloudWatch Logs is the time of
 * the event, times 2^144, plus a number that counts up within a batch: of it, the lowest 40 bits. Other ids are hashed.
 */
export function sequenceOf(id: string): number {
  if (id === '') return NO_SEQUENCE;
  if (DECIMAL.test(id)) return Number(BigInt.asUintN(BITS, BigInt(id.slice(-DIGITS))));
  return createHash('sha256')
    .update(id)
    .digest()
    .readUIntBE(0, BITS / 8);
}

/** {@link sequenceOf} the id of up to {@link LONGEST_DECIMAL} digits between two offsets, without making text of it. */
export function sequenceOfDigits(bytes: Uint8Array, from: number, to: number): number {
  let [high, low] = [0, 0];
  let at = Math.max(from, to - DIGITS);
  const add = (factor: number, value: number): void => {
    low = low * factor + value;
    high = (high * factor + (low >>> HALF_BITS)) & HALF_MASK;
    low &= HALF_MASK;
  };
  for (; (to - at) % 3 !== 0; at += 1) add(10, (bytes[at] ?? 0) - ZERO);
  for (; at < to; at += 3)
    add(
      THREE_DIGITS,
      ((bytes[at] ?? 0) - ZERO) * 100 + ((bytes[at + 1] ?? 0) - ZERO) * 10 + (bytes[at + 2] ?? 0) - ZERO,
    );
  return high * 2 ** HALF_BITS + low;
}

const TIME_BITS = 144n;

/** An event of which the same line would be kept. Its id is not the one it had. */
export function eventOf({ timestampMs, sequence, message }: KeptLine): LogEvent {
  const id = sequence === NO_SEQUENCE ? '' : String((BigInt(timestampMs) << TIME_BITS) + BigInt(sequence));
  return { id, timestampMs, message };
}

/**
 * Identity of a line: its event, else its time, its text and how often both occurred before in its delivery. A line that is
 * delivered again has the same.
 */
export function keyOf(line: KeptLine): string {
  const place = `${line.environmentId} ${line.timestampMs}`;
  return line.sequence === NO_SEQUENCE ? `${place} ${line.occurrence} ${line.message}` : `${place} #${line.sequence}`;
}

/** Total order: by time, environment and event; without event ids by the place in the delivery. */
export function compareLines(a: KeptLine, b: KeptLine): number {
  return (
    a.timestampMs - b.timestampMs ||
    a.environmentId - b.environmentId ||
    a.sequence - b.sequence ||
    a.rank - b.rank ||
    compareText(a.message, b.message) ||
    a.occurrence - b.occurrence
  );
}

/** All lines once, in order, whatever the order in which they are given. */
export function mergedLines(lines: Iterable<KeptLine>): readonly KeptLine[] {
  const all = [...lines];
  // Events are in order next to each other, which takes less time to see than their keys.
  if (all.every(({ sequence }) => sequence !== NO_SEQUENCE)) return eachOnce(all.toSorted(compareLines));
  const byKey = new Map<string, KeptLine>();
  for (const line of all) {
    const key = keyOf(line);
    const known = byKey.get(key);
    // Deliveries may begin at different lines of one time: the lower place counts.
    if (known === undefined || line.rank < known.rank) byKey.set(key, line);
  }
  return [...byKey.values()].toSorted(compareLines);
}

/** Events in order, each once. */
function eachOnce(events: readonly KeptLine[]): readonly KeptLine[] {
  const once: KeptLine[] = [];
  let last: KeptLine | undefined;
  for (const event of events) {
    const isSame =
      event.sequence === last?.sequence &&
      event.timestampMs === last.timestampMs &&
      event.environmentId === last.environmentId;
    if (!isSame) once.push(event);
    last = event;
  }
  return once;
}
