/**
 * Reads the output of load generators: `hey` (summary, and `-o csv`) and Locust (`--csv` statistics). The caller splits
 * CSV into rows.
 */
import type { LoadTest } from '../records/load-test.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import { plainNumber } from '../text/plain-number.ts';

export type Rows = readonly (readonly string[])[];

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)`;
const HISTOGRAM = new RegExp(String.raw`^\s*${NUMBER} \[(\d+)\]\s`);
const LATENCY = new RegExp(String.raw`^\s*(\d{1,2}(?:\.\d+)?)%+ in ${NUMBER} secs`);
const STATUS = /^\s*\[(\d{3})\]\s+(\d+) responses/;
const ERROR = /^\s*\[(\d+)\]\s+\S/;

/** Whether a text may be the summary of hey; readHeySummary decides. */
export function looksLikeHey(text: string): boolean {
  return /^\s*Summary:\s*\n\s*Total:\s/.test(text.slice(0, 200));
}

/** Reads `hey`'s printed summary. Converts seconds to ms; fails without a histogram. */
export function readHeySummary(text: string, functionName: string | null): DocumentResult {
  const lines = text.slice(0, 262_144).split('\n');
  const nameInferred = (label: string): number | null => {
    const line = lines.find((candidate) => candidate.trimStart().startsWith(`${label}:`));
    const match = line === undefined ? null : new RegExp(`:\\s*${NUMBER}`).exec(line);
    return match === null ? null : Number(match[1]);
  };
  const histogram = matches(lines, HISTOGRAM).map(([bound, n]) => ({ upToMs: ms(bound), n: Number(n) }));
  const answered = histogram.reduce((sum, bar) => sum + bar.n, 0);
  const slowest = nameInferred('Slowest');
  if (answered === 0 || slowest === null) return { ok: false, reason: 'load-test-unreadable' };
  const errors = lines.findIndex((line) => line.startsWith('Error distribution'));
  const failures = errors === -1 ? [] : matches(lines.slice(errors), ERROR).map(([n]) => Number(n));
  const failed = failures.reduce((sum, n) => sum + n, 0);
  return one({
    tool: 'hey',
    functionName,
    name: 'hey',
    requests: answered + failed,
    failures: failed,
    totalMs: msOrNull(nameInferred('Total')),
    fastestMs: msOrNull(nameInferred('Fastest')),
    slowestMs: ms(slowest),
    averageMs: msOrNull(nameInferred('Average')),
    requestsPerSecond: nameInferred('Requests/sec'),
    histogram,
    quantiles: matches(lines, LATENCY).map(([percent, bound]) => ({ q: share(percent), ms: ms(bound) })),
    statuses: matches(lines, STATUS).map(([status, n]) => ({ status: Number(status), n: Number(n) })),
  });
}

/** Whether a CSV header is that of `hey -o csv`. */
export function looksLikeHeyCsv(header: readonly string[]): boolean {
  return header[0] === 'response-time' && header.includes('status-code');
}

/** Reads `hey -o csv`: one row per request, in seconds, after that of the names. Keeps no row: there may be very many short ones. */
export class HeyCsvReader {
  #columns: { readonly time: number; readonly status: number; readonly offset: number } | null = null;
  readonly #times: number[] = [];
  readonly #statuses = new Map<number, number>();
  #totalMs = Number.NEGATIVE_INFINITY;

  add(row: readonly string[]): void {
    if (this.#columns === null) {
      const names = row.map((name) => name.trim());
      const [time, status, offset] = ['response-time', 'status-code', 'offset'].map((name) => names.indexOf(name));
      this.#columns = { time: time ?? -1, status: status ?? -1, offset: offset ?? -1 };
      return;
    }
    const seconds = heyNumber(row[this.#columns.time]);
    if (Number.isNaN(seconds)) return;
    const status = heyNumber(row[this.#columns.status]);
    this.#times.push(ms(seconds));
    this.#totalMs = Math.max(this.#totalMs, ms(heyNumber(row[this.#columns.offset]) + seconds));
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  finish(functionName: string | null): DocumentResult {
    if (this.#times.length === 0) return { ok: false, reason: 'load-test-unreadable' };
    const times = Float64Array.from(this.#times).toSorted();
    const totalMs = this.#totalMs;
    return one({
      tool: 'hey',
      functionName,
      name: 'hey',
      requests: times.length,
      failures: 0,
      totalMs: Number.isFinite(totalMs) ? totalMs : null,
      fastestMs: times[0] ?? null,
      slowestMs: times.at(-1) ?? null,
      averageMs: round(times.reduce((sum, value) => sum + value, 0) / times.length),
      requestsPerSecond: totalMs > 0 ? times.length / (totalMs / 1000) : null,
      histogram: histogramOf(times),
      quantiles: [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map((q) => ({ q, ms: nearestRank(times, q) })),
      statuses: [...this.#statuses].filter(([code]) => code > 0).map(([code, n]) => ({ status: code, n })),
    });
  }
}

/** The number of a cell; NaN if it has none. */
function heyNumber(cell = ''): number {
  return numberOf(cell.trim()) ?? Number.NaN;
}

/** Whether a CSV header is that of Locust's statistics. */
export function looksLikeLocust(header: readonly string[]): boolean {
  return header[0] === 'Type' && header[1] === 'Name' && header.includes('Request Count');
}

/** Reads Locust's `_stats.csv`: one row per request name. The aggregate row is used only if there are no others. */
export function readLocustCsv(rows: Rows, functionName: string | null): DocumentResult {
  const [header = [], ...body] = rows;
  if (body.length > MAX_NAMES) return { ok: false, reason: 'load-test-too-many-names' };
  const columns = locustColumns(header);
  const tests = body.flatMap((row) => {
    const requests = numberIn(row, columns.at('Request Count'));
    return requests === null || requests === 0 ? [] : [locustTest(columns, row, requests, functionName)];
  });
  const named = tests.filter((test) => test.name !== 'Aggregated');
  const records = named.length > 0 ? named : tests;
  return records.length === 0 ? { ok: false, reason: 'load-test-unreadable' } : { ok: true, records };
}

/** Rows of Locust's statistics, one for each name of requests. A test has some hundred; each becomes a record. */
export const MAX_NAMES = 1000;

/** Where the columns are that are read, found once for all rows. */
interface LocustColumns {
  /** Index of the first column of that name; -1 if there is none. */
  at(name: string): number;
  /** The quantile of each column that is one. */
  readonly quantiles: readonly (number | null)[];
}

function locustColumns(header: readonly string[]): LocustColumns {
  const first = new Map(header.map((name, at) => [name, at] as const).toReversed());
  const quantiles = header.map((name, at) => {
    const percent = first.get(name) === at ? /^(\d{2,3}(?:\.\d+)?)%$/.exec(name)?.[1] : undefined;
    return percent === undefined ? null : share(percent);
  });
  return { at: (name) => first.get(name) ?? -1, quantiles };
}

/** The number in that cell; null if the row has none. */
function numberIn(row: readonly string[], index: number): number | null {
  return numberOf(row[index] ?? '');
}

const WHOLE_NUMBER = new RegExp(`^${NUMBER}$`);

/** A decimal number, with an exponent as Python prints small ones; null for any other text. */
function numberOf(text: string): number | null {
  const plain = plainNumber(text, 0, text.length);
  if (!Number.isNaN(plain)) return plain;
  const value = text.length <= LONGEST_NUMBER && WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

const LONGEST_NUMBER = 64;

function locustTest(
  columns: LocustColumns,
  row: readonly string[],
  requests: number,
  functionName: string | null,
): LoadTest {
  const at = (name: string): number | null => numberIn(row, columns.at(name));
  // Over the cells of the row, which are bytes of the body; the header may have many more.
  const quantiles = row.flatMap((_, index) => {
    const q = columns.quantiles[index] ?? null;
    const value = q === null ? null : numberIn(row, index);
    return q === null || value === null ? [] : [{ q, ms: value }];
  });
  return {
    kind: 'load-test',
    tool: 'locust',
    functionName,
    atMs: null,
    name: `${row[0] ?? ''} ${row[1] ?? ''}`.trim().slice(0, 512),
    requests,
    failures: at('Failure Count') ?? 0,
    totalMs: null,
    fastestMs: at('Min Response Time'),
    slowestMs: at('Max Response Time'),
    averageMs: at('Average Response Time'),
    requestsPerSecond: at('Requests/s'),
    histogram: [],
    quantiles,
    statuses: [],
  };
}

function one(test: Omit<LoadTest, 'kind' | 'atMs'>): DocumentResult {
  return { ok: true, records: [{ kind: 'load-test', atMs: null, ...test }] };
}

function matches(lines: readonly string[], pattern: RegExp): readonly (readonly [string, string])[] {
  return lines.flatMap((line) => {
    const match = pattern.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
  });
}

/** Ten equal bins between the fastest and the slowest request, as in `hey`. */
function histogramOf(sorted: Float64Array): LoadTest['histogram'] {
  const low = sorted[0] ?? 0;
  const high = sorted.at(-1) ?? 0;
  const bounds = Array.from({ length: 11 }, (_, at) => (at === 10 ? high : low + ((high - low) * at) / 10));
  return bounds.map((upToMs, at) => {
    const below = at === 0 ? Number.NEGATIVE_INFINITY : (bounds[at - 1] ?? 0);
    // Between a time and an infinite one there are no equal bins.
    const isNone = Number.isNaN(below) || Number.isNaN(upToMs);
    return { upToMs, n: isNone ? 0 : numberUpTo(sorted, upToMs) - numberUpTo(sorted, below) };
  });
}

/** How many of the values are at or below the bound. */
function numberUpTo(sorted: Float64Array, bound: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Smallest value with at least q of the values at or below it. */
function nearestRank(sorted: Float64Array, q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

/** Converts seconds to ms without binary rounding noise. */
function ms(seconds: string | number): number {
  return round(Number(seconds) * 1000);
}

function msOrNull(seconds: number | null): number | null {
  return seconds === null ? null : ms(seconds);
}

/** A percentage as a share: 0.999 for `99.9`. */
function share(percent: string): number {
  return round(Number(percent) / 100);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
