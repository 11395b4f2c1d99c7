/** `thermocline tail`: shows invocations live, coloured on a terminal, plain in a pipe. */

import { styleText } from 'node:util';
import type { Command } from 'commander';
import { Option } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { fixed, integer } from '../../../ingest/text/quantities.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { Invocation } from '../../http/contract/invocations.ts';
import { examples, wholeNumber } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { Target } from '../target.ts';
import { openTarget } from '../target.ts';
import { plain } from '../text.ts';
import { UserError } from '../user-error.ts';

export function tailCommand(program: Command, run: Run): void {
  program
    .command('tail')
    .description('show invocations live, as the running server receives them')
    .argument('[function]', 'show only this function')
    .addOption(
      new Option('--last <n>', 'start with the last n invocations of the past day').default(10).argParser(wholeNumber),
    )
    .option('--cold', 'show only cold starts')
    .option('--failed', 'show only failed invocations')
    .option('--json', 'print one JSON object per line')
    .addHelpText('after', examples('thermocline tail checkout', 'thermocline tail --failed --json | jq .requestId'))
    .action((name: string | undefined, options: TailOptions) => run(() => tail(configFromProcess(), name, options)));
}

interface TailOptions {
  readonly last: number;
  readonly cold?: boolean;
  readonly failed?: boolean;
  readonly json?: boolean;
}

const RECONNECT_MS = 2000;

async function tail(config: Config, name: string | undefined, options: TailOptions): Promise<number> {
  const target = await openTarget(config);
  if (!target.remote) {
    await target.close();
    throw new UserError('No server is running on this data folder. Start one with `thermocline serve`.');
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  // Also end when the output pipe closes (head).
  process.stdout.once('error', () => stopping.abort());
  const filter = new URLSearchParams({
    ...(name === undefined ? {} : { function: name }),
    ...(options.cold === true ? { cold: 'true' } : {}),
  });
  for (const invocation of (await recent(target, filter, options)).toReversed()) show(invocation, options);
  if (options.failed === true) filter.set('failed', 'true');
  while (!stopping.signal.aborted) {
    try {
      const response = await target.request(`/api/v1/live?${filter}`, { signal: stopping.signal });
      if (!response.ok || response.body === null) await readAnswer(response);
      else await follow(response.body, options);
    } catch (error) {
      if (error instanceof UserError) throw error;
    }
    if (isAborted(stopping.signal)) break;
    process.stderr.write('Connection lost. Reconnecting …\n');
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
  return 0;
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function recent(target: Target, filter: URLSearchParams, options: TailOptions): Promise<readonly Invocation[]> {
  if (options.last === 0) return [];
  const query = new URLSearchParams(filter);
  query.set('limit', String(Math.min(500, options.last)));
  const page = await readAnswer<{ items: Invocation[] }>(await target.request(`/api/v1/invocations?${query}`));
  return options.failed === true ? page.items.filter((item) => item.status !== 'success') : page.items;
}

/** Parses server-sent events: blocks of lines that end with an empty line. */
async function follow(body: ReadableStream<Uint8Array>, options: TailOptions): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      event(text.slice(0, end), options);
      text = text.slice(end + 2);
    }
  }
}

function event(block: string, options: TailOptions): void {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  if (field('event') === 'invocation') show(JSON.parse(field('data')) as Invocation, options);
  if (field('event') !== 'counts') return;
  const { notSent } = JSON.parse(field('data')) as { notSent: number };
  if (notSent > 0) process.stderr.write(`… ${notSent} more not shown\n`);
}

const COLOURS = { timeout: 'red', error: 'red', oom: 'red', exit: 'red', success: 'green' } as const;

function show(invocation: Invocation, options: TailOptions): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(invocation)}\n`);
    return;
  }
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    process.stdout.isTTY ? styleText(style, text) : text;
  const { coldStart } = invocation;
  const init = invocation.initDurationMs ?? invocation.restoreDurationMs;
  const parts = [
    paint('dim', invocation.endedAt.slice(11, 23)),
    paint('bold', plain(invocation.function.name)),
    paint(COLOURS[invocation.status], invocation.status.padEnd(7)),
    `${fixed(invocation.durationMs, 2)} ms`,
    ...(invocation.maxMemoryUsedMb === null
      ? []
      : [`${invocation.maxMemoryUsedMb}/${invocation.memorySizeMb ?? '?'} MB`]),
    ...(coldStart === null
      ? []
      : [
          paint(
            coldStart.userFelt === true ? 'cyan' : 'dim',
            `cold ${coldStart.kind}${init === null ? '' : ` ${integer(init)} ms`}`,
          ),
        ]),
    ...(invocation.errorType === null ? [] : [paint('red', plain(invocation.errorType))]),
    paint('dim', plain(invocation.requestId)),
  ];
  process.stdout.write(`${parts.join('  ')}\n`);
}
