/**
 * Parses values as programs print them: Python's repr, util.inspect of Node.js, rubydebug of Logstash, standard output of
 * Fluent Bit. Linear in the text; nothing is evaluated.
 */
import { MAX_JSON_DEPTH } from '../text/json-limits.ts';

export interface Literals {
  readonly values: readonly unknown[];
  /** From where on the text cannot be read; "" if all of it was. */
  readonly rest: string;
  /** A printer left items out, as Node.js does after 100 ("... 20 more items"). */
  readonly isShortened: boolean;
}

/** The values in `text`, one after the other, divided by white space, commas or a label such as `[0] tag:`. */
export function parseLiterals(text: string): Literals {
  const parser = new LiteralParser(text);
  const values: unknown[] = [];
  try {
    for (let from = parser.next(); from !== -1; from = parser.next()) values.push(parser.document());
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    return { values, rest: text.slice(parser.from), isShortened: parser.isShortened };
  }
  return { values, rest: '', isShortened: parser.isShortened };
}

class LiteralError extends Error {
  override readonly name = 'LiteralError';
}

const BLANK = /[\s,;]*/y;
/** Fluent Bit numbers its records and names their tag. */
const LABEL = /\[\d{1,9}\] [^\s[\]{}"']{1,300}: (?=\[)/y;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|`[^`\\]*(?:\\[\s\S][^`\\]*)*`/y;
const JOINED = /\s*\+\s*(?=['"`])/y;
const KEY = /[A-Za-z_$@][\w$@.-]*(?=\s*:)/y;
const DIVIDES = /\s*(?:=>|:)\s*/y;
/** A number, true, None, a time: everything up to what divides items. */
const WORD = /[^\s,[\]{}'"`](?:[^,[\]{}'"`\n]*[^\s,[\]{}'"`])?/y;
const MORE = /\.\.\. ?(?:\d+ more [^\]}]*)?/y;
/** A prefix of a string: bytes and Unicode of Python. */
const PREFIX = /[bu](?=['"])/y;

const [COMMA, SEMICOLON, PLUS] = [0x2c, 0x3b, 0x2b];
const [CLOSE_BRACKET, CLOSE_BRACE] = [0x5d, 0x7d];
const [LETTER_B, LETTER_U] = [0x62, 0x75];
/** Digits of a number that is exact. */
const MOST_DIGITS = 15;

class LiteralParser {
  /** Where the value that is being read begins. */
  from = 0;
  isShortened = false;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves to the next value; -1 at the end. */
  next(): number {
    this.#skip();
    this.from = this.#at;
    if (this.#text[this.#at] === '[') this.#match(LABEL);
    return this.#at >= this.#text.length ? -1 : this.#at;
  }

  /** An object or array. Anything else is text of another form. */
  document(): unknown {
    if (!'{['.includes(this.#text[this.#at] ?? ' ')) throw new LiteralError();
    return this.value(0);
  }

  value(depth: number): unknown {
    if (depth > MAX_JSON_DEPTH) throw new LiteralError();
    this.#skipPrefix();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === "'" || char === '"' || char === '`') return this.#string();
    const word = this.#digits() ?? this.#match(WORD);
    if (typeof word === 'number') return word;
    if (word === null) throw new LiteralError();
    return wordValue(word);
  }

  #array(depth: number): unknown[] {
    this.#at += 1;
    const items: unknown[] = [];
    for (;;) {
      this.#skip();
      if (this.#closes(']')) return items;
      items.push(this.value(depth + 1));
    }
  }

  #object(depth: number): Record<string, unknown> {
    this.#at += 1;
    const found: Record<string, unknown> = {};
    for (;;) {
      this.#skip();
      if (this.#closes('}')) return found;
      this.#skipPrefix();
      const key = this.#key();
      if (key === null || this.#match(DIVIDES) === null) throw new LiteralError();
      const value = this.value(depth + 1);
      if (key === '__proto__') Object.defineProperty(found, key, { value, enumerable: true, configurable: true });
      else found[key] = value;
    }
  }

  #key(): string | null {
    const char = this.#text[this.#at];
    return char === "'" || char === '"' ? this.#string() : this.#match(KEY);
  }

  #closes(mark: string): boolean {
    if (this.#text[this.#at] === '.' && this.#match(MORE) !== null) {
      this.isShortened = true;
      this.#skip();
    }
    if (this.#at >= this.#text.length) throw new LiteralError();
    if (this.#text[this.#at] !== mark) return false;
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

  /** A number of a few digits and nothing else, the usual one; null for any other word. */
  #digits(): number | null {
    let [value, at] = [0, this.#at];
    let code = this.#text.charCodeAt(at);
    while (code >= 0x30 && code <= 0x39 && at - this.#at < MOST_DIGITS) {
      value = value * 10 + code - 0x30;
      at += 1;
      code = this.#text.charCodeAt(at);
    }
    if (at === this.#at || !(code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE)) return null;
    this.#at = at;
    return value;
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
  if (WORDS.has(word)) return WORDS.get(word);
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
