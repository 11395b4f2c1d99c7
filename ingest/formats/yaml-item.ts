/**
 * Reads the items that the AWS CLI prints with `--output yaml`: one level of keys with scalars. Anything else is not given
 * to the YAML parser, which descends by recursion: nesting in a few kilobytes uses up its stack, which can end the process.
 */
import { KeyNames } from './key-names.ts';
import { doubleQuoted, foldedBlock, plain, singleQuoted } from './yaml-scalars.ts';

const DASH = /^ {0,8}- /;
/** Keys that are texts without the schema, and a blank or nothing after the colon. */
const TEXT_KEY =
  /(?:(?!(?:[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE):)([A-Za-z]\w{0,63})|"([A-Za-z]\w{0,63})"|'([A-Za-z]\w{0,63})'):(?: +|(?=\n|$))/y;
/** Lines of blanks alone. */
const BLANK_LINES = /(?: *\n)*(?: +$)?/y;
const REST_OF_LINE = /[ \t]*(?:\n|$)/y;
/** What begins no plain scalar, or only one that continues in a way of its own. */
const NOT_PLAIN = /[[\]{},&*!?%@`#|>:\s]|-(?:[ \t\n]|$)/y;
const COMMENT = /[ \t\n]#/;
const NESTED_KEY = /:(?:[ \t\n]|$)/;
const BLOCK = /([|>])([1-9]?)([+-]?)([1-9]?) *\n/y;

/** Names of the keys of one list that are read. `aws logs` prints five, and `--query` those that it is given. */
export const MOST_NAMES = 64;

interface Scalar {
  readonly value: unknown;
  /** Start of the line after it. */
  readonly end: number;
}

/**
 * The one list item in the text, as the `yaml` package reads it: null where that finds an error, or a name beyond the {@link MOST_NAMES}
 * of its list. `names`: those of the items before.
 * Undefined if the text must be given to that package, which takes a hundred times as long.
 */
export function readFlatItem(
  text: string,
  names = new KeyNames(MOST_NAMES),
): Readonly<Record<string, unknown>> | null | undefined {
  const indent = DASH.exec(text)?.[0].length ?? 0;
  if (indent === 0 || text.includes('\r')) return undefined;
  return readKeys(names, {}, text, indent, indent);
}

/** A pair of a time and a message, as `--query 'events[].[timestamp,message]'` prints it. */
const PAIR = /^( {0,8}- )- (?:(\d{10,19})|(["']?)(\d{4}[\w:.+-]{6,40})\3)[ \t]*\n( {2,10})- (?=\S)/;

/** Whether two dashes begin the item: what the expression for pairs begins with, which takes longer. */
export function beginsPair(text: string): boolean {
  const at = indentAt(text, 0);
  return (
    text.charCodeAt(at) === DASH_CODE && text.charCodeAt(at + 1) === BLANK && text.charCodeAt(at + 2) === DASH_CODE
  );
}

/** The pair in the text as an item with keys; null and undefined as in {@link readFlatItem}, and undefined for anything else. */
export function readFlatPair(
  text: string,
  names = new KeyNames(MOST_NAMES),
): Readonly<Record<string, unknown>> | null | undefined {
  if (!beginsPair(text)) return undefined;
  const [all, dash, digits, quote, time, indent] = PAIR.exec(text) ?? [];
  // A time without quotes may be another scalar than text.
  if (all === undefined || dash === undefined || dash.length !== indent?.length || quote === '' || text.includes('\r'))
    return undefined;
  const timestamp = digits === undefined ? time : Number.parseInt(digits, 10);
  const message = readScalar(text, all.length, dash.length);
  if (message === null || message === undefined) return message;
  const next = keyAfter(text, message.end, dash.length);
  return next === -1 ? undefined : readKeys(names, { timestamp, message: message.value }, text, next, dash.length);
}

/** The offset of the key after a value that ends at `end`: that of the end if there is none, -1 if something else follows. */
function keyAfter(text: string, end: number, indent: number): number {
  const spaces = indentAt(text, end);
  if (text.charCodeAt(end + spaces) > BLANK) return spaces === indent ? end + indent : -1;
  const at = afterBlankRest(text, end);
  if (at === text.length) return at;
  return indentAt(text, at) === indent ? at + indent : -1;
}

/** The offset after lines of blanks. Nearly always there is none: a line with text after its blanks costs no search. */
function afterBlankRest(text: string, from: number): number {
  const code = text.charCodeAt(from + indentAt(text, from));
  return code > BLANK ? from : endOf(BLANK_LINES, text, from);
}

/** Reads the keys from `from` on into the item. */
function readKeys(
  names: KeyNames,
  item: Record<string, unknown>,
  text: string,
  from: number,
  indent: number,
): Readonly<Record<string, unknown>> | null | undefined {
  const isEmpty = Object.keys(item).length === 0;
  names.begin();
  let at = from;
  while (at < text.length) {
    const key = expectedKey(names, text, at) ?? plainKey(text, at) ?? readKey(text, at);
    if (key === null) return undefined;
    const { name } = key;
    if (!names.add(name)) return null;
    if ((names.mayRepeat || !isEmpty) && Object.hasOwn(item, name)) return null;
    const scalar = readScalar(text, key.end, indent);
    if (scalar === null || scalar === undefined) return scalar;
    item[name] = scalar.value;
    at = keyAfter(text, scalar.end, indent);
    if (at === -1) return undefined;
  }
  return item;
}

interface Key {
  readonly name: string;
  /** The offset of the value. */
  readonly end: number;
}

function readKey(text: string, at: number): Key | null {
  TEXT_KEY.lastIndex = at;
  const key = TEXT_KEY.exec(text);
  const name = key?.[1] ?? key?.[2] ?? key?.[3];
  return name === undefined ? null : { name, end: TEXT_KEY.lastIndex };
}

/** The key that follows the last one in the items before, without a text of its own: its hash costs more than its characters. */
function expectedKey(names: KeyNames, text: string, at: number): Key | null {
  const name = names.expected(text, at);
  const end = name === null ? -1 : valueAfter(text, at + name.length);
  return name === null || end === -1 || isNoText(name) ? null : { name, end };
}

/** A key without quotes and one blank after its colon, the usual one, by its characters; null for any other. */
function plainKey(text: string, from: number): Key | null {
  if (!isLetter(text.charCodeAt(from))) return null;
  let at = from + 1;
  while (isWordCharacter(text.charCodeAt(at))) at += 1;
  const isUsual = at - from <= LONGEST_KEY && valueAfter(text, at) !== -1;
  if (!isUsual) return null;
  const name = text.slice(from, at);
  return isNoText(name) ? null : { name, end: at + 2 };
}

/** `null`, `true` and `false` have as many letters as other names: the expression knows them. */
function isNoText(name: string): boolean {
  return name.length <= 5 && NO_TEXTS.has(name);
}

/** The offset of the value behind a colon and one blank at `at`; -1 if something else stands there. */
function valueAfter(text: string, at: number): number {
  const isUsual = text.charCodeAt(at) === COLON && text.charCodeAt(at + 1) === BLANK && text.charCodeAt(at + 2) > BLANK;
  return isUsual ? at + 2 : -1;
}

const LONGEST_KEY = 64;
const NO_TEXTS: ReadonlySet<string> = new Set(
  ['null', 'true', 'false'].flatMap((word) => [
    word,
    `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`,
    word.toUpperCase(),
  ]),
);
const [BLANK, COLON, UNDERSCORE, DASH_CODE] = [0x20, 0x3a, 0x5f, 0x2d];

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isWordCharacter(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === UNDERSCORE;
}

/** Null for an error. */
function readScalar(text: string, from: number, indent: number): Scalar | null | undefined {
  const first = text[from];
  if (first === undefined || first === '\n') return { value: null, end: from };
  if (first === '"' || first === "'") return readQuoted(text, from, first, indent);
  if (first === '|' || first === '>') return readBlock(text, from, indent);
  const beginsPlain = isWordCharacter(text.charCodeAt(from)) || endOf(NOT_PLAIN, text, from) === -1;
  return beginsPlain ? readPlain(text, from, indent) : undefined;
}

function readQuoted(text: string, from: number, quote: string, indent: number): Scalar | null | undefined {
  const close = closingQuote(text, from, quote);
  if (close === -1) return null;
  const end = endOf(REST_OF_LINE, text, close + 1);
  if (end === -1) return undefined;
  for (let line = nextLine(text, from); line <= close; line = nextLine(text, line)) {
    const spaces = indentAt(text, line);
    if (spaces <= indent && text[line + spaces] !== '\n') return undefined;
  }
  const inner = text.slice(from + 1, close);
  const value = quote === '"' ? doubleQuoted(inner) : singleQuoted(inner);
  return value === null ? null : { value, end };
}

function readPlain(text: string, from: number, indent: number): Scalar | null | undefined {
  let end = nextLine(text, from);
  for (;;) {
    const spaces = indentAt(text, end);
    if (text.charCodeAt(end + spaces) > BLANK) {
      if (spaces <= indent) break;
    } else {
      end = afterBlankRest(text, end);
      if (end === text.length || indentAt(text, end) <= indent) break;
    }
    end = nextLine(text, end);
  }
  let last = end;
  while (isBlankCode(text.charCodeAt(last - 1))) last -= 1;
  const own = text.slice(from, last);
  if (own.includes('#') && COMMENT.test(own)) return undefined;
  const nested = own.includes(':') ? own.search(NESTED_KEY) : -1;
  if (nested === -1) return { value: plain(own), end };
  return own.lastIndexOf('\n', nested) === -1 ? null : undefined;
}

/** Undefined where lines of blanks are longer than the indentation of the block, so that some of the blanks may be text. */
function readBlock(text: string, from: number, indent: number): Scalar | undefined {
  BLOCK.lastIndex = from;
  const [head, style, before = '', chomp, after = ''] = BLOCK.exec(text) ?? [];
  if (head === undefined || (before !== '' && after !== '')) return undefined;
  const stated = before + after;
  let column = stated === '' ? 0 : indent + Number(stated);
  const lines: string[] = [];
  let longestBefore = 0;
  let filled = 0;
  let endsBlank = false;
  let end = from + head.length;
  while (end < text.length) {
    const next = nextLine(text, end);
    const line = text.slice(end, text[next - 1] === '\n' ? next - 1 : next);
    const spaces = indentAt(line, 0);
    const isEmpty = spaces === line.length;
    if (!isEmpty && spaces <= indent) break;
    if (!isEmpty && column === 0) column = spaces;
    if (!isEmpty && spaces < column) return undefined;
    if (isEmpty && filled === 0) longestBefore = Math.max(longestBefore, spaces);
    else if (!isEmpty || spaces > column) {
      filled = lines.length + 1;
      endsBlank = isEmpty;
    }
    lines.push(filled === 0 ? '' : line.slice(column));
    end = next;
  }
  if (chomp === '+' && !text.endsWith('\n')) return undefined;
  if (filled === 0) return { value: chomp === '+' ? '\n'.repeat(lines.length) : '', end };
  if (longestBefore > column || (endsBlank && stated !== '')) return undefined;
  const own = lines.slice(0, filled);
  const value = style === '|' ? own.join('\n') : foldedBlock(own);
  const breaks = chomp === '-' ? 0 : chomp === '+' ? 1 + lines.length - filled : 1;
  return { value: value + '\n'.repeat(breaks), end };
}

/** The end of what the sticky expression matches at `at`; -1 if it does not. */
function endOf(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
}

/** Whether the text is one list item with keys and scalar values only. */
export function isFlatItem(text: string): boolean {
  const start = DASH.exec(text);
  if (start === null) return false;
  const indent = start[0].length;
  let at = indent;
  while (at < text.length) {
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (key === null) return false;
    const end = valueEnd(text, at + key[0].length, indent);
    if (end === -1) return false;
    at = end;
    if (at < text.length && indentAt(text, at) !== indent) return false;
    at += at < text.length ? indent : 0;
  }
  return true;
}

const KEY = /(?:\w{1,64}|"\w{1,64}"|'\w{1,64}'):[ \t]*(?=\S|\n|$)/y;
/** What begins a flow collection, an anchor, an alias, a tag, a nested list or key, or is reserved. */
const NO_SCALAR = /[[\]{},&*!?%@`#]|-[ \t\n]/y;
const BLOCK_HEAD = /[|>][+-]?\d?[+-]?[ \t]*(?:\n|$)/y;

/** Start of the line after the value at `from`; -1 if it is no scalar. */
function valueEnd(text: string, from: number, indent: number): number {
  const first = text[from];
  if (first === undefined || first === '\n') return afterBlankLines(text, from);
  if (first === '"' || first === "'") return afterQuoted(text, from, first);
  NO_SCALAR.lastIndex = from;
  if (NO_SCALAR.test(text)) return -1;
  BLOCK_HEAD.lastIndex = from;
  if ((first === '|' || first === '>') && !BLOCK_HEAD.test(text)) return -1;
  let at = nextLine(text, from);
  while (at < text.length && (isBlank(text, at) || indentAt(text, at) > indent)) at = nextLine(text, at);
  return at;
}

function afterQuoted(text: string, from: number, quote: string): number {
  const close = closingQuote(text, from, quote);
  if (close === -1) return -1;
  const rest = nextLine(text, close);
  return text.slice(close + 1, rest).trim() === '' ? afterBlankLines(text, rest) : -1;
}

/** Offset of the quote that closes the one at `from`; -1 if there is none. */
function closingQuote(text: string, from: number, quote: string): number {
  let at = from + 1;
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close === -1) return -1;
    if (quote === '"' && isEscaped(text, close, from)) at = close + 1;
    else if (quote === "'" && text[close + 1] === quote) at = close + 2;
    else return close;
  }
}

function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes - 1 > from && text[at - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function afterBlankLines(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text, at)) at = nextLine(text, at);
  return at;
}

function isBlank(text: string, at: number): boolean {
  return text.slice(at, nextLine(text, at)).trim() === '';
}

function indentAt(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === BLANK) end += 1;
  return end - at;
}

function isBlankCode(code: number): boolean {
  return code === BLANK || code === 0x09 || code === 0x0a;
}

function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline + 1;
}
