/**
 * The language of log searches: words (all of them), "phrases", field:value, ranges, -not, OR, parentheses, /expressions/ and
 * prefix*. Errors state the position of the first wrong character, from 1.
 */
import type { Level } from '../../../ingest/lines/level.ts';
import { LEVELS, levelNamed } from '../../../ingest/lines/level.ts';
import type { Condition, ValueTest } from './condition.ts';

export type ParsedQuery =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly position: number };

const MOST_CHARS = 2000;
const MOST_TERMS = 50;
const MOST_DEPTH = 20;

/** Of a name: a path into JSON, such as `user.id` or `@timestamp`. */
const FIELD = /[A-Za-z_@$][\w@$.-]*(?=:)/y;
/** Up to a blank, a parenthesis or a quote. */
const BARE = /[^\s()"]+/y;
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Values of `source:`. */
const SOURCES: ReadonlySet<string> = new Set(['platform', 'function']);
const RANGE = /([[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])/y;

class QueryError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** What is wrong with a regular expression, and at which of its characters, from 0. */
export interface ExpressionFault {
  readonly message: string;
  readonly at: number;
}

/** `expressionFault`: null if nothing is wrong with a regular expression. */
export function parseLogQuery(text: string, expressionFault: (source: string) => ExpressionFault | null): ParsedQuery {
  try {
    if (text.length > MOST_CHARS) throw new QueryError(`expected at most ${MOST_CHARS} characters`, MOST_CHARS);
    return { ok: true, condition: new Parser(text, expressionFault).parse() };
  } catch (error) {
    if (error instanceof QueryError) return { ok: false, message: error.message, position: error.at + 1 };
    throw error;
  }
}

class Parser {
  readonly #text: string;
  readonly #expressionFault: (source: string) => ExpressionFault | null;
  #at = 0;
  #terms = 0;

  constructor(text: string, expressionFault: (source: string) => ExpressionFault | null) {
    this.#text = text;
    this.#expressionFault = expressionFault;
  }

  parse(): Condition {
    const condition = this.#any(0);
    if (this.#at < this.#text.length) throw new QueryError('expected no ")" without a "("', this.#at);
    return condition;
  }

  #any(depth: number): Condition {
    if (depth > MOST_DEPTH) throw new QueryError(`expected at most ${MOST_DEPTH} levels of parentheses`, this.#at);
    const alternatives = [this.#all(depth)];
    while (this.#takesWord('OR')) {
      const at = this.#at;
      const next = this.#all(depth);
      if (isEmpty(next) || isEmpty(alternatives[0]))
        throw new QueryError('expected a condition on both sides of OR', at);
      alternatives.push(next);
    }
    const [only] = alternatives;
    return alternatives.length === 1 && only !== undefined ? only : { kind: 'any', of: alternatives };
  }

  #all(depth: number): Condition {
    const of: Condition[] = [];
    for (;;) {
      this.#skipBlanks();
      if (this.#at >= this.#text.length || this.#text[this.#at] === ')' || this.#isWord('OR')) break;
      if (this.#takesWord('AND')) continue;
      of.push(this.#negatable(depth));
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind: 'all', of };
  }

  #negatable(depth: number): Condition {
    const isNot = this.#takesWord('NOT') || this.#takes('-');
    if (!isNot) return this.#term(depth);
    this.#skipBlanks();
    const at = this.#at;
    if (at >= this.#text.length || this.#text[at] === ')') throw new QueryError('expected a condition after -', at);
    return { kind: 'not', of: this.#term(depth) };
  }

  #term(depth: number): Condition {
    this.#terms += 1;
    if (this.#terms > MOST_TERMS) throw new QueryError(`expected at most ${MOST_TERMS} conditions`, this.#at);
    const open = this.#at;
    if (this.#takes('(')) {
      const condition = this.#any(depth + 1);
      if (!this.#takes(')')) throw new QueryError('expected a ")" for this "("', open);
      return condition;
    }
    if (this.#text[open] === '/') return { kind: 'expression', source: this.#expression() };
    FIELD.lastIndex = open;
    const name = FIELD.exec(this.#text)?.[0];
    if (name !== undefined) {
      this.#at += name.length + 1;
      if (name === 'level') return this.#level();
      const at = this.#at;
      const value = this.#value();
      if (name === 'source' && !(value.kind === 'exists' || (value.kind === 'is' && SOURCES.has(value.text))))
        throw new QueryError('expected platform or function', at);
      return { kind: 'field', name, value };
    }
    if (this.#text[open] === '"') return this.#phrase(this.#quoted(), open);
    const word = this.#bare();
    return this.#phrase(this.#withoutStar(word, open), open, word.endsWith('*'));
  }

  /** Without the `*` that may stand at the end of a word. One in another place would be taken for a wildcard. */
  #withoutStar(word: string, at: number): string {
    const text = word.endsWith('*') ? word.slice(0, -1) : word;
    const star = text.indexOf('*');
    if (star !== -1 && text !== '')
      throw new QueryError('expected * at the end of a word; in quotes it stands for itself', at + star);
    return text;
  }

  /** Names of loggers stand for their level (`WARNING` is warn); `>=warn` is warn and what is more severe. */
  #level(): Condition {
    const at = this.#at;
    const [sign = ''] = /^[<>]=?/.exec(this.#text.slice(at, at + 2)) ?? [];
    if (sign === '') {
      const value = this.#value();
      if (value.kind === 'exists') return { kind: 'field', name: 'level', value };
      return levelField(value.kind === 'is' ? levelNamed(value.text) : null, at);
    }
    this.#at += sign.length;
    const level = levelNamed(this.#bare());
    if (level === null) return levelField(null, at + sign.length);
    const first = LEVELS.indexOf(level);
    const includes = (n: number): boolean =>
      (sign.endsWith('=') && n === first) || (sign.startsWith('>') ? n > first : n < first);
    const levels = LEVELS.filter((_, n) => includes(n));
    if (levels.length === 0)
      throw new QueryError(`expected a level that has others ${sign === '>' ? 'above' : 'below'} it`, at);
    return { kind: 'any', of: levels.map((one) => levelField(one, at)) };
  }

  #phrase(text: string, at: number, isPrefix = false): Condition {
    if (text === '') throw new QueryError('expected a text to search for', at);
    return { kind: 'text', text, isPrefix };
  }

  #value(): ValueTest {
    const at = this.#at;
    const next = this.#text[at];
    if (next === '"') return { kind: 'is', text: this.#quoted() };
    if (next === '[' || next === '{') return this.#range();
    if (next === '<' || next === '>') return this.#comparison(next);
    if (next === undefined || /[\s()]/.test(next)) throw new QueryError('expected a value after ":"', at);
    const text = this.#bare();
    if (text === '*') return { kind: 'exists' };
    const plain = this.#withoutStar(text, at);
    return text.endsWith('*') ? { kind: 'begins', text: plain } : { kind: 'is', text };
  }

  #comparison(sign: '<' | '>'): ValueTest {
    this.#at += 1;
    const isIncluded = this.#takes('=');
    const at = this.#at;
    const bound = { value: numberOf(this.#bare(), at), isIncluded };
    return sign === '>' ? { kind: 'range', low: bound, high: null } : { kind: 'range', low: null, high: bound };
  }

  #range(): ValueTest {
    const at = this.#at;
    RANGE.lastIndex = at;
    const match = RANGE.exec(this.#text);
    if (match === null) throw new QueryError('expected a range such as [1 TO 5], or [1 TO *]', at);
    this.#at += match[0].length;
    const [, open, low = '', high = '', close] = match;
    const bound = (text: string, isIncluded: boolean) =>
      text === '*' ? null : { value: numberOf(text, at + match[0].indexOf(text)), isIncluded };
    const range = { low: bound(low, open === '['), high: bound(high, close === ']') };
    if (range.low !== null && range.high !== null && range.low.value > range.high.value)
      throw new QueryError('expected a range whose first number is not above the second', at);
    return { kind: 'range', ...range };
  }

  #expression(): string {
    const at = this.#at;
    let source = '';
    /** By character of the expression: where it stands in the query. */
    const places: number[] = [];
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new QueryError('expected a "/" at the end of the regular expression', at);
      places.push(this.#at);
      this.#at += 1;
      if (char === '/') break;
      // An escaped slash is a slash; other escapes are the expression's.
      if (char === '\\' && this.#text[this.#at] === '/') {
        source += '/';
        this.#at += 1;
      } else if (char === '\\') {
        source += char + (this.#text[this.#at] ?? '');
        places.push(this.#at);
        this.#at += 1;
      } else source += char;
    }
    if (source === '') throw new QueryError('expected a regular expression between "/"', at);
    const fault = this.#expressionFault(source);
    if (fault !== null) throw new QueryError(`regular expression: ${fault.message}`, places[fault.at] ?? at);
    return source;
  }

  #quoted(): string {
    const open = this.#at;
    let text = '';
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new QueryError('expected a closing quote for this one', open);
      this.#at += 1;
      if (char === '"') return text;
      if (char === '\\' && /["\\]/.test(this.#text[this.#at] ?? '')) {
        text += this.#text[this.#at];
        this.#at += 1;
      } else text += char;
    }
  }

  #bare(): string {
    BARE.lastIndex = this.#at;
    const text = BARE.exec(this.#text)?.[0];
    if (text === undefined) throw new QueryError('expected a value', this.#at);
    this.#at += text.length;
    return text;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #takes(char: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #isWord(word: string): boolean {
    const end = this.#at + word.length;
    return this.#text.startsWith(word, this.#at) && /^(?:[\s()]|$)/.test(this.#text.slice(end, end + 1));
  }

  #takesWord(word: string): boolean {
    this.#skipBlanks();
    if (!this.#isWord(word)) return false;
    this.#at += word.length;
    return true;
  }
}

function isEmpty(condition: Condition | undefined): boolean {
  return condition?.kind === 'all' && condition.of.length === 0;
}

function numberOf(text: string, at: number): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new QueryError('expected a number', at);
  return value;
}

function levelField(level: Level | null, at: number): Condition {
  if (level === null) throw new QueryError(`expected one of ${LEVELS.join(', ')}`, at);
  return { kind: 'field', name: 'level', value: { kind: 'is', text: level } };
}
