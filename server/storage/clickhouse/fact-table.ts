/** Rows on their way into one table. */
import { createHash } from 'node:crypto';

export type Value = string | number | null | Readonly<Record<string, number>>;

export interface FactTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** The same for the same rows, whenever they came; null where each insert counts. */
  readonly token: string | null;
}

export type Untold = Omit<FactTable, 'token'>;

/** When something came says nothing of what it is. */
const TIMES = new Set(['received_ms', 'imported_ms', 'kept']);

export function told(untold: Untold): FactTable {
  const { table, columns, rows } = untold;
  const said = columns.map((name) => !TIMES.has(name));
  const hash = createHash('sha256').update(table);
  for (const row of rows) hash.update(JSON.stringify(row.filter((_, at) => said[at])));
  return { ...untold, token: hash.digest('hex') };
}

/** Rows of objects of one shape. */
export function tableOf(table: string, rows: readonly Readonly<Record<string, Value>>[]): Untold {
  const columns = Object.keys(rows[0] ?? {});
  return { table, columns, rows: rows.map((row) => columns.map((name) => row[name] ?? null)) };
}

export function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** Lambda prints at most three decimals of a millisecond. */
export function micros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000);
}
