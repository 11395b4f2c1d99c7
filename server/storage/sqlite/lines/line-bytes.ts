/**
 * Lines whose text stays in the bytes that were read: to be packed, most are only written again, and their level is known. A string of
 * each takes a third of the time of packing.
 */
import { KIND, scanMessage } from '../../../../ingest/formats/subscription-scan.ts';
import { isDigit } from '../../../../ingest/lines/byte-words.ts';
import { chunkText, linesOfText } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { LONGEST_DECIMAL, sequenceOf, sequenceOfDigits } from '../../lines/kept-line.ts';

/** Bit of {@link LineBytes.kind}: the Lambda service wrote the line. The others are the number of the level, from 1; 0 for none. */
export const PLATFORM = 0x80;

/** Bytes that hold the texts of many lines, in UTF-8. */
export interface LineText {
  readonly bytes: Buffer;
  /** The texts stand in JSON strings, in which they are ASCII, and only tabs and ends of lines are escaped. */
  readonly isEscaped: boolean;
}

/** A line of which the text is read when somebody asks for it. One object for each: there are many of them at once. */
export class LineBytes implements KeptLine {
  readonly environmentId: number;
  readonly timestampMs: number;
  readonly sequence: number;
  rank = 0;
  occurrence = 0;
  readonly text: LineText;
  /** Where its text begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Its level, and whether it is the platform's. */
  readonly kind: number;

  constructor(
    environmentId: number,
    timestampMs: number,
    sequence: number,
    text: LineText,
    from: number,
    to: number,
    kind: number,
  ) {
    this.environmentId = environmentId;
    this.timestampMs = timestampMs;
    this.sequence = sequence;
    this.text = text;
    this.from = from;
    this.to = to;
    this.kind = kind;
  }

  get message(): string {
    const text = this.text.bytes.toString('utf8', this.from, this.to);
    return this.text.isEscaped ? text.replaceAll('\\t', '\t').replaceAll('\\n', '\n') : text;
  }
}

/** About the size of a line's text: its characters or bytes. */
export function sizeOf(line: KeptLine): number {
  return line instanceof LineBytes ? line.to - line.from : line.message.length;
}

/** Lines of a chunk, as `chunkLines` returns them. @throws Error as it does */
export function chunkLineBytes(environmentId: number, gzip: Uint8Array): readonly KeptLine[] {
  const bytes = chunkText(gzip);
  return scannedLines(environmentId, bytes) ?? linesOfText(environmentId, bytes);
}

/** Null if the text is no message that can be scanned, or a line of it has no event id. */
function scannedLines(environmentId: number, bytes: Buffer): readonly KeptLine[] | null {
  const scanned = scanMessage(bytes, { region: '', errorFilters: [] });
  if (scanned === null) return null;
  const lines: KeptLine[] = [];
  const text = { bytes, isEscaped: true };
  for (let at = 0; at < scanned.n; at += 1) {
    const id = scanned.spans[3 * at] ?? 0;
    let end = id;
    while (isDigit(bytes[end] ?? 0)) end += 1;
    if (end === id) return null;
    const sequence = end - id > LONGEST_DECIMAL ? sequenceOf(scanned.id(at)) : sequenceOfDigits(bytes, id, end);
    const timestampMs = scanned.timestamp(at);
    if (scanned.kinds[at] === KIND.other) {
      const { message } = scanned.event(at);
      lines.push({ environmentId, timestampMs, sequence, rank: 0, occurrence: 0, message });
    } else {
      // Without the quotes.
      const [from, to] = [(scanned.spans[3 * at + 1] ?? 0) + 1, (scanned.spans[3 * at + 2] ?? 0) - 1];
      lines.push(new LineBytes(environmentId, timestampMs, sequence, text, from, to, PLATFORM));
    }
  }
  return lines;
}
