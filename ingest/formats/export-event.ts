/** One log event as an export shows it. */
import type { EventTime } from './event-time.ts';

/** Absent parts are "" or null: exports leave out what the reader of a console does not need. */
export interface ExportEvent extends EventTime {
  readonly message: string;
  /** Log stream, or "". */
  readonly stream: string;
  /** CloudWatch's 56-digit event id, or "". */
  readonly id: string;
  /** Log group, or null. */
  readonly group: string | null;
  /** Account of the log group, or null. */
  readonly account: string | null;
}

export type EventPlace = Pick<ExportEvent, 'stream' | 'group' | 'id'>;

/** Members are named one by one: adding them to a spread object takes fifty times as long, for each event. */
export function eventOf(
  { stream, id, group }: EventPlace,
  { timestampMs, isConverted }: EventTime,
  message: string,
  account: string | null = null,
): ExportEvent {
  return { timestampMs, isConverted, message, stream, id, group, account };
}

/** What could not be read, with the reason for it. */
export interface ExportProblem {
  readonly reason: string;
  /** A function where the text has to be made: of many problems of one kind, most are only counted. */
  readonly text: string | (() => string);
}

export interface ExportRead {
  readonly events: readonly ExportEvent[];
  readonly problems: readonly ExportProblem[];
}

/** A log stream of a function. */
export const STREAM = String.raw`\d{4}\/\d\d\/\d\d\/\S{0,512}\[(?:\$LATEST|\d{1,10})\]\S{1,512}`;

/** `123456789012:/aws/lambda/name`, as Logs Insights' `@log` has it. */
export function readLogReference(text: string): { readonly account: string | null; readonly group: string } {
  const match = /^(\d{12}):(.+)$/.exec(text);
  return match === null ? { account: null, group: text } : { account: match[1] ?? null, group: match[2] ?? '' };
}
