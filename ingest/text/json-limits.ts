/**
 * What is too much for a JSON document. JSON.parse keeps tens of bytes for each bracket that is open and for each object, so
 * that a text of brackets takes many times its size: such texts are recognised before they are parsed.
 */

import { SHORTEST_OF_MANY_SHAPES, ShapeCount } from './json-shapes.ts';
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

/** What one pass over a text says about it. */
export interface MeasuredJson {
  readonly excess: JsonExcess | null;
  /**
   * Whether the text can be one value: false where a bracket or string is not closed, or a comma stands before a closing bracket. JSON.parse
   * reads most of a text before it finds such a place, and its documents are parsed one by one after that.
   */
  readonly mayBeWhole: boolean;
  /** Whether its objects have more lists of names than tools print. */
  readonly hasManyShapes: boolean;
  /** The most members of one of its objects; 0 for a short text, whose members are not counted. */
  readonly widest: number;
}

const SMALL: MeasuredJson = { excess: null, mayBeWhole: true, hasManyShapes: false, widest: 0 };

/** Measures a text. Brackets inside of strings do not count. One pass. */
export function measuredJson(text: string): MeasuredJson {
  if (text.length <= SMALL_CHARS) return SMALL;
  let depth = 0;
  let objects = 0;
  let members = 0;
  let inString = false;
  let isBroken = false;
  /** The last string: a name if a colon follows. */
  let from = 0;
  let end = 0;
  /** With more it is refused, whatever its names are. */
  const mostMembers = text.length > COUNTED_CHARS ? text.length / CHARS_PER_MEMBER : Number.POSITIVE_INFINITY;
  const shapes = text.length > SHORTEST_OF_MANY_SHAPES ? new ShapeCount(MAX_JSON_DEPTH) : null;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) {
        inString = false;
        end = at;
      }
    } else if (code === 0x22) {
      inString = true;
      from = at + 1;
    } else if (code === 0x7b || code === 0x5b) {
      objects += 1;
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return { ...SMALL, excess: nestedTooDeep(at), mayBeWhole: false };
      shapes?.begin(depth);
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth < 0 || endsInComma(text, at)) isBroken = true;
      if (depth < 0) depth = 0;
    } else if (code === 0x3a) {
      members += 1;
      if (members <= mostMembers) shapes?.add(depth, text, from, end);
      from = end;
    }
  }
  const mayBeWhole = depth === 0 && !inString && !isBroken;
  const isDense = objects * CHARS_PER_OBJECT > text.length || members * CHARS_PER_MEMBER > text.length;
  const excess = isDense && text.length > COUNTED_CHARS ? tooDense(text.length, objects, members) : null;
  return { excess, mayBeWhole, hasManyShapes: shapes?.areMany === true, widest: shapes?.widest ?? 0 };
}

/** Whether a comma stands before the offset, with nothing but blanks between. */
function endsInComma(text: string, end: number): boolean {
  let at = end - 1;
  while (text.charCodeAt(at) <= 0x20) at -= 1;
  return text.charCodeAt(at) === 0x2c;
}

/** Returns the limit that the text exceeds, or null if it may be parsed. */
export function exceededJsonLimit(text: string): JsonExcess | null {
  return measuredJson(text).excess;
}

/** Parses JSON within the limits; undefined for any other text. */
export function parseLimited(text: string): unknown {
  return parseMeasured(text, measuredJson(text));
}

/** The same for a text that was measured. */
function parseMeasured(text: string, { excess, mayBeWhole }: MeasuredJson): unknown {
  return excess === null && mayBeWhole ? parseJsonText(text) : undefined;
}
