/** Matches of a log search over time. */
import type { LogQuery } from '../logs/types.ts';
import type { TimeRange } from '../shared-types.ts';

export interface LogHistogramQuery extends TimeRange, Pick<LogQuery, 'text' | 'functionId' | 'selected'> {
  /** Most bins. */
  readonly bins: number;
}

/** Matching lines by their level. */
export interface LevelCounts {
  /** Errors and fatal ones. */
  readonly errors: number;
  readonly warnings: number;
  /** Of other levels, or of none. */
  readonly others: number;
}

export interface LogHistogram {
  readonly widthMs: number;
  /** Start of the first bin, a multiple of the width. */
  readonly firstMs: number;
  /** Null: not counted, because the count had read too much before. */
  readonly bins: readonly (LevelCounts | null)[];
  /** Lines from then on are counted, epoch ms; null: all of the range. */
  readonly countedFromMs: number | null;
  /** What was read for the count, bytes. */
  readonly readBytes: number;
  /** What the range holds, whatever matches: what a search would read at most. About, where lines of other times are stored with them. */
  readonly stored: { readonly lines: number; readonly bytes: number };
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface LogHistogramQuestions {
  /** Counts the matching lines of the range. Rejects with a message that begins with `q:` for a text that is not in the language. */
  logHistogram(query: LogHistogramQuery): Promise<LogHistogram>;
}
