/** Splits text into JSON documents: concatenated, newline-separated, pretty-printed, or with other text between them. */

import type { JsonExcess, MeasuredJson } from '../text/json-limits.ts';
import { exceededJsonLimit, measuredJson } from '../text/json-limits.ts';
import { LARGE_CHARS } from '../text/json-members.ts';
import { parseJsonText } from '../text/json-syntax.ts';
import type { KnownMembers, WholeText } from '../text/known-members.ts';
import { parseKnownMembers } from '../text/known-members.ts';
import { KNOWN_NAMES, WHOLE_NAMES } from './known-names.ts';

export interface Document {
  readonly value: unknown;
  /** The original text. Serialising `value` again could overflow the stack if it is deeply nested. */
  readonly text: string;
  /** The text, where members that no reader asks for were left out of the value. */
  readonly whole: WholeText | null;
}

/** Takes a document. */
export type TakeDocument = (value: unknown, text: string, whole: WholeText | null) => void;

/** Text that is not JSON, or that is too much to be parsed. */
export interface Undecodable {
  readonly text: string;
  readonly limit: JsonExcess | null;
}

export interface Documents {
  readonly values: readonly Document[];
  /** What lies between the documents, in order: lines one after the other are one text. */
  readonly undecodable: readonly Undecodable[];
}

/** Splits and parses text. A single document, the usual case, is parsed directly. */
export function parseDocuments(text: string): Documents {
  const values: Document[] = [];
  const undecodable = eachDocument(text, (value, own, whole) => {
    values.push({ value, text: own, whole });
  });
  return { values, undecodable };
}

/** The same, one document at a time: a list of all of them would hold many times the text. Returns what lies between them. */
export function eachDocument(text: string, take: TakeDocument): readonly Undecodable[] {
  const measured = measuredJson(text);
  const limit = measured.excess;
  const only = parseDocument(text, measured);
  if (only !== undefined) {
    take(only.value, text, only.whole);
    return [];
  }
  const undecodable: Undecodable[] = [];
  // Objects that end late or never are searched again and again: after some passes over the text, only within their line.
  let searchable = PASSES * text.length;
  let at = 0;
  let lineEnd = -1;
  /** Start of the lines before `at` that are not JSON; -1 if there are none. */
  let from = -1;
  const flush = (): void => {
    if (from !== -1) undecodable.push({ text: text.slice(from, at).trimEnd(), limit: null });
    from = -1;
  };
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0xfeff || code === 32 || (code >= 9 && code <= 13)) {
      at += 1;
      continue;
    }
    // Found once for each line: many documents can share one.
    if (lineEnd < at) lineEnd = lineEndAfter(text, at);
    const end = code === 0x7b ? objectEnd(text, at, searchable > 0 ? text.length : lineEnd) : -1;
    if (code === 0x7b) searchable -= (end === -1 ? text.length : end) - at;
    const own = end === -1 || isTooShort(text, at, end) ? null : text.slice(at, end);
    const ownLimit = own === null || limit === null ? null : exceededJsonLimit(own);
    const found = own === null || ownLimit !== null ? undefined : parseWithin(own, measured);
    if (own !== null && found !== undefined) {
      flush();
      searchable += own.length;
      take(found.value, own, found.whole);
      at = end;
      continue;
    }
    if (own === null && end !== -1) {
      searchable += end - at;
      if (from === -1) from = at;
      at = end;
      continue;
    }
    // One line is one document.
    const tooMuch = ownLimit ?? (lineEnd === text.length && at === 0 ? limit : null);
    if (tooMuch === null) {
      if (from === -1) from = at;
    } else {
      flush();
      undecodable.push({ text: text.slice(at, lineEnd), limit: tooMuch });
    }
    at = lineEnd;
  }
  flush();
  return undecodable;
}

/** Parses a text that was measured; undefined for one that is too much or not JSON. */
export function parseDocument(text: string, measured: MeasuredJson): KnownMembers | undefined {
  return measured.excess === null && measured.mayBeWhole ? parseWithin(text, measured) : undefined;
}

/** The same for a part of the text that was measured: of objects of many shapes only the members are parsed that readers ask for. */
function parseWithin(text: string, { hasManyShapes }: MeasuredJson): KnownMembers | undefined {
  if (hasManyShapes && !mayHaveOwnNames(text)) return parseKnownMembers(text, KNOWN_NAMES, WHOLE_NAMES);
  const value = parseJsonText(text);
  return value === undefined ? undefined : { value, whole: null };
}

/** Segments of traces have annotations of any name, and metrics dimensions: short ones are parsed at once. None is shorter. */
const SHORTEST_WITH_OWN_NAMES = 90;

function mayHaveOwnNames(text: string): boolean {
  if (text.length < SHORTEST_WITH_OWN_NAMES || text.length > LARGE_CHARS) return false;
  return text.includes('"trace_id"') || text.includes('"metric_stream_name"');
}

/** The shortest document that holds a time and a message is longer: `{"time":1,"log":""}`. */
const SHORTEST_DOCUMENT = 18;
/** What a line of a bulk request says about the next line can be shorter. */
const BULK_ACTION = /^\{\s*"(?:index|create|update|delete)"/;

/** Documents that can hold no event are not parsed: a body of them would cost far more than its bytes. */
function isTooShort(text: string, at: number, end: number): boolean {
  return end - at < SHORTEST_DOCUMENT && !BULK_ACTION.test(text.slice(at, end));
}
/** Passes over the text in search of the ends of objects that cannot be parsed. */
const PASSES = 4;

function lineEndAfter(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
}

/** The offset after the object at `from`, or -1 if it is incomplete before `to`. One pass that skips strings. */
function objectEnd(text: string, from: number, to: number): number {
  let depth = 0;
  let inString = false;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** The texts of the objects and arrays in an array that are longer than `chars`, by their index. `text` is JSON. One pass. */
export function longItems(text: string, chars: number): ReadonlyMap<number, string> {
  const long = new Map<number, string>();
  if (text.length <= chars) return long;
  let depth = 0;
  let inString = false;
  let index = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth === 2) from = at;
    } else if (code === 0x7d || code === 0x5d) {
      if (depth === 2 && at + 1 - from > chars) long.set(index, text.slice(from, at + 1));
      depth -= 1;
    } else if (code === 0x2c && depth === 1) index += 1;
  }
  return long;
}
