/** One log event as an export shows it, and times as exports write them. */

/** Absent parts are "" or null: exports leave out what the reader of a console does not need. */
export interface ExportEvent {
  readonly timestampMs: number;
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

/** What could not be read, with the reason for it. */
export interface ExportProblem {
  readonly reason: string;
  readonly text: string;
}

export interface ExportRead {
  readonly events: readonly ExportEvent[];
  readonly problems: readonly ExportProblem[];
}

/** A time at the start of a text: ISO 8601 or with a blank, a fraction of any length, and a zone in one of the usual forms. */
export const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d|\([+-]\d\d:?\d\d\)))?`;
/** A log stream of a function. */
export const STREAM = String.raw`\d{4}\/\d\d\/\d\d\/\S{0,512}\[(?:\$LATEST|\d{1,10})\]\S{1,512}`;

const PARTS = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|\(?[+-]\d\d:?\d\d\)?))?$/;
/** Lambda began in November 2014; a log event a year ahead is a fault of units. */
const EARLIEST_MS = Date.UTC(2014, 10, 1);

/** Epoch ms; without a zone the time is UTC, as CloudWatch's exports are. null when the text is no time. */
export function readTime(text: string): number | null {
  const match = PARTS.exec(text.trim());
  if (match === null) return null;
  const zone = (match[4] ?? 'Z').replace(/[()]/g, '').replace('UTC', 'Z');
  const ms = Date.parse(`${match[1]}T${match[2]}.${(match[3] ?? '0').slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isFinite(ms) ? ms : null;
}

/**
 * Epoch ms from a number: CloudWatch's milliseconds; a shipper's seconds, microseconds or nanoseconds are recognised by their
 * size, since none of them is a possible time in milliseconds. null when it is none of these.
 */
export function readEpoch(value: number): number | null {
  for (const scale of [1, 1000, 1e-3, 1e-6]) {
    const ms = Math.floor(value * scale);
    if (ms >= EARLIEST_MS && ms < 4_102_444_800_000) return ms;
  }
  return null;
}

/** `123456789012:/aws/lambda/name`, as Logs Insights' `@log` has it. */
export function readLogReference(text: string): { readonly account: string | null; readonly group: string } {
  const match = /^(\d{12}):(.+)$/.exec(text);
  return match === null ? { account: null, group: text } : { account: match[1] ?? null, group: match[2] ?? '' };
}
