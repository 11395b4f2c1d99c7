/** `thermocline deploy-marker`: reports a deployment with its commit, author and address. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import { requestJson } from '../../../ingest/api/api-client.ts';
import { iso, parseTime } from '../../../ingest/records/time.ts';
import { plain } from '../../../ingest/text/printable.ts';
import type { ReportedDeploy } from '../../http/contract/markers.ts';
import { examples, timeArgument } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { openServer } from '../target.ts';

interface MarkerOptions {
  readonly function?: readonly string[];
  readonly commit?: string;
  readonly author?: string;
  readonly link?: string;
  readonly functionVersion?: string;
  readonly label?: string;
  readonly at?: string;
  readonly id?: string;
  readonly url?: string;
  readonly token?: string;
}

export function deployMarkerCommand(program: Command, run: Run): void {
  program
    .command('deploy-marker')
    .description('report a deployment: charts and changes show its commit, author and address')
    .option('--function <name...>', 'names, ids, or patterns such as orders-*; without it, all functions')
    .option('--commit <sha>', 'commit that was deployed')
    .option('--author <name>', 'who deployed it')
    .option('--link <url>', 'address of the commit, the pull request or the run')
    .option('--function-version <version>', 'version of the functions, as published')
    .option('--label <text>', 'instead of the version and the commit')
    .addOption(new Option('--at <time>', 'when it was deployed; without it, now').argParser(timeArgument))
    .option('--id <id>', 'what tells this deployment from others, such as the id of the run: it is stored once')
    .addOption(urlOption())
    .addOption(tokenOption('deploy'))
    .addHelpText(
      'after',
      examples(
        "thermocline deploy-marker --function checkout 'orders-*' --commit 9f2c1d7 --author Ada --id run-8123",
        'thermocline deploy-marker --function checkout --function-version 43 --at 2026-11-28T14:02:00Z',
      ),
    )
    .action((options: MarkerOptions) => run(() => reportDeploy(options)));
}

async function reportDeploy({
  functionVersion: version,
  link,
  url,
  token,
  at,
  ...given
}: MarkerOptions): Promise<number> {
  const { function: functions, id = randomUUID(), label, commit, author } = given;
  const atMs = at === undefined ? null : parseTime(at, Date.now());
  const body = {
    ...{ id, functions, label, version, commit, author, url: link },
    ...(atMs === null ? {} : { at: iso(atMs) }),
  };
  const target = await openServer({ url, token });
  try {
    // A repetition has the same id: a server that stored the first one answers it again.
    const stored = await requestJson<ReportedDeploy>(target.request, '/api/v1/markers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const which = stored.functions.length === 0 ? 'all functions' : stored.functions.map(plain).join(', ');
    writeOut(`Reported the deployment of ${which} at ${stored.at} (id ${stored.id}).\n`);
    return 0;
  } finally {
    await target.close();
  }
}
