/** `thermocline connect`: prints a deploy kit with endpoint and a new ingest key filled in. */

import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import type { Kit } from '../../config/deploy-kits.ts';
import { endpointProblem, KEY_PLACEHOLDER, kits } from '../../config/deploy-kits.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { assetPaths } from '../../config/paths.ts';
import type { NewTokenAnswer } from '../../http/contract/tokens.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { openTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

export function connectCommand(program: Command, run: Run): void {
  program
    .command('connect')
    .description('print a template that connects an AWS account, with endpoint and a new ingest key filled in')
    .argument('[kit]', 'cloudformation, sam, terraform, forwarder, pull, file or proxy; lists them if omitted')
    .option('--endpoint <url>', 'external URL of this server (default: THERMOCLINE_PUBLIC_URL)')
    .option('--no-key', 'do not create an ingest key')
    .addHelpText(
      'after',
      examples('thermocline connect cloudformation --endpoint https://thermocline.example.com > firehose.yaml'),
    )
    .action((kit: string | undefined, options: ConnectOptions) =>
      run(() => connect(configFromProcess(), kit, options)),
    );
}

interface ConnectOptions {
  readonly endpoint?: string;
  /** Commander's name for --no-key. */
  readonly key: boolean;
}

async function connect(config: Config, kitId: string | undefined, options: ConnectOptions): Promise<number> {
  const baseUrl = baseUrlOf(config, options);
  const known = kits(assetPaths.kits, { baseUrl, key: KEY_PLACEHOLDER });
  if (kitId === undefined) {
    for (const kit of known) process.stdout.write(`${kit.id.padEnd(16)} ${kit.summary}\n`);
    process.stdout.write('\nnpx thermocline connect KIT --endpoint https://YOUR-HOST prints one, ready to use.\n');
    return 0;
  }
  if (!known.some((kit) => kit.id === kitId)) {
    throw new UserError(`Unknown kit "${kitId}". Use one of ${known.map((kit) => kit.id).join(', ')}.`);
  }
  const needsKey = JSON.stringify(known.find((kit) => kit.id === kitId)).includes(KEY_PLACEHOLDER);
  const key = options.key && needsKey ? await newKey(config, kitId) : KEY_PLACEHOLDER;
  const kit = kits(assetPaths.kits, { baseUrl, key }).find((candidate) => candidate.id === kitId);
  if (kit !== undefined) print(kit, endpointProblem(baseUrl), key !== KEY_PLACEHOLDER);
  return 0;
}

function baseUrlOf(config: Config, options: ConnectOptions): string {
  const given = options.endpoint ?? config.publicUrl ?? `http://${config.host}:${config.port}`;
  const text = /^https?:\/\//.test(given) ? given : `https://${given}`;
  if (!URL.canParse(text))
    throw new UserError(`--endpoint ${given}: expected a URL such as https://thermocline.example.com`);
  return new URL(text).origin;
}

async function newKey(config: Config, kit: string): Promise<string> {
  const target = await openTarget(config);
  try {
    const response = await target.request('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `connect ${kit}`, scope: 'ingest' }),
    });
    return (await readAnswer<NewTokenAnswer>(response)).token;
  } finally {
    await target.close();
  }
}

/** Prints files to standard output, so that they can be redirected, and instructions to standard error. */
function print(kit: Kit, problem: string | null, hasKey: boolean): void {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`# ${kit.title}: ${kit.summary}`);
  if (problem !== null && kit.steps.some((step) => step.command?.includes('/ingest/firehose'))) say(`# ! ${problem}`);
  for (const [at, step] of kit.steps.entries()) {
    say(`# ${at + 1}. ${step.text}`);
    if (step.command !== null) say(`  ${step.command}`);
  }
  if (hasKey) say('# The ingest key above is not shown again. It can only send logs.');
  for (const file of kit.files) {
    if (kit.files.length > 1) process.stdout.write(`# ---- ${file.name}\n`);
    process.stdout.write(file.text);
  }
}
