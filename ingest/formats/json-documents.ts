/** Several JSON documents in one text: one after another, newline-separated, pretty-printed, or with rubbish between. */
import { limits } from './limits.ts';

export interface Document {
  readonly value: unknown;
  /** As it stood; never written anew from `value`, whose nesting may be deeper than a stack. */
  readonly text: string;
}

export interface Documents {
  readonly values: readonly Document[];
  /** Stretches that are no JSON, in order. */
  readonly rubbish: readonly string[];
}

/** Splits and parses. Text that is one document, the usual case, is parsed at once. */
export function parseDocuments(text: string): Documents {
  if (tooDense(text)) return { values: [], rubbish: [text] };
  const whole = tryParse(text);
  if (whole.ok) return { values: [{ value: whole.value, text }], rubbish: [] };
  const values: Document[] = [];
  const rubbish: string[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0xfeff || code === 32 || (code >= 9 && code <= 13)) {
      at += 1;
      continue;
    }
    const end = code === 0x7b ? objectEnd(text, at) : -1;
    const parsed = end === -1 ? null : tryParse(text.slice(at, end));
    if (parsed?.ok) {
      values.push({ value: parsed.value, text: text.slice(at, end) });
      at = end;
      continue;
    }
    const newline = text.indexOf('\n', at);
    const stop = newline === -1 ? text.length : newline;
    rubbish.push(text.slice(at, stop));
    at = stop;
  }
  return { values, rubbish };
}

/** The offset behind the object that opens at `from`, or -1 when it never closes. Knows strings; one pass. */
function objectEnd(text: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at += 1) {
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

/** Millions of empty objects cost thirty times their text in memory: large documents are counted first. */
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
