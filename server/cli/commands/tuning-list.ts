/** `thermocline tuning list`: lists imported results of AWS Lambda Power Tuning. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { duration, plural } from '../../../ingest/text/quantities.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { TuningRunsAnswer } from '../../http/contract/tuning-runs.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { withTarget } from '../target.ts';

export function tuningListCommand(tuning: Command, run: Run): void {
  tuning
    .command('list')
    .description('list imported results, newest import first')
    .option('--function <name>', 'only of this function')
    .action((options: { readonly function?: string }) => run(() => listTuningRuns(options.function)));
}

function listTuningRuns(name: string | undefined): Promise<number> {
  return withTarget(configFromProcess(), async (target) => {
    const query = new URLSearchParams({ limit: '500', ...(name === undefined ? {} : { function: name }) });
    const { items } = await readAnswer<TuningRunsAnswer>(await target.request(`/api/v1/tuning-runs?${query}`));
    if (items.length === 0) writeOut('No imported Power Tuning results.\n');
    for (const one of items) writeOut(`${lineOf(one)}\n`);
  });
}

export function lineOf({
  id,
  startedAt,
  importedAt,
  invocations,
  points,
  ...run
}: TuningRunsAnswer['items'][number]): string {
  const when = startedAt === null ? `imported ${dayOf(importedAt)}` : `ran ${dayOf(startedAt)}`;
  const n =
    invocations === null ? 'number of invocations not known' : `${plural(invocations, 'invocation')} at each size`;
  const sizes = points.map(({ memoryMb, durationMs }) => `${memoryMb} MB ${duration(durationMs)}`).join(', ');
  return `${id}  ${plain(run.function ?? 'unknown function')}: ${when}, ${n}; ${sizes}`;
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
