/**
 * Scans the usual Firehose envelope in place: finds the base64 of each record without converting the whole body to text.
 * Unusual envelopes (escapes, other members, other types) are left to JSON.parse.
 */

export interface EnvelopeScan {
  readonly requestId: string;
  /** Start and end offsets of each record's data, in pairs. */
  readonly spans: readonly number[];
}

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LIST = 0x5b;
const LIST_END = 0x5d;
const BACKSLASH = 0x5c;
const SCALAR = /^(?:-?(?:0|[1-9]\d{0,19})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?|true|false|null)$/;

/** Returns null if the body is not in the usual format; it may still be valid. */
export function scanEnvelope(bytes: Buffer): EnvelopeScan | null {
  return bytes.includes(BACKSLASH) ? null : new Scanner(bytes).envelope();
}

class Scanner {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  envelope(): EnvelopeScan | null {
    let requestId: string | null = null;
    let spans: readonly number[] | null = null;
    if (!this.#take(OPEN)) return null;
    do {
      const name = this.#string();
      if (name === null || !this.#take(COLON)) return null;
      const key = this.#bytes.toString('latin1', name[0], name[1]);
      if (key === 'records') {
        if (spans !== null) return null;
        spans = this.#records();
        if (spans === null) return null;
      } else if (key === 'requestId') {
        const text = this.#string();
        if (text === null || requestId !== null) return null;
        requestId = this.#bytes.toString('utf8', text[0], text[1]);
      } else if (!this.#scalar()) return null;
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE)) return null;
    this.#blank();
    if (this.#at !== this.#bytes.length || requestId === null || spans === null) return null;
    return { requestId, spans };
  }

  #records(): readonly number[] | null {
    const spans: number[] = [];
    if (!this.#take(LIST)) return null;
    if (this.#take(LIST_END)) return spans;
    do {
      if (!this.#take(OPEN)) return null;
      const name = this.#string();
      if (name === null || name[1] - name[0] !== 4 || this.#bytes.toString('latin1', name[0], name[1]) !== 'data')
        return null;
      if (!this.#take(COLON)) return null;
      const data = this.#string();
      if (data === null || !this.#take(CLOSE)) return null;
      spans.push(data[0], data[1]);
    } while (this.#take(COMMA));
    return this.#take(LIST_END) ? spans : null;
  }

  /** Start and end offsets of the text between the quotes. */
  #string(): readonly [number, number] | null {
    if (!this.#take(QUOTE)) return null;
    const from = this.#at;
    const to = this.#bytes.indexOf(QUOTE, from);
    if (to === -1) return null;
    this.#at = to + 1;
    return [from, to];
  }

  #scalar(): boolean {
    this.#blank();
    if (this.#bytes[this.#at] === QUOTE) return this.#string() !== null;
    const head = this.#bytes.toString('latin1', this.#at, this.#at + 64);
    const word = head.slice(0, head.search(/[\s,}]|$/));
    this.#at += word.length;
    return SCALAR.test(word);
  }

  #take(byte: number): boolean {
    this.#blank();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #blank(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }
}
