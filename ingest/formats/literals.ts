/**
 * Parses values as programs print them: Python's repr, util.inspect of Node.js, rubydebug of Logstash, standard output of
 * Fluent Bit. Linear in the text; nothing is evaluated.
 */
import { MAX_JSON_DEPTH } from '../text/json-limits.ts';
import { ObjectShapes } from '../text/object-shapes.ts';

export interface ReadLiterals {
  /** The number of values. */
  readonly n: number;
  /** From where on the text cannot be read; "" if all of it was. */
  readonly rest: string;
  /** A printer left items out, as Node.js does after 100 ("... 20 more items"). */
  readonly isShortened: boolean;
}

/**
 * Calls `take` with the values in `text`, one after the other, divided by white space, commas or a label such as `[0] tag:`. A list of
 * them would hold many times the text until its end.
 */
export function eachLiteral(text: string, take: (value: unknown) => void): ReadLiterals {
  const parser = new LiteralParser(text);
  let n = 0;
  for (let from = parser.next(); from !== -1; from = parser.next()) {
    const value = parser.document();
    if (value === undefined) return { n, rest: text.slice(parser.from), isShortened: parser.isShortened };
    n += 1;
    take(value);
  }
  return { n, rest: '', isShortened: parser.isShortened };
}

class LiteralError extends Error {
  override readonly name = 'LiteralError';
}

