/**
 * Checks of columns that are not JSON: a damaged file can hold a time beyond the calendar, or half of a hash. A row that fails
 * is reported and skipped, like one whose JSON does not parse (stored-json.ts).
 */
import { reportSkippedRow } from './skipped-rows.ts';

type Check = (value: unknown) => boolean;
/** A condition for each checked column. */
export type RowChecks<T> = { readonly [Column in keyof T]?: Check };

/** Greatest time of a Date, epoch ms. */
export const MAX_TIME_MS = 8.64e15;

/** A time that a Date can hold, epoch ms. */
export const isTime: Check = (value) => typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS;
export const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
export const isDuration: Check = (value) => typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS;
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const isOneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(String(value));
/** A digest of SHA-256. */
export const isSha256: Check = (value) => value instanceof Uint8Array && value.length === 32;

/** Returns the rows that pass. `name` identifies a row in the report, the table first, for example `token a1`. */
export function validRows<T extends object>(rows: readonly T[], checks: RowChecks<T>, name: (row: T) => string): T[] {
  const columns = Object.keys(checks) as (keyof T & string)[];
  return rows.filter((row) => {
    const column = columns.find((key) => checks[key]?.(row[key]) === false);
    if (column === undefined) return true;
    const what = name(row);
    const [table = what] = what.split(' ', 1);
    if (reportSkippedRow(table, what, `${column}: invalid value`))
      process.emitWarning(`A stored row is invalid and was skipped: ${what} (${column})`, { code: 'STORED_ROW' });
    return false;
  });
}

/** Returns `limit` valid rows of a list, or all that there are: rows that are skipped do not shorten a page. */
export async function validPage<T extends object>(
  limit: number,
  read: (limit: number) => Promise<readonly T[]>,
  checks: RowChecks<T>,
  name: (row: T) => string,
): Promise<readonly T[]> {
  for (let count = limit; ; count *= 2) {
    const rows = await read(count);
    const valid = validRows(rows, checks, name);
    if (valid.length >= limit || rows.length < count) return valid.slice(0, limit);
  }
}

/**
 * Returns `limit` items of a list that is read in pages of rows, or all that there are: rows that `present` leaves out, because
 * they are unreadable, neither shorten a page nor end the list. `read` returns the rows that follow one, at most `limit`.
 */
export async function readablePage<Row, Item>(
  limit: number,
  read: (after: Row | null, limit: number) => Promise<readonly Row[]> | readonly Row[],
  present: (rows: readonly Row[]) => Promise<readonly Item[]> | readonly Item[],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let last: Row | null = null; ; ) {
    const rows: readonly Row[] = await read(last, limit);
    items.push(...(await present(rows)));
    last = rows.at(-1) ?? null;
    if (items.length >= limit || rows.length < limit) return items.slice(0, limit);
  }
}
