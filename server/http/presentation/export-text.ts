/** Formats rows as CSV (RFC 4180) or NDJSON. */
import type { Tags } from '../../storage/ports.ts';
import type { Cell } from '../contract/csv.ts';
import { csvCell } from '../contract/csv.ts';

/** Header line of an export as CSV. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.join(',')}\r\n`;
}

/** One row of an export as CSV; cells cannot become formulas. */
export function csvRow<Column extends string>(columns: readonly Column[], row: Readonly<Record<Column, Cell>>): string {
  return `${columns.map((column) => csvCell(row[column])).join(',')}\r\n`;
}

/** One row of an export as NDJSON. */
export function ndjsonRow(row: object): string {
  return `${JSON.stringify(row)}\n`;
}

/** What JSON escapes; surrogates only where they are alone. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** One value of a row of an export as NDJSON. */
export function ndjsonCell(value: Cell): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'string') return String(value);
  return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
}

export const NO_TAGS: Tags = {};

/** Tags as one cell: `key=value`, separated by semicolons. */
export function tagsText(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(';');
}
