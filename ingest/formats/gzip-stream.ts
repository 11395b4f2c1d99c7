/**
 * Inflates gzip of any size and layout (RFC 1952) as a stream: many members one after another, empty members, zero padding.
 * What is not gzip passes through. A damaged or truncated stream gives everything before the damage, and a note.
 */
import { crc32, createInflateRaw, gunzipSync, inflateRawSync } from 'node:zlib';
import { integer } from '../text/quantities.ts';
import { trailingMessage } from './inflate.ts';
import { limits } from './limits.ts';
import { readShortMember } from './short-gzip.ts';

export type Bytes = AsyncIterable<Buffer>;

/** Receives a sentence about the input, such as a truncated end; and, where only bytes after gzip data were not read, how many. */
export type Note = (text: string, trailing?: number) => void;

/** A layer of gzip inflates to more than it may. */
export class InflatesTooFarError extends Error {
  override readonly name = 'InflatesTooFarError';
}

/**
 * Inflates up to two layers: CloudWatch's gzip inside of the gzip of a bucket. `maxBytes` limits the size after each, since a layer may
 * shrink what the next one grows. @throws InflatesTooFarError
 */
export async function* inflated(bytes: Bytes, note: Note, maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  let layers: Bytes = bytes;
  for (let layer = 0; layer < limits.gzipLayers; layer += 1) layers = limited(oneLayer(layers, note), maxBytes);
  yield* layers;
}

async function* limited(bytes: Bytes, maxBytes: number): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > maxBytes) throw new InflatesTooFarError(`inflates to more than ${integer(maxBytes)} bytes`);
    yield chunk;
  }
}

async function* oneLayer(bytes: Bytes, note: Note): AsyncGenerator<Buffer> {
  const input = new ByteReader(bytes);
  if (!(await startsMember(input))) {
    yield* input.rest();
    return;
  }
  do {
    const problem = yield* readMember(input);
    if (problem !== null) {
      note(`gzip ${problem} at byte ${input.offset}. What came before it was read`);
      return;
    }
    const held = input.heldMembers();
    if (held.length > 0) yield held;
  } while (await startsMember(input));
  await noteTrailing(input, note);
}

async function startsMember(input: ByteReader): Promise<boolean> {
  return (await input.peek(MAGIC.length)).equals(MAGIC);
}

/** What each member begins with. */
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);

const TRUNCATED = 'is truncated';
const CORRUPT = 'is damaged';

/** Inflates one member. Returns the problem, or null if its trailer is right. */
async function* readMember(input: ByteReader): AsyncGenerator<Buffer, string | null> {
  if (!(await skipHeader(input))) return TRUNCATED;
  const small = inflateSmall(await input.peek(MAX_CHUNK));
  if (small !== null) {
    await input.read(small.consumed);
    if (small.bytes.length > 0) yield small.bytes;
    return readTrailer(input, crc32(small.bytes), small.bytes.length);
  }
  const engine = createInflateRaw();
  const output: Buffer[] = [];
  let failed = (): void => undefined;
  engine.on('data', (chunk: Buffer) => output.push(chunk));
  engine.on('error', () => failed());
  let crc = 0;
  let length = 0;
  let given = 0;
  try {
    for (;;) {
      const chunk = await input.take();
      if (chunk === null) return TRUNCATED;
      given += chunk.length;
      await new Promise<void>((resolve) => {
        // zlib does not call back after an error.
        failed = resolve;
        engine.write(chunk, () => setImmediate(resolve));
      });
      for (const part of output.splice(0)) {
        crc = crc32(part, crc);
        length += part.length;
        yield part;
      }
      if (engine.errored !== null) return CORRUPT;
      if (engine.bytesWritten === given) continue;
      // The deflate stream is complete: what it did not consume follows it.
      input.unread(given - engine.bytesWritten);
      return await readTrailer(input, crc, length);
    }
  } finally {
    engine.destroy();
  }
}

/**
 * Inflates a member that is complete in the bytes; null if it is not, or is damaged. Files of many small members, as Firehose
 * stores them, cost a fifth of the time with it.
 */
