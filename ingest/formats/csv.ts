/** CSV after RFC 4180, as a state machine that can stop and resume between any two characters. Linear in the text. */

/** Comma, semicolon (spreadsheets in much of Europe) or tab: what divides the header's cells. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t'].map((mark) => [mark, header.split(mark).length] as const);
  return counts.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ',';
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type State = 'start' | 'bare' | 'quoted' | 'quote';

/** Finds the ends of rows. A quote opens a cell only at its start; inside, a doubled quote is one quote. */
export class CsvScanner {
  readonly #delimiter: string;
  #state: State = 'start';

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** Reads `text` from `from` on. Calls `onCell` and `onRow` with the offset after the cell or row. */
  scan(text: string, from: number, onCell: ((end: number) => void) | null, onRow: (end: number) => void): void {
    const delimiter = this.#delimiter.charCodeAt(0);
    let state = this.#state;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (state === 'quoted') {
        if (code === QUOTE) state = 'quote';
      } else if (code === delimiter) {
        onCell?.(at);
        state = 'start';
      } else if (code === LINE_FEED) {
        onCell?.(at);
        onRow(at + 1);
        state = 'start';
      } else if (state === 'quote') {
        if (code !== CARRIAGE_RETURN) state = 'quoted';
      } else if (state === 'start') state = code === QUOTE ? 'quoted' : 'bare';
    }
    this.#state = state;
  }

  /** Is a quoted cell open? */
  get isOpen(): boolean {
    return this.#state === 'quoted';
  }
}

/** The rows of a CSV text, and what follows the last quote that is not closed. */
export function csvRows(
  text: string,
  delimiter: string,
): { readonly rows: readonly (readonly string[])[]; readonly unclosed: string } {
  const rows: string[][] = [];
  const unclosed = eachCsvRow(text, delimiter, (row) => {
    rows.push(row.slice());
  });
  return { rows, unclosed };
}

/**
 * Calls `onRow` with each row that holds anything; the same array is filled again for the next one. A list of all rows would take ten
 * times the text where they are short. Returns what follows the last quote that is not closed, or "".
 */
export function eachCsvRow(text: string, delimiter: string, onRow: (row: readonly string[]) => void): string {
  const mark = delimiter.charCodeAt(0);
  // Filled in place: cells that are pushed into an emptied array allocate it again for each row.
  const row: string[] = [];
  let cells = 0;
  let rowFrom = 0;
  let at = 0;
  while (at < text.length) {
    const end = text.charCodeAt(at) === QUOTE ? quotedEnd(text, at, mark) : bareEnd(text, at, mark);
    if (end === -1) return text.slice(rowFrom);
    row[cells] = cellValue(text, at, end);
    cells += 1;
    at = end + 1;
    // A delimiter at the end of the text has an empty cell behind it.
    const isLast = end >= text.length - 1 && text.charCodeAt(end) === mark;
    if (isLast) {
      row[cells] = '';
      cells += 1;
    } else if (text.charCodeAt(end) === mark) continue;
    if (row.length !== cells) row.length = cells;
    if (cells > 1 || row[0] !== '') onRow(row);
    cells = 0;
    rowFrom = at;
  }
  return '';
}

/** The offset of the delimiter or newline after a cell without quotes, or that of the end of the text. */
function bareEnd(text: string, from: number, delimiter: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === LINE_FEED) return at;
    at += 1;
  }
  return at;
}

/** The same for a cell that begins with a quote; -1 if it is not closed. Quotes that nothing but a CR follows close it. */
function quotedEnd(text: string, from: number, delimiter: number): number {
  let isClosed = false;
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isClosed) isClosed = code === QUOTE;
    else if (code === delimiter || code === LINE_FEED) return at;
    else if (code !== CARRIAGE_RETURN) isClosed = false;
  }
  return isClosed ? text.length : -1;
}

function cellValue(text: string, from: number, to: number): string {
  const end = to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN ? to - 1 : to;
  if (text.charCodeAt(from) !== QUOTE || end === from) return text.slice(from, end);
  const close = text.lastIndexOf('"', end - 1);
  return text.slice(from + 1, close === from ? end : close).replaceAll('""', '"');
}
