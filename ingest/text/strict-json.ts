/**
 * JSON of request bodies. What `JSON.parse` accepts in silence is refused by its path: names that appear twice in one object, of
 * which it keeps the last (RFC 8259, 4: "unpredictable"), and `__proto__`, which schemas skip.
 */
import { exceededJsonLimit } from './json-limits.ts';

export interface StrictJsonError {
  /** Path of the name, joined by dots. */
  readonly field: string;
  readonly message: string;
}

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: StrictJsonError };

/** No body of the API needs more than a tenth. */
const MAX_DEPTH = 100;

export function readStrictJson(text: string): StrictJson {
  const excess = exceededJsonLimit(text);
  if (excess !== null) return { ok: false, error: { field: 'body', message: excess.message } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, error: { field: 'body', message: 'expected JSON' } };
  }
  const error = findBadName(text);
  return error === null ? { ok: true, value } : { ok: false, error };
}

/** An object or an array that is open where the text is read. */
interface Level {
  readonly isObject: boolean;
  /** Names of an object so far; null before the first, and for arrays. */
  names: Set<string> | null;
  name: string;
  index: number;
  /** The next string is a name. */
  expectsName: boolean;
}

/** The first bad name of a text that is valid JSON; null if there is none. */
function findBadName(text: string): StrictJsonError | null {
  const open: Level[] = [];
  let level: Level | undefined;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at);
        if (level?.expectsName === true) {
          const raw = text.slice(at, end + 1);
          const name = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
          if (name === '__proto__') return { field: pathOf(open, name), message: 'unknown field' };
          if (level.names?.has(name) === true) return { field: pathOf(open, name), message: 'appears twice' };
          level.names ??= new Set();
          level.names.add(name);
          level.name = name;
          level.expectsName = false;
        }
        at = end;
        break;
      }
      case 0x7b:
      case 0x5b: {
        if (open.length === MAX_DEPTH) return { field: 'body', message: `expected at most ${MAX_DEPTH} nested values` };
        const isObject = text.charCodeAt(at) === 0x7b;
        level = { isObject, names: null, name: '', index: 0, expectsName: isObject };
        open.push(level);
        break;
      }
      case 0x7d:
      case 0x5d:
        open.pop();
        level = open.at(-1);
        break;
      case 0x2c:
        if (level === undefined) break;
        if (level.isObject) level.expectsName = true;
        else level.index += 1;
        break;
      default:
    }
  }
  return null;
}

/** Position of the quote that ends the string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

function pathOf(open: readonly Level[], name: string): string {
  const parents = open.slice(0, -1).map((level) => (level.isObject ? level.name : String(level.index)));
  return [...parents, name].map((part) => part.slice(0, 100)).join('.');
}
