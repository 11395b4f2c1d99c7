/** Messages between the server and the process of a query. */
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import type { SqlQuery, SqlRows } from '../../ports/sql.ts';

export interface QueryJob extends SqlQuery {
  /** Path of telemetry.db. */
  readonly path: string;
  readonly terms: PriceTerms;
  /** Most bytes of the answer. */
  readonly mostBytes: number;
  /** Memory of the process at which it ends itself. */
  readonly memoryBytes: number;
  /** Time after which it ends itself, where the server did not do it. */
  readonly deadlineMs: number;
}

export type QueryReply =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | Omit<SqlRows, 'body'>
  | { readonly kind: 'refused'; readonly message: string; readonly at: number | null }
  | { readonly kind: 'failed'; readonly message: string };

/** The signal by which the process of a query says that it reached its memory limit. */
export const MEMORY_SIGNAL = 'SIGUSR2';