const BLANK = /[\s,;]*/y;
/** Fluent Bit numbers its records and names their tag. */
const LABEL = /\[\d{1,9}\] [^\s[\]{}"']{1,300}: (?=\[)/y;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|`[^`\\]*(?:\\[\s\S][^`\\]*)*`/y;
const JOINED = /\s*\+\s*(?=['"`])/y;
const BLANKS = /\s*/y;
const MORE = /\.\.\. ?(?:\d+ more [^\]}]*)?/y;
/** A prefix of a string: bytes and Unicode of Python. */
const PREFIX = /[bu](?=['"])/y;

const [COMMA, SEMICOLON, PLUS, COLON, EQUALS, GREATER, DOT] = [0x2c, 0x3b, 0x2b, 0x3a, 0x3d, 0x3e, 0x2e];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const [QUOTE, APOSTROPHE, BACKTICK] = [0x22, 0x27, 0x60];
const [LETTER_B, LETTER_U] = [0x62, 0x75];

/** Kinds of ASCII characters, as bits: expressions for keys and words take three times as long. */
const [BEGINS_KEY, IN_KEY, ENDS_WORD] = [1, 2, 4];
const KINDS = new Uint8Array(128);
for (const [kind, chars] of [
  [BEGINS_KEY | IN_KEY, /[A-Za-z_$@]/],
  [IN_KEY, /[\w.-]/],
  [ENDS_WORD, /[,[\]{}'"`\n]/],
] as const)
  for (let code = 0; code < KINDS.length; code += 1)
    if (chars.test(String.fromCharCode(code))) KINDS[code] = (KINDS[code] ?? 0) | kind;

function isKind(code: number, kind: number): boolean {
  return ((KINDS[code] ?? 0) & kind) !== 0;
}

/** Members of an object that are read: log events have a few dozen. */
export const MOST_MEMBERS = 256;

/** Digits of a number that is exact. */
const MOST_DIGITS = 15;
/** Decimals of a number. */
const MOST_DECIMALS = 12;
const BLANK_CODE = 0x20;

class LiteralParser {
  /** Where the value that is being read begins. */
  from = 0;
  isShortened = false;
  readonly #text: string;
  readonly #shapes = new ObjectShapes();
  /** Members of the objects that are open. Emptied lists would be allocated again for each object. */
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];
  #open = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves to the next value; -1 at the end. */
  next(): number {
    this.#skip();
    this.from = this.#at;
    if (this.#text.charCodeAt(this.#at) === OPEN_BRACKET) this.#match(LABEL);
    return this.#at >= this.#text.length ? -1 : this.#at;
  }

  /** An object or array; undefined for text of another form. */
  document(): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code !== OPEN_BRACE && code !== OPEN_BRACKET) return undefined;
    this.#open = 0;
    try {
      return this.value(0);
    } catch (error) {
      if (error instanceof LiteralError) return undefined;
      throw error;
    }
  }

  value(depth: number): unknown {
    if (depth >= MAX_JSON_DEPTH) throw new LiteralError();
    this.#skipPrefix();
    const code = this.#text.charCodeAt(this.#at);
    if (code === OPEN_BRACE) return this.#object(depth);
    if (code === OPEN_BRACKET) return this.#array(depth);
    if (code === QUOTE || code === APOSTROPHE || code === BACKTICK) return this.#string();
    return this.#digits() ?? wordValue(this.#word());
  }

  #array(depth: number): unknown[] {
    this.#at += 1;
    const items: unknown[] = [];
    for (;;) {
      this.#skip();
      if (this.#closes(CLOSE_BRACKET)) return items;
      items.push(this.value(depth + 1));
    }
  }

  #object(depth: number): Record<string, unknown> {
    this.#at += 1;
    const from = this.#open;
    for (let members = 0; ; members += 1) {
      this.#skip();
      if (this.#closes(CLOSE_BRACE)) {
        const made = this.#shapes.object(this.#names, this.#values, from, this.#open);
        this.#open = from;
        return made;
      }
      if (members === MOST_MEMBERS) throw new LiteralError();
      this.#skipPrefix();
      const key = this.#key();
      this.#divide();
      const value = this.value(depth + 1);
      this.#names[this.#open] = key;
      this.#values[this.#open] = value;
      this.#open += 1;
    }
  }

  /** In quotes, or a bare name, which only a colon may follow. */
  #key(): string {
    const from = this.#at;
    const code = this.#text.charCodeAt(from);
    if (code === QUOTE || code === APOSTROPHE) return this.#string();
    if (!isKind(code, BEGINS_KEY)) throw new LiteralError();
    let at = from + 1;
    while (isKind(this.#text.charCodeAt(at), IN_KEY)) at += 1;
    this.#at = at;
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== COLON) throw new LiteralError();
    return this.#text.slice(from, at);
  }

  /** Moves behind a colon or an arrow, and the blanks around it. */
  #divide(): void {
    this.#skipBlanks();
    const code = this.#text.charCodeAt(this.#at);
    const isArrow = code === EQUALS && this.#text.charCodeAt(this.#at + 1) === GREATER;
    if (code !== COLON && !isArrow) throw new LiteralError();
    this.#at += isArrow ? 2 : 1;
    this.#skipBlanks();
  }

  #skipBlanks(): void {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 32 || (code >= 9 && code <= 13)) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    if (code > 0x7f) this.#match(BLANKS);
  }

  /** A number, true, None, a time: everything up to what divides items. */
  #word(): string {
    const from = this.#at;
    let at = from;
    while (at < this.#text.length && !isKind(this.#text.charCodeAt(at), ENDS_WORD)) at += 1;
    const word = this.#text.slice(from, at).trimEnd();
    if (word === '' || word.trimStart() !== word) throw new LiteralError();
    this.#at = from + word.length;
    return word;
  }

  #closes(mark: number): boolean {
    if (this.#text.charCodeAt(this.#at) === DOT && this.#match(MORE) !== null) {
      this.isShortened = true;
      this.#skip();
    }
    if (this.#at >= this.#text.length) throw new LiteralError();
    if (this.#text.charCodeAt(this.#at) !== mark) return false;
    this.#at += 1;
    return true;
  }

  /** util.inspect divides long strings into pieces with a plus sign between them. */
  #string(): string {
    let all = '';
    do {
      all += this.#plainString() ?? unescaped(this.#quoted().slice(1, -1));
    } while (this.#isJoined());
    return all;
  }

  #quoted(): string {
    const quoted = this.#match(STRING);
    if (quoted === null) throw new LiteralError();
    return quoted;
  }

  /** A string without escapes; null for any other. */
  #plainString(): string | null {
    const end = this.#text.indexOf(this.#text[this.#at] ?? '', this.#at + 1);
    if (end === -1) return null;
    const inner = this.#text.slice(this.#at + 1, end);
    if (inner.includes('\\')) return null;
    this.#at = end + 1;
    return inner;
  }

  #isJoined(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return (code === PLUS || !(code > 32 && code < 0x80)) && this.#match(JOINED) !== null;
  }

  /** Moves behind blanks and what divides items. */
  #skip(): void {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 32 || code === COMMA || (code >= 9 && code <= 13)) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    if (code > 0x7f || code === SEMICOLON) this.#match(BLANK);
  }

  #skipPrefix(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code === LETTER_B || code === LETTER_U) this.#match(PREFIX);
  }

  /** A number of a few digits, perhaps with a fraction, and nothing else, the usual one; null for any other word. */
  #digits(): number | null {
    const from = this.#at;
    let [value, at] = [0, from];
    let code = this.#text.charCodeAt(at);
    while (code >= 0x30 && code <= 0x39 && at - from < MOST_DIGITS) {
      value = value * 10 + code - 0x30;
      at += 1;
      code = this.#text.charCodeAt(at);
    }
    if (at === from) return null;
    let end = at;
    let power = 1;
    if (code === DOT) {
      end += 1;
      code = this.#text.charCodeAt(end);
      while (code >= 0x30 && code <= 0x39 && end - at <= MOST_DECIMALS) {
        value = value * 10 + code - 0x30;
        power *= 10;
        end += 1;
        code = this.#text.charCodeAt(end);
      }
      if (end === at + 1) return null;
    }
    // The last member of util.inspect's objects has a blank after it.
    if (code === BLANK_CODE) code = this.#text.charCodeAt(end + 1);
    if (!(code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE)) return null;
    this.#at = end;
    if (end === at) return value;
    // Whole numbers of so many digits are exact, and so are powers of ten: their quotient is the nearest number, as Number() finds it.
    return end - from <= MOST_DIGITS + 1 ? value / power : Number(this.#text.slice(from, end));
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }
}

const WORDS: ReadonlyMap<string, unknown> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', null],
  ['True', true],
  ['False', false],
  ['None', null],
  ['nil', null],
]);

function wordValue(word: string): unknown {
  const first = word.charCodeAt(0);
  if (first > 0x39) return WORDS.has(word) ? WORDS.get(word) : word;
  return /^-?\d{1,17}(?:\.\d{1,12})?[nL]?$/.test(word) ? Number(word.replace(/[nL]$/, '')) : word;
}

const ESCAPED = /\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['e', '\u001b'],
  ['0', '\0'],
  ['a', '\u0007'],
]);

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(ESCAPED, (_all, ...groups: unknown[]) => {
    const code = groups.slice(0, 4).find((group) => typeof group === 'string');
    if (typeof code === 'string') {
      const point = Number.parseInt(code, 16);
      return point > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(point);
    }
    const letter = String(groups[4]);
    return LETTERS.get(letter) ?? letter;
  });
}
