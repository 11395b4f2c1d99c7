/**
 * Blocks of log lines: the lines of a function in order, compressed together, with a filter of their words. What can be read
 * without the text of the lines (times, environments, levels, events) is compressed by itself, and ids and times are taken out of the text
 * (text-columns.ts). Each part begins with its CRC-32, since Brotli has no checksum of its own.
 */
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import type { Level } from '../../../../ingest/lines/level.ts';
import { LEVELS } from '../../../../ingest/lines/level.ts';
import { isPlatformLine } from '../../../../ingest/lines/platform-line.ts';
import { levelOfLine } from '../../../../ingest/lines/platform-status.ts';
import { filterOf } from '../../../analytics/lines/word-filter.ts';
import { addWords, WordSet } from '../../../analytics/lines/words.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { NO_SEQUENCE } from '../../lines/kept-line.ts';
import { ByteReader, ByteWriter } from './byte-columns.ts';
import { LineBytes, PLATFORM, sizeOf } from './line-bytes.ts';
import { SequenceReader, SequenceWriter } from './sequences.ts';
import { putColumns, takeColumns } from './text-columns.ts';

const FORMAT = 1;
/** Ends the head of a block in which platform lines have levels; older ones end before it, and older readers do not read it. */
const WITH_PLATFORM_LEVELS = 1;
const CRC_BYTES = 4;
/** A twentieth smaller than 4 for twice the time; higher ones gain nothing (docs/decisions/0027). */
const QUALITY = 5;
/** First byte of a body with columns. No Brotli stream begins with it (RFC 7932, 9.1), as bodies without columns do. */
const COLUMNS = 0x11;
/** Largest part of a block, uncompressed. */
const MOST_BYTES = 256 * 1_048_576;
/** Most platform lines; reading all of a REPORT takes longer than compressing it. */
const USUAL_PLATFORM = /^(?:START|END|REPORT) RequestId: /;
const LINE_END = 0x0a;
const EMPTY = new Uint8Array(0);

