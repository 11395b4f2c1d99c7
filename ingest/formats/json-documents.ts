/** Splits text into JSON documents: concatenated, newline-separated, pretty-printed, or with other text between them. */
import { limits } from './limits.ts';

export interface Document {
  readonly value: unknown;
  /** The original text. Serialising `value` again could overflow the stack if it is deeply nested. */
  readonly text: string;
}

export interface Documents {
  readonly values: readonly Document[];
  /** Text between the documents that is not JSON, in order. */
  readonly undecodable: readonly string[];
}

/** Splits and parses text. A single document, the usual case, is parsed directly. */
export function parseDocuments(text: string): Documents {
  if (tooDense(text)) return { values: [], undecodable: [text] };
  const whole = tryParse(text);
  if (whole.ok) return { values: [{ value: whole.value, text }], undecodable: [] };
  const values: Document[] = [];
  const undecodable: string[] = [];
  let at = 0;
  let incomplete = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0xfeff || code === 32 || (code >= 9 && code <= 13)) {
      at += 1;
      continue;
    }
    // Each incomplete object is searched to the end of the text: after a few, only within its line.
    const newlineAt = text.indexOf('\n', at);
    const lineEnd = newlineAt === -1 ? text.length : newlineAt;
    const end = code === 0x7b ? objectEnd(text, at, incomplete < MAX_INCOMPLETE ? text.length : lineEnd) : -1;
    if (code === 0x7b && end === -1) incomplete += 1;
    const parsed = end === -1 ? null : tryParse(text.slice(at, end));
    if (parsed?.ok) {
      values.push({ value: parsed.value, text: text.slice(at, end) });
      at = end;
      continue;
    }
    undecodable.push(text.slice(at, lineEnd));
    at = lineEnd;
  }
  return { values, undecodable };
}

/** Incomplete objects that are searched for to the end of the text. */
const MAX_INCOMPLETE = 20;

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

/** Whether a large document has too many objects. Millions of empty objects take thirty times their text in memory. */
function tooDense(text: string): boolean {
  if (text.length <= limits.uncountedDocumentBytes) return false;
  let objects = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) objects += 1;
  }
  return objects * limits.bytesPerObject > text.length;
}

function tryParse(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
