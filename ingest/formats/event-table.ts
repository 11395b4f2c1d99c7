/**
 * Tables of log events: CSV of the console and of Logs Insights (RFC 4180), Markdown and ASCII tables of Logs Insights, and
 * rows copied from the console. Columns are found by their names, else by their content.
 */
import { csvRows, delimiterOf, eachCsvRow } from './csv.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime, TIME } from './event-time.ts';
import { isConsoleText } from './expanded-rows.ts';
import type { ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { eventOf, readLogReference, STREAM } from './export-event.ts';
import { limits } from './limits.ts';
import type { DayOrder } from './local-date.ts';
import { DayOrders, dayOrderOf, readLocalTime } from './local-date.ts';

type Column = 'time' | 'message' | 'stream' | 'log' | 'id' | 'other';

const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...['timestamp', 'time', 'date', 'datetime', 'event_time', 'eventtime'].map((name) => [name, 'time'] as const),
  // Exports of Splunk, Sumo Logic, New Relic.
  ...['_time', '_messagetime', 'timestamp (utc)'].map((name) => [name, 'time'] as const),
  ...['message', 'msg', 'line', 'content', '_raw', '_msg', 'textpayload'].map((name) => [name, 'message'] as const),
  ...['logstream', 'logstreamname', 'log_stream', 'log_stream_name'].map((name) => [name, 'stream'] as const),
  ...['aws.cloudwatch.log_stream', 'aws.logstream'].map((name) => [name, 'stream'] as const),
  ...['log', 'loggroup', 'loggroupname', 'log_group', 'log_group_name'].map((name) => [name, 'log'] as const),
  ...['aws.cloudwatch.log_group', 'aws.loggroup'].map((name) => [name, 'log'] as const),
  ...['eventid', 'event_id', 'id'].map((name) => [name, 'id'] as const),
]);

const nameOf = (name: string): string => name.trim().toLowerCase().replace(/^@/, '');

function columnsOf(names: readonly string[]): readonly Column[] {
  const columns = names.map((name) => COLUMNS.get(nameOf(name)) ?? 'other');
  // Grafana shows the time in the zone of the browser, and beside it the exact one in nanoseconds.
  const exact = names.findIndex((name) => nameOf(name) === 'tsns');
  if (exact === -1) return columns;
  return columns.map((column, at) => (at === exact ? 'time' : column === 'time' ? 'other' : column));
}

/** Is the line a CSV header with a time and a message? */
export function isCsvHeader(line: string): boolean {
  const header = line.trim();
  if (header.length > MAX_HEADER || header.startsWith('|')) return false;
  const columns = headerColumns(header);
  return columns.length > 1 && columns.includes('time') && columns.includes('message');
}

const MAX_HEADER = 2000;

/** Spreadsheets may name their delimiter on a line before the header. */
export function withoutSeparatorLine(text: string): string {
  return text.replace(/^"?sep=[,;\t]"?\r?\n/i, '');
}

function headerColumns(header: string): readonly Column[] {
  return columnsOf(csvRows(header, delimiterOf(header)).rows[0] ?? []);
}

/** A message without its time or a time without its message: these columns are of Logs Insights alone. */
function insightsColumnsMissing(header: string): string | null {
  if (header.length > MAX_HEADER || !/^"?@\w+"?(?:[,;\t]|$)/.test(header)) return null;
  const columns = headerColumns(header);
  if (!columns.includes('message')) return 'insights-without-message';
  return columns.includes('time') ? null : 'insights-without-timestamp';
}

/** CSV with a header, or null when the text is none. Rows that cannot be read are problems; the others are events. */
export function readCsv(text: string): ExportRead | null {
  const body = withoutSeparatorLine(text.trimStart());
  const end = body.indexOf('\n');
  const header = body.slice(0, end === -1 ? undefined : end);
  const missing = insightsColumnsMissing(header.trim());
  if (missing !== null) return { events: [], problems: [{ reason: missing, text: body }] };
  if (!isCsvHeader(header)) return null;
  const delimiter = delimiterOf(header);
  let table: TableReader | null = null;
  const unclosed = eachCsvRow(body, delimiter, (row) => {
    if (table === null) table = new TableReader(columnsOf(row), (timeAt) => dayOrderOfCsv(body, delimiter, timeAt));
    else table.add(row);
  });
  const read = (table as TableReader | null)?.finish() ?? { events: [], problems: [] };
  if (unclosed === '') return read;
  return { events: read.events, problems: [...read.problems, { reason: 'csv-unreadable', text: unclosed }] };
}

