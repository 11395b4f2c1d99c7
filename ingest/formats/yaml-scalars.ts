/** Values of the scalars of YAML 1.2 with its core schema, from their text. Equal to those of the `yaml` package. */

import { plainNumber } from '../text/plain-number.ts';

/** Blanks around line breaks. The run of blanks is matched whole, or a long one would be searched from each of its characters. */
const FOLDED = /[ \t]+(?:\n[ \t\n]*)?|\n[ \t\n]*/g;
const ESCAPED = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|\n[ \t]*|([\s\S]))/g;
const ESCAPED_OR_FOLDED = new RegExp(`${ESCAPED.source}|${FOLDED.source}`, 'g');

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ 0: '\0', a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }),
  ...Object.entries({ N: '\u0085', _: '\u00a0', L: '\u2028', P: '\u2029' }),
  ...[' ', '"', '/', '\\', '\t'].map((char) => [char, char] as const),
]);
const LAST_CODE_POINT = 0x10ffff;

/** One line break is a blank, more of them are one less. */
function folded(blanks: string): string {
  if (blanks === '\n') return ' ';
  let breaks = 0;
  for (let at = blanks.indexOf('\n'); at !== -1; at = blanks.indexOf('\n', at + 1)) breaks += 1;
  if (breaks === 0) return blanks;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

/** The text with its line breaks, and the blanks around them, {@link folded}. By its characters: a scalar may have two short lines. */
function unfolded(text: string): string {
  let newline = text.indexOf('\n');
  if (newline === -1) return text;
  let value = '';
  let from = 0;
  while (newline !== -1) {
    let begin = newline;
    while (begin > from && isBlank(text.charCodeAt(begin - 1))) begin -= 1;
    let breaks = 0;
    let end = newline;
    for (let code = LINE_FEED; code === LINE_FEED || isBlank(code); code = text.charCodeAt(end)) {
      if (code === LINE_FEED) breaks += 1;
      end += 1;
    }
    value += text.slice(from, begin) + (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1));
    from = end;
    newline = text.indexOf('\n', end);
  }
  return value + text.slice(from);
}

const [TAB, LINE_FEED, BLANK] = [0x09, 0x0a, 0x20];

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

/** The text between single quotes. */
export function singleQuoted(text: string): string {
  return unfolded(text).replaceAll("''", "'");
}

/** The text between double quotes; null if an escape is invalid. */
export function doubleQuoted(text: string): string | null {
  if (!text.includes('\\')) return unfolded(text);
  let isValid = true;
  const pattern = text.includes('\n') ? ESCAPED_OR_FOLDED : ESCAPED;
  const value = text.replace(pattern, (all, x?: string, u?: string, long?: string, char?: string) => {
    if (all[0] !== '\\') return folded(all);
    if (char !== undefined) {
      const meant = ESCAPES.get(char);
      isValid &&= meant !== undefined;
      return meant ?? '';
    }
    const hex = x ?? u ?? long;
    if (hex === undefined) return '';
    const code = Number.parseInt(hex, 16);
    isValid &&= code <= LAST_CODE_POINT;
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : '';
  });
  return isValid ? value : null;
}

/** The value of a scalar without quotes: text, a number, true, false or null. */
export function plain(text: string): unknown {
  const value = unfolded(text);
  if (!mayBeOther(value.charCodeAt(0))) return value;
  const number = plainNumber(value, 0, value.length);
  if (!Number.isNaN(number)) return number;
  if (/^[-+]?\d+$/.test(value)) return Number.parseInt(value, 10);
  if (/^(?:~|[Nn]ull|NULL)$/.test(value)) return null;
  if (/^(?:[Tt]rue|TRUE)$/.test(value)) return true;
  if (/^(?:[Ff]alse|FALSE)$/.test(value)) return false;
  if (/^0o[0-7]+$/.test(value)) return Number.parseInt(value.slice(2), 8);
  if (/^0x[\da-fA-F]+$/.test(value)) return Number.parseInt(value, 16);
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(value)) return Number.parseFloat(value);
  if (/^(?:\.nan|\.NaN|\.NAN)$/.test(value)) return Number.NaN;
  if (!/^[-+]?\.(?:inf|Inf|INF)$/.test(value)) return value;
  return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Whether a scalar that is no text may begin with the character: a sign, a point, a digit, or a letter of null, true or false. */
function mayBeOther(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || OTHER_BEGINNINGS.has(code);
}

const OTHER_BEGINNINGS: ReadonlySet<number> = new Set([...'-+.~nNtTfF'].map((char) => char.charCodeAt(0)));

/** The text of a folded block (`>`), from its lines without their indentation. The last one is not empty. */
export function foldedBlock(lines: readonly string[]): string {
  const from = lines.findIndex((line) => line !== '');
  let value = '\n'.repeat(from);
  let gap = '';
  let wasIndented = false;
  for (const line of lines.slice(from)) {
    if (line === '') {
      if (gap === '\n') value += '\n';
      else gap = '\n';
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (gap === ' ') gap = '\n';
      else if (!wasIndented && gap === '\n') gap = '\n\n';
      value += gap + line;
      gap = '\n';
      wasIndented = true;
    } else {
      value += gap + line;
      gap = ' ';
      wasIndented = false;
    }
  }
  return value;
}
