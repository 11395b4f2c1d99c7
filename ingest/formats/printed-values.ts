/** Log events in values that a program printed instead of writing JSON. Recognised once per text, by how it begins. */
import type { ExportProblem } from './export-event.ts';
import { eachLiteral } from './literals.ts';
import { readPrefixedLine } from './text-line.ts';

export interface PrintedRest {
  /** Text of another form after the values. */
  readonly rest: string;
  readonly problems: readonly ExportProblem[];
}

/** What JSON never begins with: quotes of Python, bare names of Node.js, arrows of Ruby, numbered records of Fluent Bit. */
const FIRST =
  /^\s*(?:\[\d{1,9}\] [^\s[\]{}"']{1,300}: \[|\[?\s*\{\s*(?:[bu]?'[^'\n]{1,100}'\s*:|[A-Za-z_$]\w{0,100}\s*:|"[^"\n]{1,100}"\s*=>))/;
const HEAD = 2000;
const SAMPLE_LINES = 50;

/**
 * Reads output of Python's print, Node.js, rubydebug and Fluent Bit, and calls `take` with each record, as JSON would hold it; null for
 * any other text.
 */
export function readPrintedValues(text: string, take: (record: unknown) => void): PrintedRest | null {
  if (!FIRST.test(text.slice(0, HEAD))) return null;
  const { n, rest, isShortened } = eachLiteral(text, (value) => {
    if (Array.isArray(value)) takeRecords(value, take);
    else take(value);
  });
  if (n === 0) {
    // An application's object among lines with times is read with them.
    if (text.split('\n', SAMPLE_LINES).some((line) => readPrefixedLine(line) !== null)) return null;
    return { rest: '', problems: [{ reason: 'printed-value-unreadable', text }] };
  }
  return { rest, problems: isShortened ? [{ reason: 'printed-value-shortened', text }] : [] };
}

function takeRecords(value: readonly unknown[], take: (record: unknown) => void): void {
  // Fluent Bit: [time, record] or [[time, metadata], record].
  const [head, record] = value;
  const date: unknown = Array.isArray(head) ? head[0] : head;
  if (typeof date === 'number' && isObject(record) && value.length === 2) take(dated(date, record));
  else for (const item of value) take(item);
}

/** The record with its date as first member. By assignment: spreading the record takes ten times as long. */
function dated(date: number, record: object): object {
  if (Object.hasOwn(record, '__proto__')) return { date, ...record };
  return Object.assign({ date }, record);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
