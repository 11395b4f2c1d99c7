/** How far pull has read a log group, or the metrics of a region. */

/** In place of the log group: the metrics of the Lambda service in a region. No log group has a colon in its name. */
export const PULLED_METRICS = 'metrics:AWS/Lambda';

/** An unfinished scan of a log group. */
export interface PullScan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Token of the next page; null before the first one. Valid for 24 hours. */
  readonly nextToken: string | null;
  /** Time of the newest event so far, epoch ms. */
  readonly newestMs: number | null;
  /** Whether this is a reconciliation scan, which looks far back for late events. */
  readonly wide: boolean;
  /** Whether the scan uses a server-side filter. A token is valid for the same filter only. */
  readonly filtered: boolean;
}

/** How far pull has read a log group. Stored in one transaction with the events. */
export interface PullCheckpoint {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly mode: 'poll' | 'backfill';
  /** Everything before this time was read; null before the first complete scan. */
  readonly watermarkMs: number | null;
  /** null between scans. */
  readonly scan: PullScan | null;
  /** Poll: end of the last reconciliation scan. Backfill: start of the completed range. Epoch ms. */
  readonly wideMs: number | null;
  readonly state: PullState;
  readonly message: string | null;
  /** Total number of events read. */
  readonly events: number;
  readonly updatedMs: number;
}

/** `unsupported`: the log class does not allow reading. */
export type PullState = 'ok' | 'throttled' | 'gone' | 'denied' | 'credentials' | 'unsupported' | 'error';
