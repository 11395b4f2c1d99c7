/** The ids of 16 bytes that occurred last in a text, the newest first: most occur again within a few lines. */
import type { ByteReader, ByteWriter } from './byte-columns.ts';

/** More take longer to look through than they save. */
const MOST = 64;
const WORDS = 4;
/** Ids for which there is room: they move once in as many. */
const ROOM = 16 * MOST;
const ID_BYTES = 16;
const HYPHEN = 0x2d;
const DIGITS = Buffer.from('0123456789abcdef');

/** How an id is written. */
interface IdForm {
  readonly hyphens: readonly number[];
  readonly chars: number;
}

export class RecentIds {
  /** The id to write or to read, in words of 32 bits. */
  readonly next = new Int32Array(WORDS);
  /** Words of the ids, the newest last. */
  readonly #words = new Int32Array(WORDS * ROOM);
  /** Number of ids that were added, and of those that are left. */
  #end = 0;
  #n = 0;

  /** Writes {@link next}. Returns 0 if it is new, otherwise one more than its place. */
  write(ids: ByteWriter): number {
    const found = this.#find();
    if (found === -1) for (const word of this.next) ids.word(word);
    this.#moves(found);
    return found + 1;
  }

  /** Puts the id of a place where `write` returned it. @throws RangeError for a place that there is not */
  read(place: number, ids: ByteReader, into: Buffer, at: number, { hyphens, chars }: IdForm): void {
    const one = this.next;
    if (place === 0) {
      const bytes = ids.bytes(ID_BYTES);
      for (let n = 0; n < WORDS; n += 1)
        one[n] =
          ((bytes[4 * n] ?? 0) << 24) |
          ((bytes[4 * n + 1] ?? 0) << 16) |
          ((bytes[4 * n + 2] ?? 0) << 8) |
          (bytes[4 * n + 3] ?? 0);
    } else if (place > this.#n) throw new RangeError('there are fewer ids');
    else {
      const from = WORDS * (this.#end - place);
      for (let n = 0; n < WORDS; n += 1) one[n] = this.#words[from + n] ?? 0;
    }
    this.#moves(place - 1);
    let nibble = 0;
    for (let n = 0; n < chars; n += 1) {
      if (hyphens.includes(n)) {
        into[at + n] = HYPHEN;
        continue;
      }
      into[at + n] = DIGITS[((one[nibble >> 3] ?? 0) >>> (28 - 4 * (nibble & 7))) & 15] ?? 0;
      nibble += 1;
    }
  }

  #find(): number {
    const words = this.#words;
    const [a = 0, b = 0, c = 0, d = 0] = this.next;
    for (let place = 0, at = WORDS * (this.#end - 1); place < this.#n; place += 1, at -= WORDS)
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return place;
    return -1;
  }

  /** Makes the id the newest. `place`: where it was; -1 if it is new. */
  #moves(place: number): void {
    const words = this.#words;
    if (place === 0) return;
    if (place > 0) words.copyWithin(WORDS * (this.#end - 1 - place), WORDS * (this.#end - place), WORDS * this.#end);
    else {
      if (this.#end === ROOM) {
        words.copyWithin(0, WORDS * (ROOM - MOST), WORDS * ROOM);
        this.#end = MOST;
      }
      this.#end += 1;
      if (this.#n < MOST) this.#n += 1;
    }
    words.set(this.next, WORDS * (this.#end - 1));
  }
}