/** `|time|msg` */
const SHORTEST_HEADER = 9;
/** Part of every name of a column that holds a time. */
const TIME_NAME = /time|date|tsns/i;
/** Ten digits of an epoch, or a date. */
const SHORTEST_TIME = 10;

/** Is the line a table's row of column names? */
export function isTableHeader(line: string): boolean {
  if (line.length < SHORTEST_HEADER || !TIME_NAME.test(line)) return false;
  const cells = cellsOf(line);
  if (cells === null) return false;
  const columns = columnsOf(cells);
  return columns.includes('time') && columns.includes('message');
}

/** A Markdown or ASCII table, or rows pasted with leading bars; null when fewer than a third of the lines look like rows. */
export function readTable(text: string): ExportRead | null {
  if (!mayHoldRow(text)) return null;
  const given = text.split('\n').filter((line) => line !== '' && !RULER.test(line));
  const barred = given.reduce((n, line) => (beginsWithBar(line) ? n + 1 : n), 0);
  if (barred === 0 || barred * 3 < given.length) return null;
  const lines = given.map(asConsoleRow);
  const named = lines.findIndex(isTableHeader);
  // Without names and without a cell that could be a time it is no table, however many bars it has.
  if (named === -1 && !lines.some((line) => line.length > SHORTEST_TIME && line.includes('|'))) return null;
  const header = named === -1 ? null : columnsOf(cellsOf(lines[named] ?? '') ?? []);
  const begin = named === -1 ? Number(TITLE.test(lines[0] ?? '')) : named + 1;
  const { rows, outside } = rowsOf(lines.slice(begin), header?.length ?? 0);
  const columns = header ?? unnamedColumns(rows);
  if (columns === null) return null;
  const read = eventsOf(columns, rows);
  const problems = outside
    .filter((line) => !isConsoleText(line))
    .map((line) => ({ reason: 'line-without-time', text: line }));
  return { events: read.events, problems: [...read.problems, ...problems] };
}

/** Whether a line with a bar could be a header, or a row with a time: a text of short lines is not divided into them. */
function mayHoldRow(text: string): boolean {
  for (let bar = text.indexOf('|'); bar !== -1; ) {
    const newline = text.indexOf('\n', bar);
    const end = newline === -1 ? text.length : newline;
    if (end - text.lastIndexOf('\n', bar) > SHORTEST_HEADER) return true;
    bar = text.indexOf('|', end);
  }
  return false;
}

/** Rows of the console as its old pages are pasted: the first without a bar, expanded ones with the label of a button. */
const FIRST_ROW = new RegExp(`^${TIME} \\| `);
const EXPANDED_ROW = new RegExp(`^(\\s{0,8}\\|? ?${TIME})Copy(?=\\S)`);
/** Longer messages are not searched for their repetition. */
const MAX_REPEATED = 262_144;

/** The row with bars before and after its time, and its message once. */
function asConsoleRow(line: string): string {
  const first = line.charCodeAt(0);
  if (first !== BAR && first > 0x20 && !(first >= 0x30 && first <= 0x39)) return line;
  const row = first !== BAR && FIRST_ROW.test(line) ? `| ${line}` : line;
  const expanded = row.includes('Copy') ? EXPANDED_ROW.exec(row) : null;
  if (expanded === null || row.length > MAX_REPEATED) return row;
  const time = expanded[1] ?? '';
  const message = row.slice(expanded[0].length).replace(/\s{0,8}\|?\s{0,8}$/, '');
  return `${beginsWithBar(time) ? '' : '| '}${time} | ${withoutRepetition(message)}`;
}

/** `MESSAGE | MESSAGE` without the second. */
function withoutRepetition(message: string): string {
  const parts = message.split(' | ');
  if (parts.length % 2 === 1) return message;
  const [first, second] = [parts.slice(0, parts.length / 2), parts.slice(parts.length / 2)].map((half) =>
    half.join(' | '),
  );
  const fold = (text: string | undefined): string => (text ?? '').replaceAll(/\s+/g, '');
  return fold(first) === fold(second) ? (first ?? '') : message;
}

/** The title of a table of the AWS CLI. */
const TITLE = /^\|\s{0,500}[A-Z][A-Za-z]{2,60}\s{0,500}\|\s*$/;

