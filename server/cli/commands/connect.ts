/** `thermocline connect`: prints a deploy kit with endpoint and a new ingest key filled in. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Argument } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import type { Kit } from '../../config/deploy-kits.ts';
import { endpointProblem, forwarderProblem, KEY_PLACEHOLDER, KIT_IDS, kits } from '../../config/deploy-kits.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { assetPaths } from '../../config/paths.ts';
import type { NewTokenAnswer } from '../../http/contract/tokens.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeErr, writeOut } from '../output.ts';
import { openTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

export function connectCommand(program: Command, run: Run): void {
  program
    .command('connect')
    .description('print a template that connects an AWS account, with endpoint and a new ingest key filled in')
    .addArgument(new Argument('[kit]', 'what to print; lists the kits if omitted').choices(KIT_IDS))
    .option('--endpoint <url>', 'external URL of this server (default: THERMOCLINE_PUBLIC_URL)')
    .option('--out <folder>', 'write the files into this folder instead of printing them; never overwrites a file')
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
  /** Folder to write the files into. */
  readonly out?: string;
  /** Commander's name for --no-key. */
  readonly key: boolean;
}

async function connect(config: Config, kitId: string | undefined, options: ConnectOptions): Promise<number> {
  const baseUrl = baseUrlOf(config, options);
  const known = kits(assetPaths.kits, { baseUrl, key: KEY_PLACEHOLDER });
  if (kitId === undefined) {
    for (const kit of known) writeOut(`${kit.id.padEnd(16)} ${kit.summary}\n`);
    writeOut('\nnpx thermocline connect KIT --endpoint https://YOUR-HOST prints one, ready to use.\n');
    return 0;
  }
  const planned = known.find((kit) => kit.id === kitId);
  if (planned === undefined) {
    throw new UserError(
      `The files of the kit ${kitId} are missing in this installation. There are ${known.map((kit) => kit.id).join(', ')}.`,
    );
  }
  checkOutput(planned, options.out);
  const needsKey = JSON.stringify(planned).includes(KEY_PLACEHOLDER);
  const key = options.key && needsKey ? await newKey(config, kitId) : KEY_PLACEHOLDER;
  const kit = kits(assetPaths.kits, { baseUrl, key }).find((candidate) => candidate.id === kitId);
  if (kit === undefined) return 1;
  explain(kit, problemOf(kit, baseUrl), key !== KEY_PLACEHOLDER);
  if (options.out === undefined) print(kit);
  else write(kit, options.out);
  return 0;
}

/** Checks where the files are to go, before a key is created. @throws UserError naming the option. */
function checkOutput({ id, files, joinable }: Kit, out: string | undefined): void {
  const names = files.map(({ name }) => name);
  if (out === undefined) {
    if (joinable || process.stdout.isTTY) return;
    throw new UserError(
      `${id} has ${files.length} files (${names.join(', ')}), which one stream cannot hold. Add --out FOLDER to write them.`,
    );
  }
  if (files.length === 0) throw new UserError(`--out: the kit ${id} has no files`);
  const existing = names.find((name) => existsSync(join(out, name)));
  if (existing !== undefined) {
    throw new UserError(`--out ${out}: ${existing} exists there and is not overwritten. Use another folder.`);
  }
}

/** The external address with its path prefix, without a slash at the end. */
function baseUrlOf(config: Config, options: ConnectOptions): string {
  const given = options.endpoint ?? config.publicUrl ?? `http://${config.host}:${config.port}`;
  const text = /^[a-z]+:\/\//i.test(given) ? given : `https://${given}`;
  const expected = 'expected a URL such as https://thermocline.example.com or https://example.com/thermocline';
  if (!URL.canParse(text)) throw new UserError(`--endpoint ${given}: ${expected}`);
  const { protocol, origin, pathname, search, hash, username } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') throw new UserError(`--endpoint ${given}: ${expected}`);
  if (search !== '' || hash !== '' || username !== '')
    throw new UserError(`--endpoint ${given}: ${expected}, without user, query and fragment`);
  const prefix = pathname.replace(/\/+$/, '');
  if (/\/ingest\/(?:firehose|lambda|logs)$/.test(prefix))
    throw new UserError(
      `--endpoint ${given}: leave out ${prefix.slice(prefix.lastIndexOf('/ingest/'))}; each kit adds its own path`,
    );
  if (!/^[\w./~%-]*$/.test(prefix))
    throw new UserError(`--endpoint ${given}: ${expected}, without special characters in the path`);
  return `${origin}${prefix}`;
}

function problemOf(kit: Kit, baseUrl: string): string | null {
  const uses = (path: string): boolean => kit.steps.some((step) => step.command?.includes(path) === true);
  if (uses('/ingest/firehose')) return endpointProblem(baseUrl)?.text ?? null;
  if (uses('/ingest/lambda')) return forwarderProblem(baseUrl);
  if (kit.id === 'proxy' && new URL(baseUrl).pathname !== '/')
    return `The examples serve Thermocline at the root of its host. For ${new URL(baseUrl).pathname}, remove the prefix before the request reaches Thermocline (handle_path in Caddy; proxy_pass with a path in nginx). The pages themselves need a host of their own.`;
  return null;
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

/** Prints instructions to standard error, so that standard output holds the file alone. */
function explain(kit: Kit, problem: string | null, hasKey: boolean): void {
  const say = (line: string): void => writeErr(`${line}\n`);
  say(`# ${kit.title}: ${kit.summary}`);
  if (problem !== null) say(`# ! ${problem}`);
  for (const [at, step] of kit.steps.entries()) {
    say(`# ${at + 1}. ${step.text}`);
    if (step.command !== null) say(`  ${step.command}`);
  }
  if (hasKey) say('# The ingest key above is not shown again. It can only send logs.');
}

/** Prints the files to standard output, so that they can be redirected. */
function print({ files }: Kit): void {
  for (const { name, text } of files) {
    if (files.length > 1) writeOut(`# ---- ${name}\n`);
    writeOut(text);
  }
}

/** Writes the files into a folder, which is created if it does not exist. @throws UserError if one cannot be written. */
function write({ files }: Kit, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    throw new UserError(`--out ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
  writeErr(`# Written to ${folder}: ${files.map(({ name }) => name).join(', ')}. Run the commands above there.\n`);
}
