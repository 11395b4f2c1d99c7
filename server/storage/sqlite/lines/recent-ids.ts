/** The ids of 16 bytes that occurred last in a text, the newest first: most occur again within a few lines. */
import type { ByteReader, ByteWriter } from './byte-columns.ts';

/** More take longer to look through than they save. */
const MOST = 64;
const WORDS = 4;
const ID_BYTES = 16;
const HYPHEN = 0x2d;
const ZERO = 0x30;
const DIGITS = Buffer.from('0123456789abcdef');

/** How an id is written. */
interface IdForm {
  readonly hyphens: readonly number[];
  readonly chars: number;
}

export class RecentIds {
  /** Words of the ids, the newest last. */
  readonly #words = new Int32Array(WORDS * MOST);
  readonly #one = new Int32Array(WORDS);
  #n = 0;

  /** Writes the id with lower-case digits and hyphens at `at`. Returns 0 if it is new, otherwise one more than its place. */
  write(from: Uint8Array, at: number, chars: number, ids: ByteWriter): number {
    const one = this.#one;
    let [nibbles, word] = [0, 0];
    for (let n = at; n < at + chars; n += 1) {
      const byte = from[n] ?? 0;
      if (byte === HYPHEN) continue;
      word = (word << 4) | (byte <= 0x39 ? byte - ZERO : byte - 0x57);
      nibbles += 1;
      if ((nibbles & 7) === 0) one[(nibbles >> 3) - 1] = word;
    }
    const found = this.#find();
    if (found === -1)
      for (const value of one) for (let shift = 24; shift >= 0; shift -= 8) ids.byte((value >>> shift) & 255);
    this.#moves(found);
    return found + 1;
  }

  /** Puts the id of a place where `write` returned it. @throws RangeError for a place that there is not */
  read(place: number, ids: ByteReader, into: Buffer, at: number, { hyphens, chars }: IdForm): void {
    const one = this.#one;
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
      const from = WORDS * (this.#n - place);
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
    const [a, b, c, d] = this.#one;
    for (let place = 0, at = WORDS * (this.#n - 1); at >= 0; place += 1, at -= WORDS)
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return place;
    return -1;
  }

  /** Makes the id the newest. `place`: where it was; -1 if it is new. */
  #moves(place: number): void {
    const words = this.#words;
    if (place === 0) return;
    if (place > 0) words.copyWithin(WORDS * (this.#n - 1 - place), WORDS * (this.#n - place), WORDS * this.#n);
    else if (this.#n < MOST) this.#n += 1;
    else words.copyWithin(0, WORDS);
    words.set(this.#one, WORDS * (this.#n - 1));
  }
}
