/** CSV cells (RFC 4180) for exports and downloads. Log text is untrusted: a spreadsheet must not run it as a formula. */

export type Cell = string | number | boolean | null;

/** Characters that start a formula, at the start of a cell or of a line in it. */
const FORMULA = /(?:^|[\r\n"])[=+\-@\t\r\u0000]/;
/** Includes the semicolon: it separates cells in locales with a decimal comma. */
const QUOTED = /[",;\r\n\t\u0000]/;

/** Formats one cell. Null becomes empty; text that a spreadsheet could run gets a leading apostrophe and quotes. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const tame = FORMULA.test(value) ? `'${value}` : value;
  return tame !== value || QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
