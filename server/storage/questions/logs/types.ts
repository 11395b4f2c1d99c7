/** Search of log lines. */
import type { Level } from '../../../../ingest/lines/level.ts';
import type { TimeRange } from '../shared-types.ts';

export interface LogQuery extends TimeRange {
  /** In the language of server/analytics/lines/query.ts; empty for all lines. */
  readonly text: string;
  readonly functionId?: number | undefined;
  readonly selected?: readonly number[] | undefined;
  readonly limit: number;
  /** Characters of messages after which a page ends; without it, the limit alone decides. */
  readonly mostChars?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface FoundLine {
  readonly timestampMs: number;
  readonly message: string;
  readonly level: Level | null;
  readonly isPlatform: boolean;
  readonly function: { readonly name: string; readonly account: string; readonly region: string };
  readonly logGroup: string;
  readonly logStream: string;
  /** Of the line itself; null if it names none. */
  readonly requestId: string | null;
  readonly traceId: string | null;
}

/** Lines that retention deleted because of one limit. */
export interface LineLoss {
  readonly reason: 'age' | 'budget';
  /** Newest receipt of a deleted line, epoch ms. */
  readonly untilMs: number;
  readonly lines: number;
}

export interface LogPage {
  /** Newest first. */
  readonly lines: readonly FoundLine[];
  /** Number of lines. */
  readonly rows: number;
  /** Null: there are no more. */
  readonly nextCursor: string | null;
  /** Text that was read, bytes. */
  readonly readBytes: number;
  /** Where the search ended because it had read too much, epoch ms: older lines of the range follow on the next page. Null: complete. */
  readonly endedAtMs: number | null;
  readonly gone: readonly LineLoss[];
  /** Blocks that were skipped because they cannot be read. */
  readonly damaged: number;
  /** Blocks without an intact filter, which take longer to search until it is rebuilt. */
  readonly rebuilding: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface LogQuestions {
  /**
   * Returns a page of the matching lines of the range. Rejects with a message that begins with `q:` for a text that is not in the language, and
   * with `cursor:` for a cursor that this server did not write.
   */
  logs(query: LogQuery): Promise<LogPage>;
}
