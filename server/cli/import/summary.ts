/** What an import read, in words: invocations, functions, cold starts, days, and what could not be read and why. */
import type { Batch } from '../../../ingest/records/batch.ts';
import type { IgnoredReason } from '../../../ingest/records/ignored.ts';
import { IGNORED_REASONS } from '../../../ingest/records/ignored.ts';
import { COLUMN, COLUMNS } from '../../../ingest/records/invocation-columns.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { integer, plural } from '../../../ingest/text/quantities.ts';

/** Invocations that are remembered, so that two files that hold the same one count it once. */
const MAX_KNOWN = 1_000_000;
const SAMPLE_CHARS = 120;
const FILES_NAMED = 3;

const PLATFORM_WORDS = /(?:START|END|REPORT) RequestId: |INIT_START Runtime Version: /;
const UNKNOWN_FORM = [
  'platform-lines-in-unknown-form',
  'Lines that hold a platform line inside other text, in a form that is not known. Export with aws logs tail --format detailed or aws logs filter-log-events.',
] as const;
const APPLICATION_ONLY = [
  'no-platform-lines',
  'The file has no platform line (START, END, REPORT or INIT_START), only lines of an application or documents about other things. Export the log group without a filter pattern.',
] as const;

/** A line of `text` for people: the first that holds the words of a platform line, else the first of all. */
export function sampleOf(text: string): string {
  const at = Math.max(0, text.search(PLATFORM_WORDS));
  const from = text.lastIndexOf('\n', at) + 1;
  const [line = ''] = text.slice(Math.max(from, at - SAMPLE_CHARS / 2), at + SAMPLE_CHARS).split('\n', 1);
  return line;
}

interface Problem {
  readonly detail: string;
  n: number;
  readonly files: Set<string>;
  readonly sample: string;
}

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Returns whether `other` contains everything in `one`, and more. */
function isWithin(one: Scope, other: Scope): boolean {
  return [
    [one.account, other.account],
    [one.region, other.region],
  ].every(([a, b]) => a === '' || a === b);
}

export class ImportSummary {
  /** Accounts and regions by name of the function; "" where the lines do not name them. */
  readonly #functions = new Map<string, Map<string, Scope>>();
  readonly #known = new Set<string>();
  readonly #problems = new Map<string, Problem>();
  #invocations = 0;
  #coldStarts = 0;
  #records = 0;
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.NEGATIVE_INFINITY;
  #otherEvents = 0;

  /** Adds a part of `file`. Returns the number of events and records in it. */
  add(batch: Batch, file: string): number {
    const { n, numbers, requestIds, otherRequestIds } = batch.invocations;
    for (let row = 0; row < n; row += 1) {
      const field = (name: number): number => numbers[row * COLUMNS + name] ?? Number.NaN;
      const stream = batch.streams[field(COLUMN.stream)];
      const { account = '', region = '', functionName: name = '' } = stream ?? {};
      const endMs = field(COLUMN.endMs);
      const id =
        otherRequestIds.get(row) ?? Buffer.from(requestIds.subarray(row * 16, row * 16 + 16)).toString('latin1');
      const key = `${name} ${endMs} ${id}`;
      if (this.#known.has(key)) continue;
      if (this.#known.size < MAX_KNOWN) this.#known.add(key);
      const scopes = this.#functions.get(name) ?? new Map<string, Scope>();
      this.#functions.set(name, scopes.set(`${account}:${region}`, { account, region }));
      this.#invocations += 1;
      if (field(COLUMN.initMs) >= 0 || field(COLUMN.restoreMs) >= 0) this.#coldStarts += 1;
      this.#fromMs = Math.min(this.#fromMs, endMs);
      this.#toMs = Math.max(this.#toMs, endMs);
    }
    const others = batch.starts.length + batch.inits.length + batch.faults.length + batch.extensions.length;
    this.#otherEvents += others;
    this.#records += batch.records.length;
    for (const { reason, detail, payload, n: lines } of batch.deadLetters)
      this.#problem(reason, detail, file, payload, lines);
    return n + others + batch.records.length;
  }

  /** Adds text that the server refused or that was not sent. */
  addProblem(reason: string, detail: string, file: string): void {
    this.#problem(reason, detail, file, null);
  }

  /** Adds a file of which no line was read or refused: `ignored` lines or documents for these reasons, of which `sample` is one. */
  addIgnored(file: string, ignored: number, sample: string, reasons: ReadonlySet<IgnoredReason>): void {
    const [only, ...others] = reasons;
    const isOfOneKind = only !== undefined && only !== 'application' && others.length === 0;
    const other = PLATFORM_WORDS.test(sample) ? UNKNOWN_FORM : APPLICATION_ONLY;
    const [reason, detail] = isOfOneKind ? [only, `${IGNORED_REASONS[only]}.`] : other;
    this.#problem(reason, detail, file, Buffer.from(sample), ignored);
  }

  get nothingRead(): boolean {
    return this.#invocations + this.#otherEvents + this.#records === 0;
  }

  /** Lines that name neither account nor region are of the function that other lines of the name do name. */
  #functionCount(): number {
    const counts = [...this.#functions.values()].map((scopes) => {
      const all = [...scopes.values()];
      return all.filter((one) => !all.some((other) => other !== one && isWithin(one, other))).length;
    });
    return counts.reduce((sum, n) => sum + n, 0);
  }

