/**
 * Inflates short DEFLATE data (RFC 1951) without zlib. An engine of zlib costs as much to make as some hundred bytes take here, and
 * three times as much where the data is damaged, so that a body of tiny gzip members would cost far more than its bytes. The codes are
 * canonical and read bit by bit, as in zlib's contrib/puff.
 */

export type ShortInflated =
  | { readonly ok: true; readonly bytes: Buffer; readonly consumed: number }
  | { readonly ok: false; readonly problem: 'truncated' | 'corrupt' };

/** Longer data is left to zlib, which then costs less for each byte. */
const MAX_INPUT_BYTES = 512;
const MAX_OUTPUT_BYTES = 8192;

const [TRUNCATED, CORRUPT, BEYOND] = [-1, -2, -3];
const MAX_CODE_BITS = 15;
const [STORED, FIXED, DYNAMIC] = [0, 1, 2];
const END_OF_BLOCK = 256;
/** Most symbols of either code that a block may define (RFC 1951, 3.2.7). */
const MOST_LENGTH_SYMBOLS = 286;
const MOST_DISTANCE_SYMBOLS = 30;
/** Order in which the lengths of the code-length code are stated (RFC 1951, 3.2.7). */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12_289, 16_385, 24_577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

/** A canonical Huffman code: the number of codes of each length, and their symbols in order. */
class Code {
  readonly counts = new Uint16Array(MAX_CODE_BITS + 1);
  readonly symbols: Uint16Array;
  readonly #next = new Uint16Array(MAX_CODE_BITS + 1);

  constructor(symbols: number) {
    this.symbols = new Uint16Array(symbols);
  }

  /** Takes the lengths of the symbols' codes. Returns the codes that are left over: negative if there are too many. */
  define(lengths: Uint8Array, from: number, n: number): number {
    const { counts, symbols } = this;
    counts.fill(0);
    for (let at = 0; at < n; at += 1) counts[lengths[from + at] ?? 0] = (counts[lengths[from + at] ?? 0] ?? 0) + 1;
    let left = 1;
    for (let bits = 1; bits <= MAX_CODE_BITS && left >= 0; bits += 1) left = 2 * left - (counts[bits] ?? 0);
    this.#next[1] = 0;
    for (let bits = 1; bits < MAX_CODE_BITS; bits += 1)
      this.#next[bits + 1] = (this.#next[bits] ?? 0) + (counts[bits] ?? 0);
    for (let at = 0; at < n; at += 1) {
      const bits = lengths[from + at] ?? 0;
      if (bits === 0) continue;
      symbols[this.#next[bits] ?? 0] = at;
      this.#next[bits] = (this.#next[bits] ?? 0) + 1;
    }
    return left;
  }

  /** zlib accepts an incomplete code only if it has no more than one symbol, of one bit. */
  isUsable(left: number, n: number): boolean {
    return left === 0 || (left > 0 && n === (this.counts[0] ?? 0) + (this.counts[1] ?? 0));
  }
}

/** Reads one DEFLATE stream at a time. */
class ShortInflater {
  readonly #output = Buffer.alloc(MAX_OUTPUT_BYTES);
  readonly #lengths = new Uint8Array(MOST_LENGTH_SYMBOLS + MOST_DISTANCE_SYMBOLS + 4);
  readonly #fixed = fixedCodes();
  readonly #literals = new Code(MOST_LENGTH_SYMBOLS);
  readonly #distances = new Code(MOST_DISTANCE_SYMBOLS);
  readonly #codeLengths = new Code(LENGTHS_ORDER.length);
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #held = 0;
  #heldBits = 0;
  #length = 0;

