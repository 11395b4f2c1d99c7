/**
 * Exports to Parquet each day, by `thermocline export parquet` in a process of its own at low priority. The last result is kept in the
 * data folder, so that a restart repeats nothing.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import * as z from 'zod';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../ingest/records/time.ts';
import type { OnTrouble } from './storage-watch.ts';

/** A day is settled this long after its end: late lines and causes of cold starts have arrived. */
export const SETTLE_MS = 6 * HOUR_MS;
const FIRST_RETRY_MS = 5 * MINUTE_MS;
const LONGEST_RETRY_MS = 6 * HOUR_MS;
/** Characters of its messages that are kept. */
const KEPT_OUTPUT = 1000;
/** Longest summary: two lists of days. */
const MOST_SUMMARY = 262_144;

export interface ParquetExportSettings {
  /** A folder, or an address such as s3://bucket/prefix. */
  readonly to: string;
  /** Days before today that a run compares. */
  readonly days: number;
}

/** What the process sends while it exports. */
const progressMessage = z.object({
  /** Rows so far. */
  rows: z.number(),
  /** Invocations of the days that are written. */
  invocations: z.number(),
  /** What is being written. */
  note: z.string(),
});
export type ExportProgress = z.infer<typeof progressMessage>;

const summary = z.object({
  written: z.array(z.string()),
  unchanged: z.number(),
  kept: z.array(z.string()),
  rows: z.number(),
  bytes: z.number(),
});

const lastRun = z.object({
  /** Where it exported to. */
  to: z.string(),
  /** Epoch ms. */
  startedMs: z.number(),
  tookMs: z.number(),
  /** Numbers of days. */
  written: z.number(),
  unchanged: z.number(),
  kept: z.number(),
  /** The newest day that it wrote; null if it wrote none. */
  lastDay: z.string().nullable(),
  rows: z.number(),
  bytes: z.number(),
});
export type LastExport = z.infer<typeof lastRun>;

export interface ParquetExportState {
  readonly to: string;
  /** Null if none runs. */
  readonly running: { readonly startedMs: number; readonly progress: ExportProgress | null } | null;
  /** The last run that was completed; null before. */
  readonly last: LastExport | null;
  /** Why the newest run was not completed; null if it was. */
  readonly failure: { readonly atMs: number; readonly message: string; readonly attempts: number } | null;
  /** When the next run starts, epoch ms. */
  readonly nextMs: number;
}

export interface ParquetExportOptions {
  readonly settings: ParquetExportSettings;
  /** The program of the command line. */
  readonly entry: string;
  /** Environment of the process: it finds this server by its data folder. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of the last result; null if there is none. */
  readonly load: () => Promise<string | null>;
  readonly save: (text: string) => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onTrouble: OnTrouble;
}

export class ParquetExport {
  readonly #options: ParquetExportOptions;
  #isLoaded = false;
  #last: LastExport | null = null;
  #running: ParquetExportState['running'] = null;
  #failure: ParquetExportState['failure'] = null;

  constructor(options: ParquetExportOptions) {
    this.#options = options;
  }

  state(): ParquetExportState {
    const { settings, now } = this.#options;
    const nextMs = nextRunMs(this.#last, this.#failure, now());
    return { to: settings.to, running: this.#running, last: this.#last, failure: this.#failure, nextMs };
  }

  /** Exports if a day has settled since the last run, or that run failed a while ago. Resolves when the export ended. */
  async round(signal: AbortSignal): Promise<void> {
    const { now, load, save, settings, onTrouble } = this.#options;
    if (!this.#isLoaded) this.#last = readLast(await load(), settings.to, now());
    this.#isLoaded = true;
    const startedMs = now();
    if (nextRunMs(this.#last, this.#failure, startedMs) > startedMs) return;
    this.#running = { startedMs, progress: null };
    try {
      const { written, kept, ...rest } = await this.#export(signal);
      const result = { to: settings.to, startedMs, tookMs: Math.max(0, now() - startedMs), ...rest };
      this.#last = { ...result, written: written.length, kept: kept.length, lastDay: written.at(-1) ?? null };
      this.#failure = null;
      onTrouble('export', null);
      await save(JSON.stringify(this.#last));
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const attempts = (this.#failure?.attempts ?? 0) + 1;
      this.#failure = { atMs: now(), message, attempts };
      onTrouble('export', `The export to Parquet failed: ${message} It is tried again at ${iso(this.state().nextMs)}.`);
    } finally {
      this.#running = null;
    }
  }

  /** Runs the process. Rejects with what it said if it fails. */
  async #export(signal: AbortSignal): Promise<z.infer<typeof summary>> {
    const { entry, environment, settings } = this.#options;
    const { to, days } = settings;
    const child = fork(entry, ['export', 'parquet', '--to', to, '--since', `now-${days}d`, '--json', '--of-server'], {
      execArgv: [],
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    lowerPriority(child);
    child.on('message', (message) => {
      const { data } = progressMessage.safeParse(message);
      if (data !== undefined && this.#running !== null) this.#running = { ...this.#running, progress: data };
    });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    try {
      const { code, output, errors } = await endOf(child);
      if (code !== 0) throw new Error(sentence(errors) || `the process ended with ${code ?? 'a signal'}.`);
      return summary.parse(JSON.parse(output));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

/**
 * When the next run starts, epoch ms; a time that has come stays in the past. The runs of a day start when the day before it is settled.
 */
export function nextRunMs(
  last: Pick<LastExport, 'startedMs'> | null,
  failure: Pick<NonNullable<ParquetExportState['failure']>, 'atMs' | 'attempts'> | null,
  nowMs: number,
): number {
  // A clock that was set back must not leave the next run far away.
  if (failure !== null && failure.atMs <= nowMs)
    return failure.atMs + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, failure.attempts - 1));
  const latest = Math.floor((nowMs - SETTLE_MS) / DAY_MS) * DAY_MS + SETTLE_MS;
  return last === null || last.startedMs < latest || last.startedMs > nowMs ? latest : latest + DAY_MS;
}

/** The last result, unless it is of another target or of a time that has not come. */
function readLast(text: string | null, to: string, nowMs: number): LastExport | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { data } = lastRun.safeParse(value);
  return data === undefined || data.to !== to || data.startedMs > nowMs ? null : data;
}

function endOf(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  let [output, errors] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    if (output.length < MOST_SUMMARY) output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-KEPT_OUTPUT);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close` follows the last output.
    child.once('close', (code) => resolve({ code, output, errors }));
  });
}

/** The last line, which says what failed, as a sentence. */
function sentence(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}

function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not permitted: it runs at the priority of the server.
  }
}
