/**
 * Tables of log events: CSV of the console and of Logs Insights (RFC 4180), Markdown and ASCII tables of Logs Insights, and
 * rows copied from the console. Columns are found by their names, else by their content.
 */
import { parse } from 'csv-parse/sync';
import type { ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { readEpoch, readLogReference, readTime } from './export-event.ts';

type Column = 'time' | 'message' | 'stream' | 'log' | 'id' | 'other';

const COLUMNS: Readonly<Record<string, Column>> = {
  timestamp: 'time',
  time: 'time',
  message: 'message',
  logstream: 'stream',
  logstreamname: 'stream',
  log: 'log',
  loggroup: 'log',
  loggroupname: 'log',
  eventid: 'id',
  ptr: 'other',
};

const columnOf = (name: string): Column => COLUMNS[name.trim().toLowerCase().replace(/^@/, '')] ?? 'other';

/** Is the first line a CSV header with a time and a message? */
const CSV_HEADER =
  /^"?@?(?:timestamp|time)"?\s*,(?:[^\n]*,)?\s*"?@?message"?\s*(?:,|$)|^(?:[^\n,]*,){0,20}\s*"?@?message"?\s*,(?:[^\n]*,)?\s*"?@?timestamp"?\s*(?:,|$)/im;

/** CSV with a header, or null when the text is none. Rows that cannot be read are problems; the others are events. */
export function readCsv(text: string): ExportRead | null {
  const header = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  if (/^"?@ptr"?\s*$/.test(header.trim())) return pointersOnly(text);
  if (!CSV_HEADER.test(header)) return null;
  let rows: readonly (readonly string[])[];
  try {
    rows = parse(text, { relaxColumnCount: true, relaxQuotes: true, skipEmptyLines: true, bom: true }) as string[][];
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not RFC 4180';
    return { events: [], problems: [{ reason: 'csv-unreadable', text: `${message}\n${text.slice(0, 2000)}` }] };
  }
  return eventsOf(rows[0]?.map(columnOf) ?? [], rows.slice(1));
}

function pointersOnly(text: string): ExportRead {
  return { events: [], problems: [{ reason: 'insights-without-message', text: text.slice(0, 2000) }] };
}

/** A Markdown or ASCII table, or rows pasted with leading bars; null when fewer than half of the lines look like rows. */
export function readTable(text: string): ExportRead | null {
  const lines = text.split('\n');
  const rows = lines.flatMap((line) => cellsOf(line) ?? []);
  const filled = lines.filter((line) => line.trim() !== '' && !/^[\s|+:-]+$/.test(line)).length;
  if (rows.length === 0 || rows.length * 3 < filled) return null;
  const named = rows.findIndex((row) => row.map(columnOf).includes('time') && row.map(columnOf).includes('message'));
  if (named !== -1) return eventsOf((rows[named] ?? []).map(columnOf), rows.slice(named + 1));
  const columns = rows[0]?.map((_, at): Column => (at === timeColumn(rows) ? 'time' : 'other')) ?? [];
  const time = columns.indexOf('time');
  if (time === -1 || time + 1 >= columns.length) return null;
  return eventsOf(
    columns.map((column, at) => (at === time + 1 ? 'message' : column)),
    rows,
  );
}

/** Cells of a table row; null for rulers and text between rows. A message may itself contain bars: they stay in the last cell. */
function cellsOf(line: string): readonly (readonly string[])[] | null {
  const text = line.trim();
  if (!text.startsWith('|') || /^[\s|+:-]*$/.test(text)) return null;
  // Sliced instead of matched: a lazy expression takes quadratic time on a long run of blanks.
  const inner = text.slice(1, text.endsWith('|') ? -1 : undefined);
  return [inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))];
}

function timeColumn(rows: readonly (readonly string[])[]): number {
  return rows[0]?.findIndex((cell) => readTime(cell) !== null) ?? -1;
}

function eventsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): ExportRead {
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  const cell = (row: readonly string[], column: Column): string => row[columns.indexOf(column)] ?? '';
  for (const row of rows) {
    const time = cell(row, 'time').trim();
    const number = /^\d{9,19}(?:\.\d+)?$/.test(time) ? readEpoch(Number(time)) : readTime(time);
    if (number === null) {
      if (row.some((text) => text.trim() !== '')) problems.push({ reason: 'row-without-time', text: row.join(',') });
      continue;
    }
    // Bars inside of the message of a table make more cells than columns.
    const message =
      columns.length < row.length && columns.at(-1) === 'message'
        ? row.slice(columns.length - 1).join(' | ')
        : cell(row, 'message');
    const log = cell(row, 'log');
    const { account, group } = readLogReference(log);
    events.push({
      timestampMs: number,
      message,
      stream: cell(row, 'stream'),
      id: /^\d{56}$/.test(cell(row, 'id')) ? cell(row, 'id') : '',
      group: log === '' ? null : group,
      account,
    });
  }
  return { events, problems };
}

const TIME_ALONE = /^\s*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)\s*$/;

/**
 * Rows of the console, expanded and copied: the time on a line of its own, then the message, often printed twice (as it is,
 * and once more with its white space folded). null when fewer than two lines are a time alone.
 */
export function readExpandedRows(text: string): ExportRead | null {
  const lines = text.split('\n');
  if (
    lines.filter((line) => TIME_ALONE.test(line)).length < 2 &&
    !TIME_ALONE.test(lines.find((line) => line.trim() !== '') ?? '')
  )
    return null;
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  let open: { timestampMs: number; lines: string[] } | null = null;
  const close = (): void => {
    if (open === null) return;
    const message = printedOnce(open.lines);
    if (message.trim() !== '')
      events.push({ timestampMs: open.timestampMs, message, stream: '', id: '', group: null, account: null });
    open = null;
  };
  for (const line of lines) {
    const time = TIME_ALONE.test(line) ? readTime(line) : null;
    if (time !== null) {
      close();
      open = { timestampMs: time, lines: [] };
    } else if (open !== null) (open as { lines: string[] }).lines.push(line);
    else if (line.trim() !== '') problems.push({ reason: 'line-without-time', text: line });
  }
  close();
  return { events, problems };
}

/** The message without its repetition: the first half, where the second says the same but for white space. */
function printedOnce(lines: readonly string[]): string {
  const fold = (text: string): string => text.replaceAll(/\s+/g, '');
  const all = fold(lines.join(''));
  if (all.length % 2 === 0 && all.slice(0, all.length / 2) === all.slice(all.length / 2)) {
    const half = all.length / 2;
    let seen = 0;
    const first: string[] = [];
    for (const line of lines) {
      if (seen >= half) break;
      first.push(line);
      seen += fold(line).length;
    }
    if (seen === half) return first.join('\n').trim();
  }
  return lines.join('\n').trim();
}