/** Rulers of tables: bars, plus signs, dashes, colons. Lines of blanks are none of the table either. */
const RULER = /^[\s|+:-]+$/;
/** Lines of one row at most. */
const ROW_LINES = 500;

/**
 * Rows from lines, as text: the cells of all of them would take many times their size. A line break inside of a cell divides a row: its
 * lines belong together until the row has its closing bar (where the table has one), or until the next row.
 */
function rowsOf(
  lines: readonly string[],
  columns: number,
): { readonly rows: readonly string[]; readonly outside: readonly string[] } {
  const first = lines.find(beginsWithBar) ?? '';
  const isComplete = (line: string): boolean => (cellsOf(line)?.length ?? 0) >= Math.max(columns, 2);
  const closes = first.trimEnd().endsWith('|') || (columns > 0 && !isComplete(first));
  const rows: string[] = [];
  /** Lines of the last row; 0 before the first. */
  let n = 0;
  const outside: string[] = [];
  let open = false;
  for (const line of lines) {
    if (beginsWithBar(line) && (!open || !closes || isComplete(line))) {
      rows.push(line);
      n = 1;
    } else if (n > 0 && n < ROW_LINES && (open || !closes)) {
      rows[rows.length - 1] += `\n${line}`;
      n += 1;
    } else {
      outside.push(line);
      if (!open) continue;
    }
    open = closes && !line.trimEnd().endsWith('|');
  }
  return { rows, outside };
}

const [BAR, BLANK] = [0x7c, 0x20];

/** Whether the first character that is no blank is a bar. */
function beginsWithBar(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === BAR || (!(first > 0x20 && first < 0x7f) && line.trimStart().startsWith('|'));
}