export interface Block {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly lines: number;
  /** Size of the messages in UTF-8. */
  readonly rawBytes: number;
  /** Number of the functions' lines by level: of none, then of each of LEVELS; then of platform lines: without a failure, and with one. */
  readonly levels: readonly number[];
  readonly filter: Uint8Array;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** What is known of the lines of a block without their text. */
export interface BlockHead {
  readonly n: number;
  readonly times: Float64Array;
  /** Ids of environments. */
  readonly environments: readonly number[];
  /** Per line: index into `environments`. */
  readonly streams: Uint32Array;
  /** Per line: where its message begins in the body, and one more. A message ends one byte before the next. */
  readonly offsets: Float64Array;
  /** Per line: {@link LineBytes.kind}. */
  readonly kinds: Uint8Array;
  /** False: the block was written before platform lines had levels. */
  readonly hasPlatformLevels: boolean;
  levelOf(at: number): Level | null;
  isPlatform(at: number): boolean;
  /** Sequences, ranks and occurrences, which take longer to read. */
  identities(): readonly Pick<KeptLine, 'sequence' | 'rank' | 'occurrence'>[];
}

/** A part of a block is not what was written. */
export class DamagedBlockError extends Error {
  override readonly name = 'DamagedBlockError';
}

/** Builds a block of lines in order. */
export function encodeBlock(lines: readonly KeptLine[]): Block {
  const [times, streams, sequences, repeats, kinds, lengths] = Array.from({ length: 6 }, () => new ByteWriter());
  if (!times || !streams || !sequences || !repeats || !kinds || !lengths) throw new RangeError('unreachable');
  const text = new ByteWriter(lines.reduce((sum, line) => sum + sizeOf(line) + 1, 0));
  const sequenceWriter = new SequenceWriter(sequences);
  const environments = new Map<number, number>();
  const levels = [0, ...LEVELS.map(() => 0), 0, 0];
  let lastMs = 0;
  for (const line of lines) {
    const { environmentId, timestampMs, sequence } = line;
    times.signed(timestampMs - lastMs);
    lastMs = timestampMs;
    let stream = environments.get(environmentId);
    if (stream === undefined) {
      stream = environments.size;
      environments.set(environmentId, stream);
    }
    streams.number(stream);
    sequenceWriter.write(stream, sequence);
    if (sequence === NO_SEQUENCE) {
      repeats.number(line.rank);
      repeats.number(line.occurrence);
    }
    const kind = line instanceof LineBytes ? line.kind : kindOf(line.message);
    const place = countOf(kind);
    levels[place] = (levels[place] ?? 0) + 1;
    kinds.byte(kind);
    lengths.number(writeText(text, line));
    // Divides the last word of a line from the first of the next.
    text.byte(LINE_END);
  }
  const head = new ByteWriter();
  head.byte(FORMAT);
  head.number(lines.length);
  head.number(environments.size);
  for (const id of environments.keys()) head.signed(id);
  for (const column of [times, streams, kinds, lengths, sequences, repeats]) head.sized(column.finish());
  head.byte(WITH_PLATFORM_LEVELS);
  const body = text.finish();
  const words = new WordSet();
  addWords(words, body);
  return {
    firstMs: lines[0]?.timestampMs ?? 0,
    lastMs,
    lines: lines.length,
    rawBytes: body.length - lines.length,
    levels,
    filter: checked(filterOf(words)),
    head: checked(compressed(head.finish())),
    body: checked(compressedText(body)),
  };
}

/** {@link LineBytes.kind} of a message. */
function kindOf(message: string): number {
  const isPlatform = USUAL_PLATFORM.test(message) || isPlatformLine(message);
  const level = levelOfLine(message, isPlatform);
  return (isPlatform ? PLATFORM : 0) | (level === null ? 0 : LEVELS.indexOf(level) + 1);
}

/** Where lines of a kind are counted in {@link Block.levels}. */
function countOf(kind: number): number {
  if ((kind & PLATFORM) === 0) return kind;
  return LEVELS.length + (kind === PLATFORM ? 1 : 2);
}

/** Writes the message of a line, and returns its size. */
function writeText(to: ByteWriter, line: KeptLine): number {
  if (!(line instanceof LineBytes)) return to.text(line.message);
  if (line.text.isEscaped) return to.copyUnescaped(line.text.bytes, line.from, line.to);
  to.copy(line.text.bytes, line.from, line.to);
  return line.to - line.from;
}

/** @throws DamagedBlockError */
export function readHead(part: Uint8Array): BlockHead {
  return sound('head', () => {
    const head = new ByteReader(inflated(intact(part)));
    if (head.byte() !== FORMAT) throw new DamagedBlockError('the block has an unknown format');
    const n = head.number();
    const environments = Array.from({ length: head.number() }, () => head.signed());
    const [times, streams, kinds, lengths, sequences, repeats] = Array.from({ length: 6 }, () => head.sized());
    const hasPlatformLevels = head.rest().length > 0;
    const offsets = new Float64Array(n + 1);
    const allTimes = new Float64Array(n);
    const allStreams = new Uint32Array(n);
    const [timeReader, streamReader, lengthReader] = [times, streams, lengths].map(
      (bytes) => new ByteReader(bytes ?? EMPTY),
    );
    let atMs = 0;
    for (let at = 0; at < n; at += 1) {
      atMs += timeReader?.signed() ?? 0;
      allTimes[at] = atMs;
      allStreams[at] = streamReader?.number() ?? 0;
      offsets[at + 1] = (offsets[at] ?? 0) + (lengthReader?.number() ?? 0) + 1;
    }
    return {
      n,
      environments,
      times: allTimes,
      streams: allStreams,
      offsets,
      kinds: kinds ?? EMPTY,
      hasPlatformLevels,
      levelOf: (at) => LEVELS[((kinds?.[at] ?? 0) & ~PLATFORM) - 1] ?? null,
      isPlatform: (at) => ((kinds?.[at] ?? 0) & PLATFORM) !== 0,
      identities: () =>
        sound('head', () => {
          const sequenceReader = new SequenceReader(new ByteReader(sequences ?? EMPTY));
          const repeatReader = new ByteReader(repeats ?? EMPTY);
          return Array.from({ length: n }, (_, at) => {
            const sequence = sequenceReader.read(allStreams[at] ?? 0);
            if (sequence !== NO_SEQUENCE) return { sequence, rank: 0, occurrence: 0 };
            return { sequence, rank: repeatReader.number(), occurrence: repeatReader.number() };
          });
        }),
    };
  });
}

/** The messages of a block, one after the other. @throws DamagedBlockError */
export function readBody(part: Uint8Array): Buffer {
  return sound('body', () => {
    const bytes = intact(part);
    if (bytes[0] !== COLUMNS) return inflated(bytes);
    const reader = new ByteReader(bytes.subarray(1));
    const length = reader.number();
    if (length > MOST_BYTES) throw new DamagedBlockError('the text of the block is too long');
    const ids = reader.sized();
    const inner = new ByteReader(inflated(reader.rest()));
    const [places, times] = [inner.sized(), inner.sized()];
    return putColumns({ ids, places, times, text: inner.rest() }, length);
  });
}

/** The filter of words; null if it is damaged or missing. */
export function readFilter(part: Uint8Array | null): Uint8Array | null {
  if (part === null || part.length <= CRC_BYTES) return null;
  return isIntact(part) ? part.subarray(CRC_BYTES) : null;
}

/** A new filter for the messages of a block. */
export function filterOfBody(body: Uint8Array): Uint8Array {
  const words = new WordSet();
  addWords(words, body);
  return checked(filterOf(words));
}

/** Which lines of a block are wanted. */
interface Wanted {
  readonly environmentId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The lines of a block, in order. @throws DamagedBlockError */
export function blockLines(parts: Pick<Block, 'head' | 'body'>, wanted?: Wanted): readonly KeptLine[] {
  const head = readHead(parts.head);
  if (wanted !== undefined && !head.environments.includes(wanted.environmentId)) return [];
  const body = readBody(parts.body);
  const identities = head.identities();
  const lines: KeptLine[] = [];
  for (let at = 0; at < head.n; at += 1) {
    const environmentId = head.environments[head.streams[at] ?? -1] ?? 0;
    const timestampMs = head.times[at] ?? 0;
    if (wanted !== undefined && environmentId !== wanted.environmentId) continue;
    if (wanted !== undefined && (timestampMs < wanted.fromMs || timestampMs > wanted.toMs)) continue;
    lines.push({
      environmentId,
      timestampMs,
      ...(identities[at] ?? { sequence: NO_SEQUENCE, rank: 0, occurrence: 0 }),
      message: messageAt(head, body, at),
    });
  }
  return lines;
}

/** All lines of a block, in order, to be packed again. @throws DamagedBlockError */
export function blockLineBytes(parts: Pick<Block, 'head' | 'body'>): readonly KeptLine[] {
  const head = readHead(parts.head);
  const body = readBody(parts.body);
  if ((head.offsets[head.n] ?? 0) !== body.length)
    throw new DamagedBlockError('the text of the block has another length');
  const text = { bytes: body, isEscaped: false };
  return head.identities().map(({ sequence, rank, occurrence }, at) => {
    const environmentId = head.environments[head.streams[at] ?? -1] ?? 0;
    const [from, to] = [head.offsets[at] ?? 0, (head.offsets[at + 1] ?? 1) - 1];
    const known = head.kinds[at] ?? 0;
    const kind = known === PLATFORM && !head.hasPlatformLevels ? kindOf(messageAt(head, body, at)) : known;
    const line = new LineBytes(environmentId, head.times[at] ?? 0, sequence, text, from, to, kind);
    line.rank = rank;
    line.occurrence = occurrence;
    return line;
  });
}

/** The message of a line. */
export function messageAt({ offsets }: Pick<BlockHead, 'offsets'>, body: Buffer, at: number): string {
  return body.toString('utf8', offsets[at], (offsets[at + 1] ?? 1) - 1);
}

/** Ids are random: they are stored as they are. */
function compressedText(body: Uint8Array): Uint8Array {
  const { text, places, times, ids } = takeColumns(body);
  const [all, inner] = [new ByteWriter(), new ByteWriter()];
  inner.sized(places);
  inner.sized(times);
  inner.bytes(text);
  all.byte(COLUMNS);
  all.number(body.length);
  all.sized(ids);
  all.bytes(compressed(inner.finish()));
  return all.finish();
}

function compressed(bytes: Uint8Array): Uint8Array {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** The bytes after their CRC-32. */
function checked(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(CRC_BYTES + bytes.length);
  new DataView(all.buffer).setUint32(0, crc32(bytes));
  all.set(bytes, CRC_BYTES);
  return all;
}

/** Do the bytes of a part match its checksum? */
export function isIntact(part: Uint8Array): boolean {
  if (part.length < CRC_BYTES) return false;
  return new DataView(part.buffer, part.byteOffset).getUint32(0) === crc32(part.subarray(CRC_BYTES));
}

function intact(part: Uint8Array): Uint8Array {
  if (!isIntact(part)) throw new DamagedBlockError('the checksum of the block does not match');
  return part.subarray(CRC_BYTES);
}

function inflated(bytes: Uint8Array): Buffer {
  return brotliDecompressSync(bytes, { maxOutputLength: MOST_BYTES });
}

function sound<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedBlockError) throw error;
    throw new DamagedBlockError(
      `the ${what} of the block cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
