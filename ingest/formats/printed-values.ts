/** Log events in values that a program printed instead of writing JSON. Recognised once per text, by how it begins. */
import { ObjectShapes } from '../text/object-shapes.ts';
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
  const dated = new DatedRecords();
  const { n, rest, isShortened } = eachLiteral(text, (value) => {
    if (Array.isArray(value)) takeRecords(value, dated, take);
    else take(value);
  });
  if (n === 0) {
    // An application's object among lines with times is read with them.
    if (text.split('\n', SAMPLE_LINES).some((line) => readPrefixedLine(line) !== null)) return null;
    return { rest: '', problems: [{ reason: 'printed-value-unreadable', text }] };
  }
  return { rest, problems: isShortened ? [{ reason: 'printed-value-shortened', text }] : [] };
}

function takeRecords(value: readonly unknown[], dated: DatedRecords, take: (record: unknown) => void): void {
  // Fluent Bit: [time, record] or [[time, metadata], record].
  const [head, record] = value;
  const date: unknown = Array.isArray(head) ? head[0] : head;
  if (typeof date === 'number' && isObject(record) && value.length === 2) take(dated.with(date, record));
  else for (const item of value) take(item);
}

/** Puts the date of a record before its members. */
class DatedRecords {
  readonly #shapes = new ObjectShapes();
  readonly #names: string[] = ['date'];
  readonly #values: unknown[] = [];

  with(date: number, record: object): object {
    this.#values[0] = date;
    let n = 1;
    for (const name in record) {
      this.#names[n] = name;
      this.#values[n] = (record as Readonly<Record<string, unknown>>)[name];
      n += 1;
    }
    return this.#shapes.object(this.#names, this.#values, 0, n);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
