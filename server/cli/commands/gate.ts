/** `thermocline gate FUNCTION`: lets a pipeline go on, or stops it, by what the last deployment changed. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { ApiError, requestJson } from '../../../ingest/api/api-client.ts';
import { UnreachableError } from '../../../ingest/api/unreachable.ts';
import { durationMs, iso, SECOND_MS } from '../../../ingest/records/time.ts';
import { duration } from '../../../ingest/text/quantities.ts';
import type { ChangesAnswer } from '../../http/contract/changes.ts';
import type { CompareAnswer } from '../../http/contract/compare.ts';
import { durationArgument, examples, timeArgument } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { Decision } from '../gate/decision.ts';
import { decide, EXIT_CODES } from '../gate/decision.ts';
import type { Limit } from '../gate/limits.ts';
import { METRICS, readLimit } from '../gate/limits.ts';
import type { Format, GateReport } from '../gate/output.ts';
import { FORMATS, formatReport } from '../gate/output.ts';
import { writeErr, writeOut } from '../output.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { openServer } from '../target.ts';
import { UserError } from '../user-error.ts';

export function gateCommand(program: Command, run: Run): void {
  const single = (name: string, text: string): Option =>
    new Option(`--${name} <percent>`, text).argParser((given) => readLimit(`${name}=${given}`));
  program
    .command('gate')
    .description(
      'stop a pipeline if a deployment made a function worse. Exit code: 0 fine, 1 worse, 2 not enough data yet, 3 no decision',
    )
    .argument('<function>', 'name or account:region:name')
    .addOption(
      new Option('--since-deploy', 'compare the time since the last deployment with the time before it').conflicts(
        'against',
      ),
    )
    .addOption(
      new Option('--deployed-after <time>', 'with --since-deploy: when this pipeline began to deploy, ISO 8601')
        .default(DEPLOYED_AFTER)
        .argParser(timeArgument),
    )
    .addOption(
      new Option(
        '--commit <sha>',
        'with --since-deploy: only the deployment that was reported with this commit',
      ).conflicts('against'),
    )
    .addOption(
      new Option('--against <duration>', 'compare the last day, or --last, with this much time before it').argParser(
        durationArgument,
      ),
    )
    .addOption(
      new Option('--last <duration>', 'time that is compared with --against').default('1d').argParser(durationArgument),
    )
    .addOption(
      new Option(
        '--max-regression <metric=percent>',
        `limit of a metric, several times: ${Object.keys(METRICS).join(', ')}. Rates are in percentage points`,
      ).argParser(readLimit),
    )
    .addOption(single('cost', 'the same as --max-regression cost=PERCENT'))
    .addOption(single('cold-start', 'the same as --max-regression cold-start=PERCENT'))
    .addOption(
      new Option(
        '--wait <duration>',
        'ask again each minute until it is decided, this long at most; a server that is away is waited for',
      ).argParser(durationArgument),
    )
    .addOption(new Option('--format <format>', 'of the output').choices([...FORMATS]).default('text'))
    .option('--output <file>', 'write to a file, and one line to the terminal')
    .addOption(urlOption())
    .addOption(tokenOption('read'))
    .addHelpText(
      'after',
      examples(
        'thermocline gate checkout --since-deploy --deployed-after 2026-11-28T14:00:00Z --max-regression p95=20% --wait 4h',
        'thermocline gate checkout --against 7d --max-regression errors=0.5% --format junit --output gate.xml',
      ),
    )
    .action((name: string, options: GateOptions) => run(() => gate(name, options)));
}

interface GateOptions {
  readonly sinceDeploy?: boolean;
  readonly deployedAfter: string;
  readonly commit?: string;
  readonly against?: string;
  readonly last: string;
  readonly maxRegression?: readonly Limit[];
  readonly cost?: readonly Limit[];
  readonly coldStart?: readonly Limit[];
  readonly wait?: string;
  readonly format: Format;
  readonly output?: string;
  readonly url?: string;
  readonly token?: string;
}

/** What has an effect on a function and is deployed. */
const DEPLOYED: readonly string[] = [
  'version',
  'deploy',
  'memory',
  'architecture',
  'layers',
  'extensions',
  'vpc',
  'timeout',
];
/** Time between two questions of --wait; a shorter wait has ten. */
const WAIT_MS = 60 * SECOND_MS;
const WAIT_SHARE = 0.1;
/** An older deployment is not that of the pipeline. */
const DEPLOYED_AFTER = 'now-1d';

type Ask = <T>(path: string, query: Readonly<Record<string, string>>) => Promise<T>;