  /** Such as "982 invocations of 3 functions, 25 cold starts, 14–16 Nov 2026". */
  headline(): string {
    if (this.nothingRead) return 'Nothing was read: no START, END, REPORT or INIT_START line with a time was found.';
    const parts: string[] = [];
    if (this.#invocations > 0) {
      parts.push(`${plural(this.#invocations, 'invocation')} of ${plural(this.#functionCount(), 'function')}`);
      parts.push(plural(this.#coldStarts, 'cold start'));
      parts.push(days(this.#fromMs, this.#toMs));
    } else if (this.#otherEvents > 0) {
      parts.push(`${plural(this.#otherEvents, 'platform event')} without a REPORT line, so no invocation is complete`);
    }
    if (this.#records > 0) parts.push(plural(this.#records, 'other record'));
    return parts.join(', ');
  }

  /** One line per reason, with a count, files and a sample. */
  problems(): readonly string[] {
    const all = [...this.#problems.values()];
    const lines = all.reduce((sum, one) => sum + one.n, 0);
    if (lines === 0) return [];
    return [
      `${plural(lines, 'line')} not read:`,
      ...all.map(({ n, detail, files, sample }) => {
        const named = [...files].slice(0, FILES_NAMED).join(', ');
        const more = files.size > FILES_NAMED ? ` and ${files.size - FILES_NAMED} more` : '';
        return `  ${integer(n)} × ${detail} (${named}${more})${sample === '' ? '' : `\n      such as: ${sample}`}`;
      }),
    ];
  }

  #problem(reason: string, detail: string, file: string, payload: Uint8Array | null, lines = 1): void {
    let problem = this.#problems.get(reason);
    if (problem === undefined) {
      const text = payload === null ? '' : Buffer.from(payload.subarray(0, SAMPLE_CHARS * 4)).toString('utf8');
      const sample = plain(text.trim().replaceAll(/\s+/g, ' ')).slice(0, SAMPLE_CHARS);
      problem = { detail: plain(detail), n: 0, files: new Set(), sample };
      this.#problems.set(reason, problem);
    }
    problem.n += lines;
    problem.files.add(file);
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Such as "14–16 Nov 2026", "30 Oct – 2 Nov 2026" or "30 Dec 2025 – 2 Jan 2026"; days of UTC. */
export function days(fromMs: number, toMs: number): string {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const day = (date: Date): string => String(date.getUTCDate());
  const month = (date: Date): string => `${day(date)} ${MONTHS[date.getUTCMonth()]}`;
  const full = (date: Date): string => `${month(date)} ${date.getUTCFullYear()}`;
  if (full(from) === full(to)) return full(to);
  if (from.getUTCFullYear() !== to.getUTCFullYear()) return `${full(from)} – ${full(to)}`;
  return from.getUTCMonth() === to.getUTCMonth() ? `${day(from)}–${full(to)}` : `${month(from)} – ${full(to)}`;
}
