/** CSV cells (RFC 4180) for exports and downloads. Log text is untrusted: a spreadsheet must not run it as a formula. */

export type Cell = string | number | boolean | null;

/**
 * Begins a formula: = + - @ or their full-width forms, also after spaces, controls and invisible characters, which some programs
 * drop (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const SIGN = String.raw`(?:(?![\r\n\t])[\s\p{Cc}\p{Cf}])*[=+\-@\uff1d\uff0b\uff0d\uff20]`;
const BEGINS_FORMULA = new RegExp(`^${SIGN}`, 'u');
/**
 * Places where a spreadsheet would read a formula: the start of a cell, and what follows a line break, a quote, a tab or a
 * semicolon. Locales with a decimal comma split at semicolons, also inside quotes that do not begin the line.
 */
const FORMULAS = new RegExp(String.raw`(?<=^|[\r\n"\t;])(?=${SIGN})|^(?=[\t\r\n\0])`, 'gu');
const QUOTED = /[",;\r\n\t\u0000]/;

/** Formats one cell. Null becomes empty; text that a spreadsheet could run gets an apostrophe before it, and quotes. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  if (QUOTED.test(value)) return `"${value.replace(FORMULAS, "'").replaceAll('"', '""')}"`;
  return BEGINS_FORMULA.test(value) ? `"'${value}"` : value;
}
