/** Rows of queries of the SQL console. */

/** A value as SQLite returns it, with integers as bigints. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** Writes rows in a format. */
export interface SqlRowWriter {
  head(columns: readonly string[]): string;
  /** `at`: number of rows before it. */
  row(values: readonly SqlValue[], at: number): string;
  end(truncated: 'rows' | 'bytes' | null): string;
}
