/**
 * Writes invocations and rollups as Parquet, one folder for each day. A run writes the days that are new or changed since the last: each
 * file replaces the one before it at once, and the manifest follows each day, so that an interrupted run goes on where it was.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { ApiClient } from '../../../ingest/api/api-client.ts';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { DAY_MS, iso, MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import { SETTLE_MS } from '../../jobs/parquet-export.ts';
import { UserError } from '../user-error.ts';
import type { Dataset } from './datasets.ts';
import { DATASETS } from './datasets.ts';
import type { ExportTarget } from './export-target.ts';
import type { ExportedDay } from './manifest.ts';
import { manifestText, parseManifest } from './manifest.ts';
import type { ParquetFile } from './parquet-file.ts';

/** Most rows of one request to the API. */
const MOST_ROWS = 1_000_000;
/** Finest rollups, by which rows are counted before they are asked for. */
const COUNTED_MS = 5 * MINUTE_MS;

export interface ExportRequest {
  readonly request: ApiClient;
  readonly target: ExportTarget;
  /** First and last time, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Called with the number of invocations to write, once it is known. */
  readonly onStart: (invocations: number) => void;
  readonly onRow: (note: string) => void;
}

export interface ExportSummary {
  /** Days that were written. */
  readonly written: readonly string[];
  /** Days that had not changed. */
  readonly unchanged: number;
  /** Days whose files were kept because Thermocline no longer stores all of their invocations. */
  readonly kept: readonly string[];
  readonly rows: number;
  readonly bytes: number;
}

type DayState = 'changed' | 'kept';

/** @throws UserError, ApiError, or what the signal was aborted with; complete days are kept */
export async function exportParquet(options: ExportRequest): Promise<ExportSummary> {
  const { target, version } = options;
  const manifest = parseManifest(await target.readManifest(), version, target.where);
  const { ParquetFile: File } = await import('./parquet-file.ts');
  const exported = { ...manifest.days };
  const all = await storedDays(options);
  const changed = all.filter(({ day, fingerprint }) => {
    const before = exported[day];
    return before?.fingerprint !== fingerprint || !before.settled;
  });
  const written: string[] = [];
  const kept: string[] = [];
  let [rows, bytes] = [0, 0];
  options.onStart(changed.reduce((sum, { invocations }) => sum + invocations, 0));
  for (const { day, fingerprint } of changed) {
    const before = exported[day];
    const found = await exportDay(options, File, day, before);
    (found.state === 'kept' ? kept : written).push(day);
    exported[day] = {
      ...found.parts,
      fingerprint,
      writtenAt: iso(options.toMs),
      settled: isSettled(day, options.toMs),
    };
    rows += found.rows;
    bytes += found.bytes;
    await target.writeManifest(manifestText({ format: 1, version, days: exported }));
  }
  return { written, unchanged: all.length - changed.length, kept, rows, bytes };
}

function isSettled(day: string, nowMs: number): boolean {
  return Date.parse(day) + DAY_MS + SETTLE_MS <= nowMs;
}

interface StoredDay {
  readonly day: string;
  /** Digest of its rollups. */
  readonly fingerprint: string;
  readonly invocations: number;
}

/** Days that are asked for at once. */
const LISTED_MS = 365 * DAY_MS;

/** The days of the range with invocations, in order. */
async function storedDays({ request, fromMs: sinceMs, toMs, signal }: ExportRequest): Promise<readonly StoredDay[]> {
  const first = Math.floor(sinceMs / DAY_MS) * DAY_MS;
  const days = new Map<string, { readonly hash: Hash; invocations: number }>();
  // A request has at most 400 days.
  for (let fromMs = first; fromMs <= toMs; fromMs += LISTED_MS) {
    const range = { fromMs, toMs: Math.min(fromMs + LISTED_MS, toMs + 1) };
    for await (const line of exportLines(request, 'rollups', range, { interval: '1d' }, signal)) {
      const { bucketAt, invocations } = recordOf(line);
      const day = String(bucketAt).slice(0, 10);
      const known = days.get(day) ?? { hash: createHash('sha256'), invocations: 0 };
      days.set(day, known);
      known.hash.update(`${line}\n`);
      known.invocations += Number(invocations);
    }
  }
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, { hash, invocations }]) => ({ day, fingerprint: hash.digest('hex'), invocations }));
}

interface DayResult {
  readonly state: DayState;
  readonly parts: Pick<ExportedDay, 'invocations' | 'rollups'>;
  readonly rows: number;
  readonly bytes: number;
}

