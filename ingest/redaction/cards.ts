/** Numbers of payment cards. */
import type { FindMatches } from './rules.ts';

interface Digits {
  readonly start: number;
  readonly end: number;
}

/** Longest number of a card (ISO/IEC 7812). */
const MOST_DIGITS = 19;

/** Most lines hold no 13 digits with nothing between them but single blanks or hyphens. */
const CANDIDATE = /\d(?:[ -]?\d){12}/;

/** Numbers in one piece, or in the groups in which they are printed. */
export const findCards: FindMatches = (text, add) => {
  if (!CANDIDATE.test(text)) return;
  let run: Digits[] = [];
  for (const match of text.matchAll(/\d+/g)) {
    const group = { start: match.index, end: match.index + match[0].length };
    const last = run.at(-1);
    if (last === undefined || group.start - last.end !== 1 || !/[ -]/.test(text.charAt(last.end))) {
      findIn(text, run, add);
      run = [];
    }
    run.push(group);
  }
  findIn(text, run, add);
};

function findIn(text: string, groups: readonly Digits[], add: (start: number, end: number) => void): void {
  for (let from = 0; from < groups.length; ) {
    const to = cardEnd(text, groups, from);
    const [first, last] = [groups[from], groups[to]];
    if (first !== undefined && last !== undefined) add(first.start, last.end);
    from = last === undefined ? from + 1 : to + 1;
  }
}

/** Index of the last group of the card whose first is at `from`; -1 if there is none. */
function cardEnd(text: string, groups: readonly Digits[], from: number): number {
  const first = groups[from];
  if (first === undefined || isWithin(text, first.start - 1, -1)) return -1;
  const lengths: number[] = [];
  let digits = '';
  let found = -1;
  for (let to = from; to < groups.length; to += 1) {
    const group = groups[to];
    // Printed in groups, the first has four digits.
    if (to > from && lengths[0] !== 4) break;
    if (group === undefined || group.end - group.start + digits.length > MOST_DIGITS) break;
    // All groups are divided by the same character.
    if (to > from + 1 && text.charAt(group.start - 1) !== text.charAt(first.end)) break;
    digits += text.slice(group.start, group.end);
    lengths.push(group.end - group.start);
    if (isPrinted(lengths) && isCard(digits) && !isWithin(text, group.end, 1)) found = to;
  }
  return found;
}

/** Whether the character belongs to a word or a decimal fraction of which the digits are a part. */
function isWithin(text: string, at: number, direction: -1 | 1): boolean {
  const char = text.charAt(at);
  if (char === '.') return /\d/.test(text.charAt(at + direction));
  if (!/[A-Za-z_]/.test(char)) return false;
  // The letter of an escape such as \n or \t in JSON.
  return direction === 1 || text.charAt(at - 1) !== '\\';
}

/** 16 digits are printed in fours, 15 of American Express as 4-6-5, 14 of Diners Club as 4-6-4. */
function isPrinted(lengths: readonly number[]): boolean {
  if (lengths.length === 1) return true;
  const [first, second, third] = lengths;
  if (lengths.length === 3 && first === 4 && second === 6) return third === 5 || third === 4;
  return lengths.slice(0, -1).every((n) => n === 4) && (lengths.at(-1) ?? 0) <= 4;
}

/** First digits and numbers of digits of the issuers. */
const ISSUERS: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:36|38|39|30[0-5])/, [14, 16, 19]],
  [/^(?:6011|64[4-9]|65|62|35(?:2[89]|[3-8]))/, [16, 17, 18, 19]],
  [/^(?:50(?:18|20|38)|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
];

export function isCard(digits: string): boolean {
  return ISSUERS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)) && luhn(digits);
}

/** ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 0x30;
    sum += at % 2 === 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
  }
  return sum % 10 === 0;
}
