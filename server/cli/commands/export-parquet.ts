/** `thermocline export parquet --to FOLDER|s3://BUCKET/PREFIX`: writes invocations and rollups for DuckDB, Athena, Spark and others. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { parseS3Address } from '../../../ingest/aws/s3/s3-address.ts';
import { parseTime } from '../../../ingest/records/time.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { byteSize, count } from '../../../ingest/text/quantities.ts';
import { configFromProcess } from '../../config/environment.ts';
import { version } from '../../config/paths.ts';
import type { ExportProgress } from '../../jobs/parquet-export.ts';
import { examples, timeArgument } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { ExportSummary } from '../export/export-parquet.ts';
import { exportParquet } from '../export/export-parquet.ts';
import type { ExportTarget } from '../export/export-target.ts';
import { folderTarget } from '../export/export-target.ts';
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
    .requiredOption('--to <target>', 'folder, or address in S3 or a compatible service: s3://bucket/prefix')
    .addOption(
      new Option('--since <time>', 'first day: 2026-11-01 or now-90d').default('now-35d').argParser(timeArgument),
    )
    .option('--region <name>', 'region of the bucket (default: from the AWS SDK)')
    .option('--profile <name>', 'profile of ~/.aws/config for the bucket')
    .option('--endpoint <url>', 'address of a service compatible with S3, such as MinIO (AWS_ENDPOINT_URL_S3)')
    .addOption(urlOption())
    .addOption(tokenOption('read'))
    .option('--json', 'print the summary as JSON')
    .addOption(new Option('--of-server', 'report the progress to the server that starts this command').hideHelp())
    .addHelpText(
      'after',
      examples(
        'thermocline export parquet --to /srv/lambda',
        'thermocline export parquet --to s3://my-bucket/lambda --since now-400d',
        'thermocline export parquet --to s3://my-bucket --endpoint http://minio:9000',
        'duckdb -c "SELECT function, count(*) FROM \'/srv/lambda/invocations/*/*.parquet\' GROUP BY function"',
      ),
    )
    .action((options: ParquetOptions) => run(() => parquet(options)));
}

interface ParquetOptions {
  readonly to: string;
  readonly since: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly ofServer?: boolean;
}

async function parquet(options: ParquetOptions): Promise<number> {
  const stopping = new AbortController();
  onTermination(() => stopping.abort());
  const { signal } = stopping;
  const target = await exportTarget(options, signal);
  let progress = new Progress(0, 'rows');
  const server = options.ofServer === true ? startedByServer(stopping) : null;
  let report = reporter(server, 0);
  try {
    const source = await openServer(options);
    try {
      const nowMs = Date.now();
      const summary = await exportParquet({
        request: source.request,
        target,
        fromMs: parseTime(options.since, nowMs) ?? nowMs,
        toMs: nowMs,
        version,
        signal,
        onStart: (invocations) => {
          progress = new Progress(invocations, 'rows');
          report = reporter(server, invocations);
        },
        onRow: (note) => {
          progress.add(1, note);
          report(note);
        },
      });
      progress.finish();
      if (options.json === true) writeJson(summary);
      else writeOut(sentenceOf(summary, target.where));
      return 0;
    } finally {
      await source.close();
    }
  } catch (error) {
    progress.finish();
    if (!signal.aborted) throw error;
    writeErr('Interrupted. Complete days are kept; run the command again to go on.\n');
    return 130;
  } finally {
    target.close();
  }
}

const REPORT_MS = 500;

/** Sends messages to the server that started this process, and stops when it is gone. */
function startedByServer(stopping: AbortController): ((progress: ExportProgress) => void) | null {
  process.once('disconnect', () => stopping.abort());
  // Waiting for it does not keep this process running.
  process.channel?.unref();
  return (progress) => process.send?.(progress, undefined, undefined, () => undefined);
}

/** Says how far the export is, now and then. */
function reporter(send: ((progress: ExportProgress) => void) | null, invocations: number): (note: string) => void {
  let rows = 0;
  let reportedMs = 0;
  return (note) => {
    rows += 1;
    if (send === null || performance.now() - reportedMs < REPORT_MS) return;
    reportedMs = performance.now();
    send({ rows, invocations, note });
  };
}

/** @throws UserError if the address has another form, or the target cannot be used */
async function exportTarget(
  { to, region, profile, endpoint }: ParquetOptions,
  signal: AbortSignal,
): Promise<ExportTarget> {
  if (!/^[a-z0-9]+:\/\//i.test(to)) {
    if (region !== undefined || profile !== undefined || endpoint !== undefined)
      throw new UserError('--region, --profile and --endpoint: expected an address such as s3://bucket/prefix in --to');
    return folderTarget(to);
  }
  const address = parseS3Address(to);
  if (address === null)
    throw new UserError(`--to: expected a folder or an address such as s3://bucket/prefix, got ${plain(to)}`);
  const { s3Target } = await import('../export/s3-target.ts');
  return s3Target({ address, scope: { region, profile, endpoint, proxy: configFromProcess().proxy }, signal });
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
