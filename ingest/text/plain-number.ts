/** Numbers of few digits, read by their characters: an expression and `Number` take three times as long, for each cell and field. */

/** A whole number of so many digits is exact. */
const INTEGER_DIGITS = 15;
/** With so many digits before and after the point, value and fraction are exact, and so is the division of one by the other. */
const [WHOLE_DIGITS, FRACTION_DIGITS] = [9, 6];
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
const [DOT, ZERO] = [0x2e, 0x30];

/** The offset after the digits and points at `from`. */
export function digitsEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== DOT && !isDigit(code)) break;
  }
  return at;
}

/** The decimal number from `from` to `to`; NaN if that is none, or one of more digits. */
export function plainNumber(text: string, from: number, to: number): number {
  let at = from;
  let number = 0;
  for (; at < to && isDigit(text.charCodeAt(at)); at += 1) number = 10 * number + text.charCodeAt(at) - ZERO;
  if (at === from || at - from > INTEGER_DIGITS) return Number.NaN;
  if (at === to) return number;
  if (at - from > WHOLE_DIGITS) return Number.NaN;
  const fraction = to - at - 1;
  if (text.charCodeAt(at) !== DOT || fraction === 0 || fraction > FRACTION_DIGITS) return Number.NaN;
  for (at += 1; at < to; at += 1) {
    if (!isDigit(text.charCodeAt(at))) return Number.NaN;
    number = 10 * number + text.charCodeAt(at) - ZERO;
  }
  return number / (POWERS_OF_TEN[fraction] ?? Number.NaN);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
