/** `thermocline tail`: shows invocations live, coloured on a terminal, plain in a pipe. */

import type { Command } from 'commander';
import { Option } from 'commander';
import * as z from 'zod';
import { ApiError, readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { fixed, integer } from '../../../ingest/text/quantities.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { Invocation } from '../../http/contract/invocations.ts';
import { invocation as invocationSchema } from '../../http/contract/invocations.ts';
import { examples, wholeNumber } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { Painted } from '../output.ts';
import { writeErr, writeJson, writeStyled } from '../output.ts';
import type { Target } from '../target.ts';
import { openTarget } from '../target.ts';
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
/** Most invocations that one request returns. */
const MAX_RECENT = 500;

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
  const live = new URLSearchParams(filter);
  if (options.failed === true) live.set('failed', 'true');
  const printed = new PrintedKeys(new Date().toISOString());
  let missed = false;
  while (!stopping.signal.aborted) {
    try {
      // Opened before the latest invocations are read, so that none is lost between the two.
      const response = await target.request(`/api/v1/live?${live}`, { signal: stopping.signal });
      if (!response.ok || response.body === null) await readAnswer(response);
      else {
        const show = (invocation: Invocation): void => {
          if (printed.add(invocation)) print(invocation, options);
        };
        const latest = await recent(target, filter, options, missed ? MAX_RECENT : options.last);
        // After a lost connection, those that ended meanwhile.
        for (const one of latest.toReversed()) if (!missed || one.endedAt >= printed.newestEnd) show(one);
        missed = true;
        await follow(response.body, show);
      }
    } catch (error) {
      if (error instanceof UserError || isRefusal(error)) throw error;
    }
    if (isAborted(stopping.signal)) break;
    writeErr('Connection lost. Reconnecting …\n');
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
  return 0;
}

/** An unknown function or an ended credential: no further attempt helps. A server that starts or is busy answers 503 or 429. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Remembers which of the latest invocations were printed. */
class PrintedKeys {
  readonly #keys = new Set<string>();
  /** End of the newest printed invocation, ISO 8601; the time of the start before any was printed. */
  newestEnd: string;

  constructor(startedAt: string) {
    this.newestEnd = startedAt;
  }

  /** Returns whether the invocation was not printed before. */
  add({ function: { id }, requestId, endedAt }: Invocation): boolean {
    const key = `${id} ${requestId} ${endedAt}`;
    if (this.#keys.has(key)) return false;
    this.newestEnd = this.#keys.size === 0 || endedAt > this.newestEnd ? endedAt : this.newestEnd;
    this.#keys.add(key);
    if (this.#keys.size > 2 * MAX_RECENT) for (const oldest of this.#keys) return this.#keys.delete(oldest);
    return true;
  }
}

/** Returns the latest `last` invocations, newest first. */
async function recent(
  target: Target,
  filter: URLSearchParams,
  options: TailOptions,
  last: number,
): Promise<readonly Invocation[]> {
  if (last === 0) return [];
  const query = new URLSearchParams(filter);
  query.set('limit', String(Math.min(MAX_RECENT, last)));
  const page = await readAnswer<{ items: Invocation[] }>(await target.request(`/api/v1/invocations?${query}`));
  return options.failed === true ? page.items.filter((item) => item.status !== 'success') : page.items;
}

/** Parses server-sent events: blocks of lines that end with an empty line. */
async function follow(body: ReadableStream<Uint8Array>, show: (invocation: Invocation) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      event(text.slice(0, end), show);
      text = text.slice(end + 2);
    }
  }
}

function event(block: string, show: (invocation: Invocation) => void): void {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  const name = field('event');
  if (name === 'invocation') {
    const read = readData(invocationSchema, field('data'));
    if (read !== null) show(read);
  }
  const counts = name === 'counts' ? readData(notSentSchema, field('data')) : null;
  if (counts !== null && counts.notSent > 0) writeErr(`… ${counts.notSent} more not shown\n`);
}

const notSentSchema = z.object({ notSent: z.number() });

/** Parses the data of an event. Null, and a line on stderr, for an event that this version cannot read. */
function readData<T>(schema: z.ZodType<T>, data: string): T | null {
  try {
    return schema.parse(JSON.parse(data));
  } catch {
    writeErr('… an event of the server cannot be read and is not shown\n');
    return null;
  }
}

const COLOURS = { timeout: 'red', error: 'red', oom: 'red', exit: 'red', success: 'green' } as const;

function print(invocation: Invocation, options: TailOptions): void {
  if (options.json === true) {
    writeJson(invocation);
    return;
  }
  const paint = (style: Painted['style'], text: string): Painted => ({ style, text });
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
  writeStyled(parts, '  ');
}
