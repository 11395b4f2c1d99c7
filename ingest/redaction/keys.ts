/**
 * Finds the values of members by their names: in JSON, also within strings of JSON, in what Node.js and Python print of objects, and in
 * `name=value`. Reads text as it is, since lines hold JSON after other text, several documents, or the beginning of one.
 */

import { backslashesBefore } from './patterns.ts';
import type { AddFinding } from './rules.ts';
import { KEY_RULE } from './rules.ts';

const MOST_KEY_CHARS = 128;
const MOST_BLANKS = 8;
const BARE_KEY = /[\w.$-]/;
/** Ends a value without quotes. */
const VALUE_END = /[\s,;&"'`}\])\\]/;
const NOTHING = /^(?:null|undefined|None|nil)$/;
/** Of `Authorization: Basic …`, the value is the second word. */
const SCHEME = /^(?:bearer|basic|digest|token)$/i;
const REDACTED = '[redacted:';

/** Chooses the rule for a name; null if there is none. */
export type RuleOf = (key: string) => string | null;

/** Compiles rules such as `password` and `*token*`. */
export function ruleOfKeys(rules: readonly string[]): RuleOf {
  const all = rules.map((rule) => ({ name: `${KEY_RULE}${rule}`, parts: folded(rule).split('*') }));
  return (key) => {
    const name = folded(key);
    const last = name.slice(name.lastIndexOf('.') + 1);
    return all.find(({ parts }) => isLike(name, parts) || isLike(last, parts))?.name ?? null;
  };
}

/** Case and the characters between words do not count: apiKey, api_key and API-KEY are one name. */
function folded(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}

/** `parts`: the text of a pattern between its asterisks. */
function isLike(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + last.length <= name.length;
}

const KEY_END = /[:=]/g;

export function findKeys(text: string, ruleOf: RuleOf, add: AddFinding): void {
  const ends = new RegExp(KEY_END);
  for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
    const key = keyBefore(text, match.index);
    const rule = key === null ? null : ruleOf(key.name);
    if (key === null || rule === null) continue;
    const value = valueAfter(text, match.index + 1, key);
    if (value === null) continue;
    add(value.start, value.end, rule, value.quoted);
    ends.lastIndex = value.end;
  }
}

interface Key {
  readonly name: string;
  /** Backslashes before its quotes; null if it has no quotes. */
  readonly level: number | null;
}

function keyBefore(text: string, at: number): Key | null {
  let end = at;
  while (end > 0 && at - end < MOST_BLANKS && /\s/.test(text.charAt(end - 1))) end -= 1;
  const quote = text.charAt(end - 1);
  if (quote === '"' || quote === "'") {
    const level = backslashesBefore(text, end - 1);
    const nameEnd = end - 1 - level;
    const open = text.lastIndexOf(quote, nameEnd - 1);
    if (open === -1 || nameEnd - open > MOST_KEY_CHARS || nameEnd <= open) return null;
    return { name: text.slice(open + 1, nameEnd), level };
  }
  let start = end;
  while (start > 0 && end - start < MOST_KEY_CHARS && BARE_KEY.test(text.charAt(start - 1))) start -= 1;
  // The letter of an escape such as \n in JSON.
  if (start < end && text.charAt(start - 1) === '\\') start += 1;
  return start < end ? { name: text.slice(start, end), level: null } : null;
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted?: number;
}

function valueAfter(text: string, from: number, { level }: Key): Value | null {
  let start = from;
  // Ruby prints "name"=>"value".
  if (text.charAt(start) === '>') start += 1;
  while (start - from < MOST_BLANKS && /\s/.test(text.charAt(start))) start += 1;
  let quoteAt = start;
  while (text.charAt(quoteAt) === '\\') quoteAt += 1;
  const quote = text.charAt(quoteAt);
  if (quote === '"' || quote === "'" || quote === '`') {
    const end = stringEnd(text, quoteAt + 1, quote, quoteAt - start);
    return isRedacted(text, quoteAt + 1) || end === quoteAt + 1 ? null : { start: quoteAt + 1, end };
  }
  const open = text.charAt(start);
  if (open === '{' || (open === '[' && !isRedacted(text, start)))
    return { start, end: closingBracket(text, start, level ?? 0), quoted: level ?? 0 };
  if (isRedacted(text, start)) return null;
  const end = bareEnd(text, start);
  const word = text.slice(start, end);
  if (word === '' || NOTHING.test(word)) return null;
  const next = SCHEME.test(word) && text.charAt(end) === ' ' ? bareEnd(text, end + 1) : end;
  return { start, end: Math.max(end, next), ...(level === null ? {} : { quoted: level }) };
}

function isRedacted(text: string, at: number): boolean {
  return text.startsWith(REDACTED, at);
}

function bareEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !VALUE_END.test(text.charAt(end))) end += 1;
  return end;
}

/** Where a string ends, before the backslashes of its closing quote. A string that is cut ends with the text. */
function stringEnd(text: string, from: number, quote: string, level: number): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    const escapes = Math.min(backslashesBefore(text, at), at - from);
    // Within n levels of JSON strings, a quote has n backslashes, and each character of the string that needs one has more.
    if (escapes % (2 * (level + 1)) === level) return at - level;
  }
  return text.length;
}

function closingBracket(text: string, start: number, level: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (char === '"' || (char === "'" && level === 0)) at = stringEnd(text, at + 1, char, level) + level;
  }
  return text.length;
}