function inflateSmall(bytes: Buffer): { readonly bytes: Buffer; readonly consumed: number } | null {
  try {
    const result = inflateRawSync(bytes, { info: true }) as unknown as InflateInfo;
    return { bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch {
    return null;
  }
}

/** Most that members are inflated to at once, bytes. */
const MAX_INFLATED = 4 * 1_048_576;

/** The contents of whole members; null if the bytes are anything else, or hold too much. */
function inflateWhole(members: Buffer): Buffer | null {
  try {
    const options = { info: true, maxOutputLength: MAX_INFLATED } as const;
    const { buffer, engine } = gunzipSync(members, options) as unknown as InflateInfo;
    // zlib ends at a zero after a member.
    return engine.bytesWritten === members.length ? buffer : null;
  } catch {
    return null;
  }
}

interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

async function readTrailer(input: ByteReader, crc: number, length: number): Promise<string | null> {
  const trailer = await input.read(8);
  if (trailer.length < 8) return TRUNCATED;
  return trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === length % 2 ** 32 ? null : CORRUPT;
}

const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;

/** Skips the header of a member. Returns false if the input ends in it. */
async function skipHeader(input: ByteReader): Promise<boolean> {
  const fixed = await input.read(10);
  if (fixed.length < 10) return false;
  const flags = fixed[3] ?? 0;
  if ((flags & FLAG.extra) !== 0) {
    const size = await input.read(2);
    if (size.length < 2) return false;
    const bytes = size.readUInt16LE(0);
    if ((await input.read(bytes)).length < bytes) return false;
  }
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) !== 0 && !(await input.skipPast(0))) return false;
  }
  return (flags & FLAG.headerCrc) === 0 || (await input.read(2)).length === 2;
}

/** Tapes and some copies pad with zeros; anything else after the last member is reported. */
async function noteTrailing(input: ByteReader, note: Note): Promise<void> {
  let zeros = 0;
  let unread = 0;
  for await (const chunk of input.rest()) {
    const first = unread > 0 ? 0 : chunk.findIndex((byte) => byte !== 0);
    zeros += first === -1 ? chunk.length : first;
    unread += first === -1 ? 0 : chunk.length - first;
  }
  if (unread > 0) note(`gzip: ${trailingMessage(unread)}`, unread);
  else if (zeros > 0) note(`${integer(zeros)} zero bytes after the gzip data were skipped`);
}

/** Reads a stream of chunks by number of bytes. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  /** Position in what is held: nothing is copied to move on, or back. */
  #at = 0;
  /** zlib was given what is held: the magic bytes in it may not begin a member, and are not tried again. */
  #isTried = false;
  /** Bytes that were consumed so far. */
  offset = 0;

  constructor(bytes: Bytes) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** Up to `n` bytes, fewer at the end. They stay unread. */
  async peek(n: number): Promise<Buffer> {
    while (this.#held.length - this.#at < n && (await this.#more()));
    return this.#held.subarray(this.#at, this.#at + n);
  }

  /** Up to `n` bytes, fewer at the end. */
  async read(n: number): Promise<Buffer> {
    const bytes = await this.peek(n);
    this.#advance(bytes.length);
    return bytes;
  }

  /** The next bytes, however many there are; null at the end. */
  async take(): Promise<Buffer | null> {
    if (this.#at === this.#held.length && !(await this.#more())) return null;
    return this.read(Math.min(this.#held.length - this.#at, MAX_CHUNK));
  }

  /** Goes back `n` bytes of those that `take` returned last. */
  unread(n: number): void {
    this.#advance(-n);
  }

  /** Skips everything up to the next such byte, and the byte. Returns false if there is none. */
  async skipPast(byte: number): Promise<boolean> {
    for (;;) {
      const found = this.#held.indexOf(byte, this.#at);
      this.#advance((found === -1 ? this.#held.length : found + 1) - this.#at);
      if (found !== -1) return true;
      if (!(await this.#more())) return false;
    }
  }

  /** The contents of members that follow and are held whole: zlib reads thousands in the time that it takes to start. */
  heldMembers(): Buffer {
    const last = this.#isTried ? -1 : this.#held.lastIndexOf(MAGIC);
    if (last > this.#at) {
      this.#isTried = true;
      const members = inflateWhole(this.#held.subarray(this.#at, last));
      if (members !== null) {
        this.#advance(last - this.#at);
        return members;
      }
    }
    const found: Buffer[] = [];
    for (let bytes = 0; bytes < MAX_CHUNK && this.#at < this.#held.length; ) {
      const member = readShortMember(this.#held, this.#at);
      if (member?.ok !== true) break;
      found.push(member.bytes);
      bytes += member.bytes.length;
      this.#advance(member.end - this.#at);
    }
    return Buffer.concat(found);
  }

  async *rest(): AsyncGenerator<Buffer> {
    for (let chunk = await this.take(); chunk !== null; chunk = await this.take()) yield chunk;
  }

  #advance(n: number): void {
    this.#at += n;
    this.offset += n;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    const left = this.#held.subarray(this.#at);
    this.#held = left.length === 0 ? next.value : Buffer.concat([left, next.value]);
    this.#at = 0;
    this.#isTried = false;
    return true;
  }
}

/** Bytes inflated at once: a chunk of zeros grows a thousandfold. */
const MAX_CHUNK = 16_384;
