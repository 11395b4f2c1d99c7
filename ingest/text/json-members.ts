/**
 * Members of an object by its text. V8 sorts all names of an object of very many members before it gives the first of them, which takes half
 * as long as parsing: readers of a few members of large objects find those in the text. The texts are JSON that was parsed before.
 */

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Texts up to this size hold too few members for it to matter. */
export const LARGE_CHARS = 4096;

/** Offsets of a member: of the quote before its name, of its value, and after that. */
export type TakeMember = (name: number, value: number, end: number) => boolean;

/** Calls `take` with each member of the object that begins at `from` until it returns false. */
export function eachMember(text: string, from: number, take: TakeMember): void {
  let name = afterBlanks(text, from + 1);
  while (text.charCodeAt(name) === QUOTE) {
    const value = afterBlanks(text, afterBlanks(text, stringEnd(text, name)) + 1);
    const end = valueEnd(text, value);
    if (!take(name, value, end)) return;
    const next = afterBlanks(text, end);
    if (text.charCodeAt(next) !== COMMA) return;
    name = afterBlanks(text, next + 1);
  }
}

/**
 * The offset of the object that is the member `wanted` of a large document; -1 if there is none, or if the text is not large. Of members
 * with one name it is the last. A name with escapes is not found.
 */
export function largeObjectAt(text: string, wanted: string): number {
  if (text.length <= LARGE_CHARS) return -1;
  const quoted = `"${wanted}"`;
  let found = -1;
  eachMember(text, text.indexOf('{'), (name, value) => {
    const isWanted = text.startsWith(quoted, name) || (isEscaped(text, name) && stringAt(text, name) === wanted);
    if (isWanted) found = text.charCodeAt(value) === OPEN_BRACE ? value : -1;
    return true;
  });
  return found;
}

/** The value of the member `wanted` of a document; undefined if there is none. */
export function parsedMember(text: string, wanted: string): unknown {
  let [from, to] = [0, 0];
  eachMember(text, text.indexOf('{'), (name, value, end) => {
    if (stringAt(text, name) === wanted) [from, to] = [value, end];
    return true;
  });
  return to === 0 ? undefined : JSON.parse(text.slice(from, to));
}

/** Whether the member `wanted` of a large document is an object that states more than `most` members. */
export function statesMoreThan(most: number, text: string, wanted: string): boolean {
  const from = largeObjectAt(text, wanted);
  const names = new Set<string>();
  if (from !== -1)
    eachMember(text, from, (name) => {
      names.add(stringAt(text, name));
      return names.size <= most;
    });
  return names.size > most;
}

/** Whether the string that begins at the offset has an escape. */
function isEscaped(text: string, from: number): boolean {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) return true;
    if (code === QUOTE) return false;
  }
  return false;
}

/** Offsets of the last value of each name of the object at `from`; null if it is wide: only then its names cost much. */
export function lastValues(text: string, from: number): ReadonlyMap<string, number> | null {
  const values = new Map<string, number>();
  let n = 0;
  eachMember(text, from, (name, value) => {
    n += 1;
    if (n <= WIDE) values.set(stringAt(text, name), value);
    return n <= WIDE;
  });
  return n > WIDE ? null : values;
}

/** Members of one object that no log record has. */
const WIDE = 1000;

/** The string that begins at the offset. */
export function stringAt(text: string, from: number): string {
  const end = stringEnd(text, from);
  const own = text.slice(from + 1, end - 1);
  return own.includes('\\') ? String(JSON.parse(text.slice(from, end))) : own;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return stringEnd(text, from);
  const isContainer = first === OPEN_BRACE || first === OPEN_BRACKET;
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (isContainer && depth === 0) return at + 1;
    // A number or a word ends before a comma, a bracket or a blank.
    if (depth < 0 || (!isContainer && (code === COMMA || code <= 0x20))) return at;
    at += 1;
  }
  return at;
}