/** Cells of a table row; null for other text. A message may itself contain bars: {@link eventsOf} puts them together. */
function cellsOf(line: string): readonly string[] | null {
  const text = line.trim();
  if (!text.startsWith('|')) return null;
  // Sliced instead of matched: a lazy expression takes quadratic time on a long run of blanks.
  const inner = text.slice(1, text.length > 1 && text.endsWith('|') ? -1 : undefined);
  if (!inner.includes('\\|')) return trimmedCells(inner);
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function trimmedCells(text: string): readonly string[] {
  const first = text.indexOf('|');
  if (first === -1) return [trimmed(text, 0, text.length)];
  const second = text.indexOf('|', first + 1);
  // The usual two cells of a row: a list that `push` begins has room for 17.
  if (second === -1) return [trimmed(text, 0, first), trimmed(text, first + 1, text.length)];
  const cells = [trimmed(text, 0, first), trimmed(text, first + 1, second)];
  let from = second + 1;
  for (let bar = text.indexOf('|', from); bar !== -1; bar = text.indexOf('|', from)) {
    cells.push(trimmed(text, from, bar));
    from = bar + 1;
  }
  cells.push(trimmed(text, from, text.length));
  return cells;
}

/** The text between two offsets without blanks around it, cut out once. */
function trimmed(text: string, given: number, to: number): string {
  let [from, end] = [given, to];
  while (from < end && text.charCodeAt(from) === BLANK) from += 1;
  while (end > from && text.charCodeAt(end - 1) === BLANK) end -= 1;
  // Other white space is rare.
  return text.slice(from, end).trim();
}

/** A part of every text that `readEventTime` reads. */
const TIME_PART = /\d{9}|\d{4}-\d|\/Date\(/;

/** Without names, the message follows the time. */
function unnamedColumns(rows: readonly string[]): readonly Column[] | null {
  const dated = rows.find((text) => TIME_PART.test(text) && timeColumn(cellsOf(text) ?? []) !== -1);
  const row = cellsOf(dated ?? '') ?? [];
  const time = timeColumn(row);
  if (time === -1 || time + 1 >= row.length) return null;
  // A stream between the two is a column of its own.
  const message = isStream(row[time + 1] ?? '') && time + 2 < row.length ? time + 2 : time + 1;
  return row.slice(0, message + 1).map((_, at): Column => {
    if (at === time) return 'time';
    if (at === message) return 'message';
    return at === time + 1 ? 'stream' : 'other';
  });
}

const ONLY_STREAM = new RegExp(`^${STREAM}$`);

function isStream(cell: string): boolean {
  return cell.length < 700 && ONLY_STREAM.test(cell);
}

function timeColumn(cells: readonly string[]): number {
  return cells.findIndex((cell) => readEventTime(cell) !== null);
}

const NO_REFERENCE = { account: null, group: null } as const;

/** In another pass over the text, which only files with dates of people need. */
function dayOrderOfCsv(text: string, delimiter: string, timeAt: number): DayOrder {
  const order = new DayOrders();
  let isHeader = true;
  eachCsvRow(text, delimiter, (row) => {
    if (!isHeader) order.add(row[timeAt] ?? '');
    isHeader = false;
  });
  return order.order;
}

function eventsOf(columns: readonly Column[], rows: readonly string[]): ExportRead {
  const table = new TableReader(columns, (timeAt) => dayOrderOf(rows.map((row) => cellsOf(row)?.[timeAt] ?? '')));
  for (const row of rows) table.add(cellsOf(row) ?? []);
  return table.finish();
}

/** Reads rows of a table, none of which it keeps. */
class TableReader {
  readonly #events: ExportEvent[] = [];
  readonly #problems: ExportProblem[] = [];
  readonly #columns: number;
  readonly #timeAt: number;
  readonly #messageAt: number;
  readonly #streamAt: number;
  readonly #logAt: number;
  readonly #idAt: number;
  /** Dates of people are read by the order of day and month in the whole table. */
  readonly #orderOf: () => DayOrder;
  #order: DayOrder | null = null;
  #last: ExportProblem | null = null;

  constructor(columns: readonly Column[], orderOf: (timeAt: number) => DayOrder) {
    this.#columns = columns.length;
    this.#timeAt = columns.indexOf('time');
    this.#messageAt = columns.indexOf('message');
    this.#streamAt = columns.indexOf('stream');
    this.#logAt = columns.indexOf('log');
    this.#idAt = columns.indexOf('id');
    this.#orderOf = () => {
      this.#order ??= orderOf(this.#timeAt);
      return this.#order;
    };
  }

  finish(): ExportRead {
    return { events: this.#events, problems: this.#problems };
  }

  add(row: readonly string[]): void {
    const time = this.#timeOf(row);
    if (time === null) return;
    const log = this.#logAt === -1 ? '' : this.#cell(row, this.#logAt).trim();
    const { account, group } = log === '' ? NO_REFERENCE : readLogReference(log);
    const stream = this.#streamAt === -1 ? '' : this.#cell(row, this.#streamAt).trim();
    const idText = this.#idAt === -1 ? '' : this.#cell(row, this.#idAt).trim();
    const id = idText !== '' && /^\d{56}$/.test(idText) ? idText : '';
    this.#events.push(eventOf({ stream, id, group }, time, this.#messageOf(row), account));
  }

  /** Bars or delimiters inside of the message make more cells than columns. */
  #extra(row: readonly string[]): number {
    return Math.max(0, row.length - this.#columns);
  }

  #messageOf(row: readonly string[]): string {
    const [from, extra] = [this.#messageAt, this.#extra(row)];
    return extra === 0 ? (row[from] ?? '') : row.slice(from, from + extra + 1).join(' | ');
  }

  /** The cell of a column that is not the message. */
  #cell(row: readonly string[], column: number): string {
    return row[column < this.#messageAt ? column : column + this.#extra(row)] ?? '';
  }

  /** Null for a row without a time, which becomes a problem unless it is empty. */
  #timeOf(row: readonly string[]): EventTime | null {
    const cell = this.#cell(row, this.#timeAt);
    const epoch = readEventTime(cell);
    if (epoch !== null) return epoch;
    const local = readLocalTime(cell, this.#orderOf);
    if (local.ok) return { timestampMs: local.timestampMs, isConverted: false };
    if (!isEmpty(row)) this.#problems.push(this.#problem(local.reason, row));
    return null;
  }

  /** Of many rows with the same problem only the first are kept; the others are counted, and need no text of their own. */
  #problem(reason: string, row: readonly string[]): ExportProblem {
    const last = this.#last;
    if (this.#problems.length > limits.requestDeadLetters && last?.reason === reason) return last;
    this.#last = { reason, text: row.join(',') };
    return this.#last;
  }
}

function isEmpty(row: readonly string[]): boolean {
  for (const cell of row) if (cell !== '' && cell.trim() !== '') return false;
  return true;
}
