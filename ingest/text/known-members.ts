/**
 * Parses the members of a JSON text that some reader asks for, and leaves out the others. V8 makes a description of each list of names
 * that it has not seen before: parsing objects with names of their own takes five times as long as passing over them. Nothing is lost:
 * an object of which something was left out says where it stands in the text.
 */
import { afterBlanks, afterScalar, afterString } from './json-syntax.ts';

/** Names that readers ask for. */
export class KnownNames {
  /** Each name as the text of the program has it, which V8 needs not look up again. */
  readonly #names: ReadonlyMap<string, string>;
  /** Lengths of the names by their first character, as bits: most other names are told by them. */
  readonly #lengths = new Int32Array(ASCII);

  constructor(names: Iterable<string>) {
    this.#names = new Map([...names].map((name) => [name, name]));
    for (const name of this.#names.keys()) {
      const first = name.charCodeAt(0);
      if (!(first < ASCII)) throw new RangeError(`expected a name that begins with a character of ASCII: ${name}`);
      this.#lengths[first] = (this.#lengths[first] ?? 0) | lengthBit(name.length);
    }
  }

  /** The name that the string from one offset to the other is, with its quotes; undefined if it is none of them. */
  find(text: string, from: number, end: number): string | undefined {
    const first = text.charCodeAt(from + 1);
    const lengths = first < ASCII ? (this.#lengths[first] ?? 0) : 0;
    const mayBe = (lengths & lengthBit(end - from - 2)) !== 0;
    const found = mayBe ? this.#names.get(text.slice(from + 1, end - 1)) : undefined;
    if (found !== undefined || !hasEscape(text, from, end)) return found;
    return this.#names.get(String(JSON.parse(text.slice(from, end))));
  }
}

const ASCII = 128;

function hasEscape(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}

const BACKSLASH = 0x5c;

/** Lengths of 31 and more share one bit. */
function lengthBit(length: number): number {
  return 1 << Math.min(length, 31);
}

/** The member by which an object says where it stands; one of this name in the text is left out as well. */
const PLACE = '~';

/** A text of which parts were not parsed. */
export class WholeText {
  readonly #text: string;
  readonly #begins: readonly number[];
  readonly #ends: readonly number[];

  constructor(text: string, begins: readonly number[], ends: readonly number[]) {
    this.#text = text;
    this.#begins = begins;
    this.#ends = ends;
  }

  /** The text of an object of which something was left out; null for any other value. */
  partOf(value: unknown): string | null {
    const at = typeof value === 'object' && value !== null ? (value as { [PLACE]?: unknown })[PLACE] : undefined;
    return typeof at === 'number' ? this.#text.slice(this.#begins[at], this.#ends[at]) : null;
  }

  /** The JSON of a value, with what was left out of it. */
  jsonOf(value: unknown): string {
    const part = this.partOf(value);
    if (part !== null) return part;
    return Array.isArray(value)
      ? `[${value.map((item) => this.jsonOf(item)).join(',')}]`
      : (JSON.stringify(value) ?? 'null');
  }
}

/** A parsed text. `whole` is null if nothing was left out. */
export interface KnownMembers {
  readonly value: unknown;
  readonly whole: WholeText | null;
}

/** Parses the members with the names, and those within the values of `kept` ones, whatever they are. Undefined if the text is not JSON. */
export function parseKnownMembers(
  text: string,
  known: KnownNames,
  kept: ReadonlySet<string>,
): KnownMembers | undefined {
  return new Parser(text, known, kept).parse();
}

const [QUOTE, COMMA, COLON, LETTER_F, LETTER_N, LETTER_T] = [0x22, 0x2c, 0x3a, 0x66, 0x6e, 0x74];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

type Members = Record<string, unknown>;

/** Reads values one after the other. An offset of -1 says that the text is no JSON. */
class Parser {
  readonly #text: string;
  readonly #known: KnownNames;
  readonly #kept: ReadonlySet<string>;
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  #at = 0;

