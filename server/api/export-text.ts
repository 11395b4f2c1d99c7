/** Rows as CSV (RFC 4180) or NDJSON. Text from logs is hostile: a spreadsheet must not take a cell for a formula. */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** What a spreadsheet would run. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

export function csvHead(columns: readonly string[]): string {
  return `${columns.join(',')}\r\n`;
}

/** Numbers as they are; text that begins like a formula gets an apostrophe before it, as spreadsheets expect. */
export function csvRow(columns: readonly string[], row: Row): string {
  return `${columns.map((column) => csvCell(row[column] ?? null)).join(',')}\r\n`;
}

function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const tame = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

export function ndjsonRow(row: Row): string {
  return `${JSON.stringify(row)}\n`;
}
