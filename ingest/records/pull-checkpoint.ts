/** How far pull has read a log group. */

/** One scan of a log group under way. */
export interface PullScan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the scan goes on; null before its first page. Valid for a day. */
  readonly nextToken: string | null;
  /** Newest event seen in it. */
  readonly newestMs: number | null;
  readonly wide: boolean;
  /** Were its pages asked for with a server-side filter? A token is good for the same question only. */
  readonly filtered: boolean;
}

/** How far pull has read a log group. It is written with the events it speaks of, or not at all. */
export interface PullCheckpoint {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly mode: 'poll' | 'backfill';
  /** Everything up to here was read; null before the first complete scan. */
  readonly watermarkMs: number | null;
  /** null between scans. */
  readonly scan: PullScan | null;
  readonly wideMs: number | null;
  readonly state: PullState;
  readonly message: string | null;
  /** Events read in all. */
  readonly events: number;
  readonly updatedMs: number;
}

export type PullState = 'ok' | 'throttled' | 'gone' | 'denied' | 'credentials' | 'error';
