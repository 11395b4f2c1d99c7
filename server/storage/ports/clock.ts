/** What the process tells the store about its clock. */
import type { ClockMark } from '../../clock/guarded-clock.ts';

export interface ClockNote {
  /** The time by which data may be deleted, epoch ms; null if it is not known yet. */
  readonly settledMs: number | null;
  /** To store; null stores nothing. */
  readonly mark: ClockMark | null;
}

/** Times that the store has recorded. */
export interface KnownTime {
  /** The mark that was stored last; null if there is none. */
  readonly mark: ClockMark | null;
  /** When data was last received, epoch ms, to the hour; null if there is none. */
  readonly lastReceiptMs: number | null;
}
