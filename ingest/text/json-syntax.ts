/**
 * Whether a text is JSON, without parsing it: JSON.parse throws for text that is none, which costs as much as reading a
 * thousand characters. Source: RFC 8259.
 */

/** A longer text costs more to examine than an error does. */
const EXAMINED_CHARS = 1024;

/** Texts that are examined after one that is not JSON. Without one, nothing is examined: it takes as long as parsing. */
const EXAMINED_TEXTS = 64;

/** How many of the next texts are examined. It decides how long an answer takes, and not what it is. */
let toExamine = 0;

/** The value of a text; undefined if the text is not JSON. */
export function parseJsonText(text: string): unknown {
  if (toExamine > 0 && text.length <= EXAMINED_CHARS) {
    if (!isJson(text)) {
      toExamine = EXAMINED_TEXTS;
      return undefined;
    }
    toExamine -= 1;
  }
  try {
    return JSON.parse(text);
  } catch {
    toExamine = EXAMINED_TEXTS;
    return undefined;
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const MINUS = 0x2d;

/** Exactly the texts that JSON.parse accepts. One pass. */
export function isJson(text: string): boolean {
  /** What closes each open container. */
  const open: number[] = [];
  let at = afterBlanks(text, 0);
  for (;;) {
    // A value begins here.
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const close = code === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      at = afterBlanks(text, at + 1);
      if (text.charCodeAt(at) !== close) {
        open.push(close);
        if (close === CLOSE_BRACE) at = afterName(text, at);
        if (at === -1) return false;
        continue;
      }
      at += 1;
    } else at = afterScalar(text, at, code);
    if (at === -1) return false;
    // A value ended here.
    for (;;) {
      at = afterBlanks(text, at);
      const close = open.at(-1);
      if (close === undefined) return at === text.length;
      const next = text.charCodeAt(at);
      at += 1;
      if (next === close) open.pop();
      else if (next !== COMMA) return false;
      else {
        at = afterBlanks(text, at);
        if (close === CLOSE_BRACE) at = afterName(text, at);
        if (at === -1) return false;
        break;
      }
    }
  }
}

/** The offset of the value after the name that begins at `from` and its colon, or -1. */
export function afterName(text: string, from: number): number {
  if (text.charCodeAt(from) !== QUOTE) return -1;
  const end = afterString(text, from);
  if (end === -1) return -1;
  const colon = afterBlanks(text, end);
  return text.charCodeAt(colon) === COLON ? afterBlanks(text, colon + 1) : -1;
}

/** The offset of the first character from `from` that is no blank. */
export function afterBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at += 1;
  }
}

/** The offset after a string, number or word that begins with the character `code` at `at`, or -1. */
export function afterScalar(text: string, at: number, code: number): number {
  if (code === QUOTE) return afterString(text, at);
  if (code === MINUS || isDigit(code)) return afterNumber(text, at);
  for (const word of WORDS) if (code === word.charCodeAt(0) && text.startsWith(word, at)) return at + word.length;
  return -1;
}

const WORDS = ['true', 'false', 'null'];

/** The offset after the string whose quote is at `from`, or -1. */
export function afterString(text: string, from: number): number {
  for (let at = from + 1; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      at += 1;
      const escaped = text.charAt(at);
      if (escaped === 'u') {
        for (let digit = at + 1; digit <= at + 4; digit += 1) if (!isHex(text.charCodeAt(digit))) return -1;
        at += 4;
      } else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return -1;
    } else if (!(code >= 32)) return -1;
  }
}

function afterNumber(text: string, from: number): number {
  let at = text.charCodeAt(from) === MINUS ? from + 1 : from;
  if (!isDigit(text.charCodeAt(at))) return -1;
  at = text.charCodeAt(at) === 0x30 ? at + 1 : afterDigits(text, at);
  if (text.charCodeAt(at) === 0x2e) {
    const end = afterDigits(text, at + 1);
    if (end === at + 1) return -1;
    at = end;
  }
  if ((text.charCodeAt(at) | 32) !== 0x65) return at;
  at += 1;
  const sign = text.charCodeAt(at);
  if (sign === MINUS || sign === 0x2b) at += 1;
  const end = afterDigits(text, at);
  return end === at ? -1 : end;
}

function afterDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isHex = (code: number): boolean => isDigit(code) || ((code | 32) >= 0x61 && (code | 32) <= 0x66);