async function exportDay(
  options: ExportRequest,
  File: typeof ParquetFile,
  day: string,
  before: ExportedDay | undefined,
): Promise<DayResult> {
  const parts: { -readonly [name in Dataset['name']]?: ExportedDay['rollups'] } = {};
  let state: DayState = 'changed';
  for (const dataset of DATASETS) {
    // Both files of a day say the same.
    const isKept: boolean = state === 'kept';
    const written = isKept ? null : await writePart(options, File, dataset, day, before?.[dataset.name]);
    if (written === null) state = 'kept';
    const part = written ?? before?.[dataset.name];
    if (part !== undefined) parts[dataset.name] = part;
  }
  const nothing = { file: '', rows: 0, bytes: 0 };
  const { invocations = nothing, rollups = nothing } = parts;
  return {
    state,
    parts: { invocations, rollups },
    rows: invocations.rows + rollups.rows,
    bytes: invocations.bytes + rollups.bytes,
  };
}

/** Writes one file. Null if it had more invocations than are stored now, and is kept: retention has deleted them, or a person. */
async function writePart(
  { request, target, version, signal, onRow }: ExportRequest,
  File: typeof ParquetFile,
  dataset: Dataset,
  day: string,
  before: ExportedDay['rollups'] | undefined,
): Promise<ExportedDay['rollups'] | null> {
  const fromMs = Date.parse(day);
  const file = new File(target.partPath, dataset.columns, {
    'thermocline.version': version,
    'thermocline.dataset': dataset.name,
    'thermocline.day': day,
  });
  for await (const line of allLines(request, dataset, { fromMs, toMs: fromMs + DAY_MS }, signal)) {
    file.add(recordOf(line));
    onRow(`${dataset.name} of ${day}`);
  }
  await file.finish();
  if (dataset.name === 'invocations' && before !== undefined && file.rows < before.rows) return null;
  if (file.rows === 0) return { file: '', rows: 0, bytes: 0 };
  const name = `${dataset.name}/day=${day}/part-0.parquet`;
  return { file: name, rows: file.rows, bytes: await target.store(name) };
}

interface Range {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** The rows of a range, of any number: none is asked for that would reach the limit of the API. */
async function* allLines(
  request: ApiClient,
  { name, query }: Dataset,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const { fromMs, toMs } of await windowsOf(request, name, range, signal)) {
    let n = 0;
    for await (const line of exportLines(request, name, { fromMs, toMs }, query, signal)) {
      n += 1;
      yield line;
    }
    if (n >= MOST_ROWS)
      throw new UserError(
        `${iso(fromMs)} to ${iso(toMs)}: expected fewer than ${MOST_ROWS} rows. Run the export again`,
      );
  }
}

/** Parts of a range with fewer rows than a request returns, the newest first, as the API returns rows; all of it where that suffices. */
async function windowsOf(
  request: ApiClient,
  name: Dataset['name'],
  range: Range,
  signal: AbortSignal,
): Promise<readonly Range[]> {
  if (name === 'rollups' || (await countOf(request, range, signal)) < MOST_ROWS / 2) return [range];
  const { fromMs, toMs } = range;
  if (toMs - fromMs <= COUNTED_MS) return secondsOf(range);
  const middle = fromMs + Math.ceil((toMs - fromMs) / 2 / COUNTED_MS) * COUNTED_MS;
  return [
    ...(await windowsOf(request, name, { fromMs: middle, toMs }, signal)),
    ...(await windowsOf(request, name, { fromMs, toMs: middle }, signal)),
  ];
}

/** The seconds of a range, the newest first: how many rows each has is not known. */
function secondsOf({ fromMs, toMs }: Range): readonly Range[] {
  const seconds: Range[] = [];
  for (let endMs = toMs; endMs > fromMs; endMs -= SECOND_MS) seconds.push({ fromMs: endMs - SECOND_MS, toMs: endMs });
  return seconds;
}

/** Invocations by the rollups; the range is widened to their buckets. */
async function countOf(request: ApiClient, { fromMs, toMs }: Range, signal: AbortSignal): Promise<number> {
  const body = JSON.stringify({ from: iso(fromMs), to: iso(toMs), metric: 'invocations' });
  const headers = { 'content-type': 'application/json' };
  const answer = await readAnswer<{ groups: { values: Record<string, number | null> }[] }>(
    await request('/api/v1/query', { method: 'POST', headers, body, signal }),
  );
  return answer.groups.reduce((sum, { values }) => sum + (values['sum'] ?? 0), 0);
}

/** Lines of NDJSON of an export. @throws UserError if the answer ends in the middle of a line */
async function* exportLines(
  request: ApiClient,
  what: Dataset['name'],
  { fromMs, toMs }: Range,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const range = { from: String(fromMs), to: String(toMs), limit: String(MOST_ROWS), format: 'ndjson' };
  const response = await request(`/api/v1/export/${what}?${new URLSearchParams({ ...query, ...range })}`, { signal });
  if (!response.ok || response.body === null) {
    await readAnswer(response);
    return;
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    const lines = (text + decoder.decode(chunk, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
  if (text !== '') throw new UserError('The server ended the export before its last row. Run the export again');
}

function recordOf(line: string): Readonly<Record<string, unknown>> {
  const row: unknown = JSON.parse(line);
  if (typeof row !== 'object' || row === null) throw new UserError('Expected rows of an export, got another answer');
  return Object.fromEntries(Object.entries(row));
}