  inflate(input: Uint8Array, from: number): ShortInflated | null {
    this.#input = input;
    this.#at = from;
    this.#end = Math.min(input.length, from + MAX_INPUT_BYTES);
    this.#held = 0;
    this.#heldBits = 0;
    this.#length = 0;
    let status = 0;
    for (let isLast = false; status === 0 && !isLast; ) {
      const header = this.#bits(3);
      isLast = (header & 1) === 1;
      status = header < 0 ? header : this.#block(header >> 1);
    }
    if (status === CORRUPT) return { ok: false, problem: 'corrupt' };
    if (status === TRUNCATED && this.#end === input.length) return { ok: false, problem: 'truncated' };
    if (status < 0) return null;
    return { ok: true, bytes: Buffer.from(this.#output.subarray(0, this.#length)), consumed: this.#at - from };
  }

  #block(type: number): number {
    switch (type) {
      case STORED:
        return this.#stored();
      case FIXED:
        return this.#compressed(this.#fixed.literals, this.#fixed.distances);
      case DYNAMIC: {
        const status = this.#readCodes();
        return status < 0 ? status : this.#compressed(this.#literals, this.#distances);
      }
      default:
        return CORRUPT;
    }
  }

  #bits(n: number): number {
    while (this.#heldBits < n) {
      if (this.#at === this.#end) return TRUNCATED;
      this.#held |= (this.#input[this.#at] ?? 0) << this.#heldBits;
      this.#at += 1;
      this.#heldBits += 8;
    }
    const value = this.#held & ((1 << n) - 1);
    this.#held >>= n;
    this.#heldBits -= n;
    return value;
  }

  #symbol({ counts, symbols }: Code): number {
    let [held, heldBits] = [this.#held, this.#heldBits];
    let [code, first, index] = [0, 0, 0];
    for (let bits = 1; bits <= MAX_CODE_BITS; bits += 1) {
      if (heldBits === 0) {
        if (this.#at === this.#end) return TRUNCATED;
        held = this.#input[this.#at] ?? 0;
        this.#at += 1;
        heldBits = 8;
      }
      code |= held & 1;
      held >>= 1;
      heldBits -= 1;
      const count = counts[bits] ?? 0;
      if (code - count < first) {
        this.#held = held;
        this.#heldBits = heldBits;
        return symbols[index + code - first] ?? CORRUPT;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return CORRUPT;
  }

  #stored(): number {
    this.#held = 0;
    this.#heldBits = 0;
    const size = this.#bits(16);
    const complement = this.#bits(16);
    if (complement < 0) return TRUNCATED;
    if (size !== (complement ^ 0xffff)) return CORRUPT;
    if (this.#length + size > MAX_OUTPUT_BYTES) return BEYOND;
    if (this.#at + size > this.#end) return TRUNCATED;
    this.#output.set(this.#input.subarray(this.#at, this.#at + size), this.#length);
    this.#at += size;
    this.#length += size;
    return 0;
  }

  #compressed(literals: Code, distances: Code): number {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol < 0) return symbol;
      if (symbol === END_OF_BLOCK) return 0;
      if (symbol < END_OF_BLOCK) {
        if (this.#length === MAX_OUTPUT_BYTES) return BEYOND;
        this.#output[this.#length] = symbol;
        this.#length += 1;
        continue;
      }
      const status = this.#copy(symbol - END_OF_BLOCK - 1, distances);
      if (status < 0) return status;
    }
  }

  /** Repeats bytes that were written before. */
  #copy(lengthSymbol: number, distances: Code): number {
    const base = LENGTH_BASE[lengthSymbol];
    if (base === undefined) return CORRUPT;
    const more = this.#bits(LENGTH_EXTRA[lengthSymbol] ?? 0);
    if (more < 0) return more;
    const symbol = this.#symbol(distances);
    if (symbol < 0) return symbol;
    const nearest = DISTANCE_BASE[symbol];
    if (nearest === undefined) return CORRUPT;
    const further = this.#bits(DISTANCE_EXTRA[symbol] ?? 0);
    if (further < 0) return further;
    const distance = nearest + further;
    if (distance > this.#length) return CORRUPT;
    const to = this.#length + base + more;
    if (to > MAX_OUTPUT_BYTES) return BEYOND;
    for (let at = this.#length; at < to; at += 1) this.#output[at] = this.#output[at - distance] ?? 0;
    this.#length = to;
    return 0;
  }

  /** Reads the codes of a dynamic block. */
  #readCodes(): number {
    const head = this.#bits(14);
    if (head < 0) return head;
    const [literals, distances] = [(head & 31) + 257, ((head >> 5) & 31) + 1];
    if (literals > MOST_LENGTH_SYMBOLS || distances > MOST_DISTANCE_SYMBOLS) return CORRUPT;
    const lengths = this.#lengths.fill(0);
    for (let at = 0; at < (head >> 10) + 4; at += 1) {
      const bits = this.#bits(3);
      if (bits < 0) return bits;
      lengths[LENGTHS_ORDER[at] ?? 0] = bits;
    }
    if (this.#codeLengths.define(lengths, 0, LENGTHS_ORDER.length) !== 0) return CORRUPT;
    const status = this.#readLengths(literals + distances);
    if (status < 0) return status;
    if (lengths[END_OF_BLOCK] === 0) return CORRUPT;
    const left = this.#literals.define(lengths, 0, literals);
    if (!this.#literals.isUsable(left, literals)) return CORRUPT;
    const distancesLeft = this.#distances.define(lengths, literals, distances);
    return this.#distances.isUsable(distancesLeft, distances) ? 0 : CORRUPT;
  }

  #readLengths(n: number): number {
    for (let at = 0; at < n; ) {
      const symbol = this.#symbol(this.#codeLengths);
      if (symbol < 0) return symbol;
      if (symbol < 16) {
        this.#lengths[at] = symbol;
        at += 1;
        continue;
      }
      if (symbol === 16 && at === 0) return CORRUPT;
      const value = symbol === 16 ? (this.#lengths[at - 1] ?? 0) : 0;
      const extra = symbol === 16 ? this.#bits(2) : this.#bits(symbol === 17 ? 3 : 7);
      if (extra < 0) return extra;
      const to = at + extra + (symbol === 18 ? 11 : 3);
      if (to > n) return CORRUPT;
      this.#lengths.fill(value, at, to);
      at = to;
    }
    return 0;
  }
}

/** The codes of RFC 1951, 3.2.6. Two symbols of lengths and two of distances have codes and may not occur. */
function fixedCodes(): { readonly literals: Code; readonly distances: Code } {
  const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
  const literals = new Code(288);
  literals.define(lengths, 0, 288);
  const distances = new Code(32);
  distances.define(new Uint8Array(32).fill(5), 0, 32);
  return { literals, distances };
}

const inflater = new ShortInflater();

/** Inflates the DEFLATE stream at `from`; null if it is longer, or inflates further, than is read here. */
export function inflateShort(input: Uint8Array, from: number): ShortInflated | null {
  return inflater.inflate(input, from);
}
