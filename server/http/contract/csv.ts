/** CSV cells (RFC 4180) for exports and downloads. Log text is untrusted: a spreadsheet must not run it as a formula. */

export type Cell = string | number | boolean | null;

/**
 * Places where a spreadsheet would read a formula: the start of a cell, and what follows a line break, a quote, a tab or a
 * semicolon. Locales with a decimal comma split at semicolons, also inside quotes that do not begin the line.
 */
const FORMULA = /(?<=^|[\r\n"\t;])(?=[=+\-@])|^(?=[\t\r\u0000])/g;
const QUOTED = /[",;\r\n\t\u0000]/;

/** Formats one cell. Null becomes empty; text that a spreadsheet could run gets an apostrophe before it, and quotes. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const tame = value.replace(FORMULA, "'");
  return tame !== value || QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
