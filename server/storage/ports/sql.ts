/** Queries in SQL over the documented views (server/storage/sql/catalogue.ts), each in a process of its own. */

export interface SqlQuery {
  readonly sql: string;
  /** Most rows. */
  readonly limit: number;
  readonly format: 'json' | 'ndjson' | 'csv';
}

export interface SqlRows {
  readonly kind: 'rows';
  /** The answer in its format, in pieces. */
  readonly body: readonly Uint8Array<ArrayBuffer>[];
  readonly rows: number;
  /** The limit that ended the answer before its last row; null if it is complete. */
  readonly truncated: 'rows' | 'bytes' | null;
}

/**
 * How a query ended. `refused`: the statement is wrong or not allowed, at an offset in it (UTF-16 code units). `deadline`, `memory`: its
 * process was ended at that limit. `busy`: too many others wait. `abandoned`: its client left.
 */
export type SqlOutcome =
  | SqlRows
  | { readonly kind: 'refused'; readonly message: string; readonly at: number | null }
  | { readonly kind: 'deadline'; readonly ms: number }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'busy'; readonly retryAfterSec: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'abandoned' };

export interface SqlConsole {
  /** Never rejects. */
  run(query: SqlQuery, signal?: AbortSignal): Promise<SqlOutcome>;
  /** Ends the processes of all queries. */
  close(): void;
}