async function gate(name: string, options: GateOptions): Promise<number> {
  const limits = [...(options.maxRegression ?? []), ...(options.cost ?? []), ...(options.coldStart ?? [])];
  if (limits.length === 0) throw new UserError('Give at least one limit, such as --max-regression p95=20%');
  if (new Set(limits.map(({ metric }) => metric)).size < limits.length)
    throw new UserError('A metric has two limits; give one');
  if (options.sinceDeploy !== true && options.against === undefined)
    throw new UserError('Give --since-deploy, or --against with a duration such as 7d');
  const target = await openServer(options);
  // Repeated while the server is busy: a pipeline that waits for hours must not end by one 503.
  const ask: Ask = (path, query) => requestJson(target.request, `${path}?${new URLSearchParams(query)}`);
  try {
    const report = await untilDecided(() => judge(ask, name, options, limits, target.url), options.wait);
    return print(report, options);
  } finally {
    await target.close();
  }
}

/**
 * Asks until there is a decision, or the time to wait has passed. A server that restarts meanwhile is waited for as well.
 * @throws what the last question failed of, if the server is away at the end
 */
async function untilDecided(question: () => Promise<GateReport>, wait: string | undefined): Promise<GateReport> {
  const waitMs = wait === undefined ? 0 : durationMs(wait);
  const until = Date.now() + waitMs;
  let hasAnswered = false;
  for (;;) {
    let reason = 'Not enough data yet';
    try {
      const report = await question();
      if (report.outcome !== 'open' || Date.now() >= until) return report;
      hasAnswered = true;
    } catch (error) {
      if (Date.now() >= until || !mayPass(error, hasAnswered)) throw error;
      reason = error.message;
    }
    const leftMs = Math.max(0, until - Date.now());
    writeErr(`${reason}; asking again for up to ${duration(leftMs)}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(WAIT_MS, waitMs * WAIT_SHARE, leftMs)));
  }
}

/**
 * Whether it may pass by waiting: the server comes back, and a function that was deployed for the first time is known from its first lines
 * on. An address that was never right does not become so.
 */
function mayPass(error: unknown, hasAnswered: boolean): error is Error {
  if (error instanceof UnreachableError) return error.isTemporary || hasAnswered;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429 || error.status === 404);
}

async function judge(
  ask: Ask,
  name: string,
  options: GateOptions,
  limits: readonly Limit[],
  address: string | null,
): Promise<GateReport> {
  const open: Decision = { outcome: 'open', checks: [] };
  const link = (search: Readonly<Record<string, string>>): string | null =>
    address === null ? null : `${address}/compare?${new URLSearchParams({ function: name, ...search })}`;
  if (options.against !== undefined) {
    const nowMs = Date.now();
    const [lastMs, againstMs] = [durationMs(options.last), durationMs(options.against)];
    const after = `${iso(nowMs - lastMs)}/${iso(nowMs)}`;
    const before = `${iso(nowMs - lastMs - againstMs)}/${iso(nowMs - lastMs)}`;
    const answer = await ask<CompareAnswer>('/api/v1/compare', { function: name, before, after });
    const compared = `the last ${options.last} against ${options.against} before`;
    return {
      ...decide(answer.differences, limits),
      function: name,
      compared,
      reason: null,
      url: link({ before, after }),
    };
  }
  const changes = await ask<ChangesAnswer>('/api/v1/changes', { function: name, from: options.deployedAfter });
  const { commit = '' } = options;
  const change = changes.items.find(
    ({ kinds, deploy }) =>
      kinds.some((kind) => DEPLOYED.includes(kind)) &&
      (deploy?.commit ?? '').toLowerCase().startsWith(commit.toLowerCase()),
  );
  if (change === undefined)
    return {
      ...open,
      function: name,
      compared: 'no deployment',
      // The lines of a new version may still be on their way: an earlier deployment says nothing of it.
      reason: `No deployment${commit === '' ? '' : ` of commit ${commit}`} is known since ${options.deployedAfter}`,
      url: null,
    };
  const decision = change.reason === null ? decide(change.differences, limits) : open;
  const compared = `${change.label}, ${change.at}`;
  return { ...decision, function: name, compared, reason: change.reason, url: link({ with: change.at }) };
}

function print(report: GateReport, { format, output }: GateOptions): number {
  const text = formatReport(report, format);
  if (output === undefined) writeOut(text);
  else {
    writeReport(output, text);
    writeOut(`${formatReport(report, 'text').split('\n')[0]}\n`);
  }
  return EXIT_CODES[report.outcome];
}

/** @throws UserError if the file cannot be written. */
function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError(`--output: ${error instanceof Error ? error.message : String(error)}`);
  }
}