  constructor(text: string, known: KnownNames, kept: ReadonlySet<string>) {
    this.#text = text;
    this.#known = known;
    this.#kept = kept;
  }

  parse(): KnownMembers | undefined {
    this.#at = afterBlanks(this.#text, 0);
    const value = this.#value(true);
    if (this.#at === -1 || afterBlanks(this.#text, this.#at) !== this.#text.length) return undefined;
    const isWhole = this.#begins.length === 0;
    return { value, whole: isWhole ? null : new WholeText(this.#text, this.#begins, this.#ends) };
  }

  /** Passes over the value at the offset. Makes it only if it is wanted. */
  #value(isWanted: boolean): unknown {
    const from = this.#at;
    const code = this.#text.charCodeAt(from);
    if (code === OPEN_BRACE) return this.#object(isWanted);
    if (code === OPEN_BRACKET) return this.#list(isWanted);
    this.#at = afterScalar(this.#text, from, code);
    return isWanted && this.#at !== -1 ? scalar(this.#text, from, this.#at) : undefined;
  }

  #object(isWanted: boolean): unknown {
    const object: Members | undefined = isWanted ? {} : undefined;
    const begin = this.#at;
    const before = this.#begins.length;
    let isPart = false;
    let at = afterBlanks(this.#text, begin + 1);
    if (this.#text.charCodeAt(at) === CLOSE_BRACE) {
      this.#at = at + 1;
      return object;
    }
    for (;;) {
      const end = this.#text.charCodeAt(at) === QUOTE ? afterString(this.#text, at) : -1;
      const colon = end === -1 ? -1 : afterBlanks(this.#text, end);
      if (this.#text.charCodeAt(colon) !== COLON) return this.#fails();
      this.#at = afterBlanks(this.#text, colon + 1);
      const name = object === undefined ? undefined : this.#known.find(this.#text, at, end);
      if (object === undefined || name === undefined) {
        isPart = true;
        this.#value(false);
      } else object[name] = this.#kept.has(name) ? this.#all() : this.#value(true);
      if (!this.#ended(CLOSE_BRACE)) return undefined;
      at = this.#at;
      if (this.#text.charCodeAt(at - 1) === CLOSE_BRACE) break;
    }
    // What holds a part is one.
    if (object !== undefined && (isPart || this.#begins.length > before)) {
      object[PLACE] = this.#begins.length;
      this.#begins.push(begin);
      this.#ends.push(at);
    }
    return object;
  }

  #list(isWanted: boolean): unknown {
    const list: unknown[] | undefined = isWanted ? [] : undefined;
    this.#at = afterBlanks(this.#text, this.#at + 1);
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACKET) {
      this.#at += 1;
      return list;
    }
    for (;;) {
      const item = this.#value(isWanted);
      list?.push(item);
      if (!this.#ended(CLOSE_BRACKET)) return undefined;
      if (this.#text.charCodeAt(this.#at - 1) === CLOSE_BRACKET) return list;
    }
  }

  #fails(): undefined {
    this.#at = -1;
  }

  /** Passes over the comma after an item, or the bracket; to what follows the comma. */
  #ended(close: number): boolean {
    if (this.#at === -1) return false;
    const at = afterBlanks(this.#text, this.#at);
    const code = this.#text.charCodeAt(at);
    this.#at = code === close ? at + 1 : code === COMMA ? afterBlanks(this.#text, at + 1) : -1;
    return this.#at !== -1;
  }

  /** The value with all of its members. */
  #all(): unknown {
    const from = this.#at;
    this.#value(false);
    return this.#at === -1 ? undefined : JSON.parse(this.#text.slice(from, this.#at));
  }
}

function scalar(text: string, from: number, end: number): unknown {
  switch (text.charCodeAt(from)) {
    case QUOTE:
      return hasEscape(text, from, end) ? JSON.parse(text.slice(from, end)) : text.slice(from + 1, end - 1);
    case LETTER_T:
      return true;
    case LETTER_F:
      return false;
    case LETTER_N:
      return null;
    default:
      return Number(text.slice(from, end));
  }
}
