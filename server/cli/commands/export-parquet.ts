/** `thermocline export parquet --to FOLDER`: writes invocations and rollups for DuckDB, Athena, Spark and others. */
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { parseTime } from '../../../ingest/records/time.ts';
import { byteSize, count } from '../../../ingest/text/quantities.ts';
import { version } from '../../config/paths.ts';
import { examples, timeArgument } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { ExportSummary } from '../export/export-parquet.ts';
import { exportParquet } from '../export/export-parquet.ts';
import { writeErr, writeJson, writeOut } from '../output.ts';
import { Progress } from '../progress.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { onTermination } from '../signals.ts';
import { openServer } from '../target.ts';
import { UserError } from '../user-error.ts';

export function exportParquetCommand(parent: Command, run: Run): void {
  parent
    .command('parquet')
    .description(
      'write invocations and hourly rollups as Parquet, a folder for each day; later runs write what changed',
    )
    .requiredOption('--to <folder>', 'folder to write to')
    .addOption(
      new Option('--since <time>', 'first day: 2026-11-01 or now-90d').default('now-35d').argParser(timeArgument),
    )
    .addOption(urlOption())
    .addOption(tokenOption('read'))
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      examples(
        'thermocline export parquet --to /srv/lambda',
        'thermocline export parquet --to /srv/lambda --since now-400d',
        'duckdb -c "SELECT function, count(*) FROM \'/srv/lambda/invocations/*/*.parquet\' GROUP BY function"',
      ),
    )
    .action((options: ParquetOptions) => run(() => parquet(options)));
}

interface ParquetOptions {
  readonly to: string;
  readonly since: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

async function parquet(options: ParquetOptions): Promise<number> {
  if (/^[a-z0-9]+:\/\//i.test(options.to))
    throw new UserError(`--to: expected a folder, got ${options.to}. Copy the folder with aws s3 sync`);
  const folder = resolve(options.to);
  createFolder(folder);
  const stopping = new AbortController();
  onTermination(() => stopping.abort());
  const target = await openServer(options);
  const nowMs = Date.now();
  let progress = new Progress(0, 'rows');
  try {
    const summary = await exportParquet({
      request: target.request,
      folder,
      fromMs: parseTime(options.since, nowMs) ?? nowMs,
      toMs: nowMs,
      version,
      signal: stopping.signal,
      onStart: (invocations) => {
        progress = new Progress(invocations, 'rows');
      },
      onRow: (note) => progress.add(1, note),
    });
    progress.finish();
    if (options.json === true) writeJson(summary);
    else writeOut(sentenceOf(summary, folder));
    return 0;
  } catch (error) {
    progress.finish();
    if (!stopping.signal.aborted) throw writingFault(folder, error);
    writeErr('Interrupted. Complete days are kept; run the command again to go on.\n');
    return 130;
  } finally {
    await target.close();
  }
}

/** Creates the folder in one that exists: a recursive mkdir does not end where parents cannot be created. @throws UserError */
function createFolder(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw writingFault(folder, error);
  }
}

/** What went wrong with the disk, in a sentence; any other error unchanged. */
function writingFault(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error) || 'address' in error) return error;
  return new UserError(`--to: expected a folder that can be written, but ${folder} cannot be (${String(error.code)})`);
}

function sentenceOf({ written, unchanged, kept, rows, bytes }: ExportSummary, folder: string): string {
  const days = (n: number): string => (n === 1 ? '1 day' : `${n} days`);
  const lines = [
    written.length === 0
      ? `Nothing new: ${days(unchanged)} had not changed in ${folder}`
      : `Wrote ${days(written.length)} (${written[0]} to ${written.at(-1)}), ${count(rows)} rows, ${byteSize(bytes)}, to ${folder}; ${unchanged} had not changed`,
  ];
  if (kept.length > 0)
    lines.push(
      `Kept the invocations of ${days(kept.length)} (${kept[0]} to ${kept.at(-1)}): Thermocline no longer stores all of them`,
    );
  return lines.map((line) => `${line}\n`).join('');
}
