/** One cell of CSV (RFC 4180), in exports and in what pages save. Text from logs is hostile: a spreadsheet must not take it for a formula. */

export type Cell = string | number | boolean | null;

/** What a spreadsheet would run, at the start of a cell or of a line in it. */
const FORMULA = /(?:^|[\r\n"])[=+\-@\t\r\u0000]/;
/** A semicolon separates where a comma is for decimals. */
const QUOTED = /[",;\r\n\t\u0000]/;

/** Numbers as they are, null as nothing. Text that a spreadsheet could run gets an apostrophe before it and quotes around it. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const tame = FORMULA.test(value) ? `'${value}` : value;
  return tame !== value || QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
