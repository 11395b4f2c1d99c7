/** Rows copied from the console of which some are expanded: the time on a line of its own, then the message. */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { linesOf } from '../text/lines.ts';
import { readTimeText } from './event-time.ts';
import type { EventPlace, ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { eventOf } from './export-event.ts';
import type { ReadLine } from './text-line.ts';
import { readPrefixedLine } from './text-line.ts';

/** A line that is a time alone, as expanded rows of the console have it. */
export const TIME_ALONE = /^\s*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)\s*$/;

/** What the console prints around its rows. */
const NOTE = /^\s*(?:No (?:older|newer) events|There are (?:older|newer) events|Load (?:more|older|newer))/;
/** Names of its columns, and its buttons. */
const LABEL = /^\s*(?:Timestamp|Message|Timestamp\s{1,8}Message|Retry|Resume)\s*$/;

/** Whether the line is none of the log but the console's own. */
export function isConsoleText(line: string): boolean {
  return NOTE.test(line) || LABEL.test(line);
}

interface OpenEvent extends EventPlace {
  readonly timestampMs: number;
  readonly isConverted: boolean;
  /** Whether its time stands on a line of its own. */
  readonly isExpanded: boolean;
  readonly lines: string[];
}

/**
 * The message of an expanded row is often printed twice: as it is, and once more with its white space folded, after the label of a
 * button. Rows that are not expanded stand between the others. null for text without expanded rows.
 */
export function readExpandedRows(text: string): ExportRead | null {
  if (!hasTimesAlone(text)) return null;
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  let open: OpenEvent | null = null;
  const close = (): void => {
    if (open === null) return;
    const message = open.isExpanded ? printedOnce(open.lines) : open.lines.join('\n').trimEnd();
    if (message.trim() !== '') events.push(eventOf(open, open, message));
    open = null;
  };
  for (const line of linesOf(text)) {
    const time = isTimeAlone(line) ? readTimeText(line) : null;
    const row: ReadLine | null = time === null ? rowOf(line, open) : null;
    if (time !== null) {
      close();
      open = { timestampMs: time, isConverted: false, stream: '', group: null, id: '', isExpanded: true, lines: [] };
    } else if (row !== null) {
      close();
      if (row.hidden === null) open = { ...row, id: '', isExpanded: false, lines: [row.message] };
      else problems.push({ reason: row.hidden, text: line });
    } else if (NOTE.test(line) || (open === null && isConsoleText(line))) close();
    else if (holdsMore(line, open)) open?.lines.push(line);
    else if (line.trim() !== '') problems.push({ reason: 'line-without-time', text: line });
  }
  close();
  return { events, problems };
}

/** A line with a time that begins an event of its own, rather than being the message of an expanded row or its repetition. */
function rowOf(line: string, open: OpenEvent | null): ReadLine | null {
  const read = readPrefixedLine(line);
  if (read === null || open?.isExpanded !== true) return read;
  // Runtimes begin their lines with a time as well.
  if (read.message === line) return null;
  if (parsePlatformLine(read.message).ok) return read;
  const first = open.lines.find((text) => text.trim() !== '');
  return first === undefined || folded(line).startsWith(folded(first)) ? null : read;
}

/** Whether the line, which has no time, belongs to the event. Lambda writes no line of its own within another. */
function holdsMore(line: string, open: OpenEvent | null): boolean {
  return open !== null && (open.isExpanded || !parsePlatformLine(line).ok);
}

/** Whether the first line is a time alone, any two of them are, or one is among rows with a tab after the time. */
function hasTimesAlone(text: string): boolean {
  const first = text.search(/\S/);
  let found = 0;
  for (let from = Math.max(0, first); from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    // Shorter lines are not even cut out.
    if (end - from >= SHORTEST_ALONE && isTimeAlone(text.slice(from, end))) found += from === first ? 2 : 1;
    if (found >= 2) return true;
    from = end + 1;
  }
  if (found === 0) return false;
  for (const line of linesOf(text)) if (isTabbedRow(line)) return true;
  return false;
}

/** `TIME\tMESSAGE`, as the console copies rows that are not expanded. */
function isTabbedRow(line: string): boolean {
  const tab = line.slice(0, LONGEST_ALONE + 1).indexOf('\t');
  if (tab === -1 || !isTimeAlone(line.slice(0, tab))) return false;
  const read = readPrefixedLine(line);
  return read !== null && read.message !== line;
}

/** `2026-11-20T10:00:00Z`, and nine digits of a fraction with an offset. */
const [SHORTEST_ALONE, LONGEST_ALONE] = [20, 35];

/** Whether the line is a time alone. By its length first: every line of a text is examined. */
function isTimeAlone(line: string): boolean {
  const own = line.trim();
  return own.length >= SHORTEST_ALONE && own.length <= LONGEST_ALONE && TIME_ALONE.test(own);
}

function folded(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

/** The message without its repetition: the first half, where the second says the same but for white space. */
function printedOnce(given: readonly string[]): string {
  return firstHalf(given.filter((line) => line.trim() !== 'Copy')) ?? firstHalf(given) ?? given.join('\n').trim();
}

function firstHalf(lines: readonly string[]): string | null {
  const all = folded(lines.join(''));
  const half = all.length / 2;
  if (all === '' || all.slice(0, half) !== all.slice(half)) return null;
  let seen = 0;
  const first: string[] = [];
  for (const line of lines) {
    if (seen >= half) break;
    first.push(line);
    seen += folded(line).length;
  }
  return seen === half ? first.join('\n').trim() : null;
}
