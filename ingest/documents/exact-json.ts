/** Parses JSON whose integers are above 2^53, and of which an object may have more members than anybody reads. */
import type { MeasuredJson } from '../text/json-limits.ts';
import { measuredJson } from '../text/json-limits.ts';
import { isJson, parseJsonText } from '../text/json-syntax.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';

/** Members of one object that are read. OpenTelemetry's default limit for the attributes of a span is 128. */
export const MOST_MEMBERS = 1000;

export interface ExactJson {
  readonly value: Json;
  /** Members beyond the first {@link MOST_MEMBERS} of their object, which the value lacks. */
  readonly beyond: number;
}

/** Digits of an integer that a double may not hold. */
const BIG_DIGITS = 16;
const BIG_INTEGER = /^-?\d{16,}$/;
/** Not behind a quote, as times of OTLP are. */
const MAY_HOLD_BIG = /(?:^|[\s:[,-])\d{16}/;

const [QUOTE, BACKSLASH, COMMA, MINUS] = [0x22, 0x5c, 0x2c, 0x2d];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Parses a JSON object and returns integers above 2^53 as strings with every digit. Returns null for any other text. */
export function parseJsonExact(text: string): ExactJson | null {
  const exact = exactText(text, measuredJson(text));
  const value = exact === null ? null : parseJsonText(exact.text);
  return exact !== null && isObject(value) ? { value, beyond: exact.beyond } : null;
}

/** A text that `JSON.parse` reads without loss, and the number of members that it lacks. */
export interface ExactText {
  readonly text: string;
  readonly beyond: number;
}

/** Puts integers above 2^53 in quotes, and leaves members beyond the first {@link MOST_MEMBERS} out. Null for a text that is too much or no JSON. */
export function exactText(text: string, { excess, mayBeWhole, widest }: MeasuredJson): ExactText | null {
  if (excess !== null || !mayBeWhole) return null;
  if (widest <= MOST_MEMBERS && !MAY_HOLD_BIG.test(text)) return { text, beyond: 0 };
  // Quotes may make JSON of a text that is none, with a number for a name. Examining a text costs less than parsing it twice.
  return isJson(text) ? readable(text) : null;
}

/** The text with big integers in quotes, and without the members beyond the first of each object. One pass; the text must be valid JSON. */
function readable(text: string): ExactText {
  /** Commas of each open object; -1 for an array. */
  const commas: number[] = [];
  let kept = '';
  let from = 0;
  let beyond = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = afterString(text, at);
    else if (code === MINUS || isDigit(code)) {
      const end = afterNumber(text, at);
      if (end - at >= BIG_DIGITS && BIG_INTEGER.test(text.slice(at, end))) {
        kept += `${text.slice(from, at)}"${text.slice(at, end)}"`;
        from = end;
      }
      at = end;
    } else {
      if (code === OPEN_BRACE) commas.push(0);
      else if (code === OPEN_BRACKET) commas.push(-1);
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) commas.pop();
      else if (code === COMMA) {
        const last = commas.length - 1;
        const n = commas[last] ?? -1;
        if (n !== -1) commas[last] = n + 1;
        if (n + 1 === MOST_MEMBERS) {
          kept += text.slice(from, at);
          const rest = membersAfter(text, at);
          beyond += rest.members;
          from = rest.end;
          at = rest.end;
          continue;
        }
      }
      at += 1;
    }
  }
  return { text: kept + text.slice(from), beyond };
}

/** How many members follow the comma at `at` in its object, and the offset of the brace that closes it. */
function membersAfter(text: string, at: number): { readonly members: number; readonly end: number } {
  let members = 0;
  let depth = 0;
  for (let end = at; ; ) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) {
      end = afterString(text, end);
      continue;
    }
    if (code === COMMA && depth === 0) members += 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return { members, end };
      depth -= 1;
    }
    end += 1;
  }
}

function afterString(text: string, from: number): number {
  for (let at = from + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
}

/** The offset after the digits, signs, points and exponents of a number. */
function afterNumber(text: string, from: number): number {
  for (let at = from + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (!(isDigit(code) || code === MINUS || code === 0x2b || code === 0x2e || (code | 32) === 0x65)) return at;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
