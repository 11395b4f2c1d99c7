/**
 * What is too much for a JSON document. JSON.parse keeps tens of bytes for each bracket that is open and for each object, so
 * that a text of brackets takes many times its size: such texts are recognised before they are parsed.
 */

import { parseJsonText } from './json-syntax.ts';
import { integer } from './quantities.ts';

/** Deepest nesting. X-Ray's segments, the deepest documents that are read, need less than a hundred levels. */
export const MAX_JSON_DEPTH = 256;
/** Texts up to this size cannot nest or hold enough to matter. */
const SMALL_CHARS = 1024;
/** From this size on, objects and members are counted. */
const COUNTED_CHARS = 65_536;
/** No log document has more than one object or array, and one member, per this many characters. */
const CHARS_PER_OBJECT = 8;
const CHARS_PER_MEMBER = 8;

export type JsonLimit = 'json-nested-too-deep' | 'json-too-dense';

/** A limit that a text exceeds, with a sentence for its sender: what was found and what is allowed. */
export interface JsonExcess {
  readonly limit: JsonLimit;
  readonly message: string;
}

/** `at`: offset of the bracket that opens one level too many. */
export function nestedTooDeep(at: number): JsonExcess {
  const message = `JSON nested ${MAX_JSON_DEPTH + 1} levels deep at character ${integer(at + 1)}; at most ${MAX_JSON_DEPTH} are read. Log documents need less than a hundred.`;
  return { limit: 'json-nested-too-deep', message };
}

function tooDense(chars: number, objects: number, members: number): JsonExcess {
  const most = (per: number): string => integer(Math.floor(chars / per));
  const message = `JSON of ${integer(chars)} characters with ${integer(objects)} objects and arrays and ${integer(members)} members; at most ${most(CHARS_PER_OBJECT)} and ${most(CHARS_PER_MEMBER)} are read. Send it in smaller documents: up to ${integer(COUNTED_CHARS)} characters they are not counted.`;
  return { limit: 'json-too-dense', message };
}

/**
 * Returns the limit that the text exceeds, or null if it may be parsed. Brackets inside of strings do not count. One pass.
 */
export function exceededJsonLimit(text: string): JsonExcess | null {
  if (text.length <= SMALL_CHARS) return null;
  let depth = 0;
  let objects = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      objects += 1;
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return nestedTooDeep(at);
    } else if (code === 0x7d || code === 0x5d) depth = Math.max(0, depth - 1);
    else if (code === 0x3a) members += 1;
  }
  if (text.length <= COUNTED_CHARS) return null;
  const isDense = objects * CHARS_PER_OBJECT > text.length || members * CHARS_PER_MEMBER > text.length;
  return isDense ? tooDense(text.length, objects, members) : null;
}

/** Parses JSON within the limits; undefined for any other text. */
export function parseLimited(text: string): unknown {
  return exceededJsonLimit(text) === null ? parseJsonText(text) : undefined;
}
