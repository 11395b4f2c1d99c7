/** `thermocline move --to clickhouse`: history from the data folder into ClickHouse. Interrupted or killed, it goes on where it was. */

import { HOUR_MS } from '../../ingest/records/time.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths } from '../config/paths.ts';
import type { MoveParts } from '../roles/transfer.ts';
import { composeMove } from '../roles/transfer.ts';
import { compareAnswers } from '../storage/transfer/compare.ts';
import type { Difference, Moved } from '../storage/transfer/transfer.ts';
import { leftToMove, move } from '../storage/transfer/transfer.ts';
import { Progress } from './progress.ts';
import { plain } from './text.ts';
import { UserError } from './user-error.ts';

/** Differences that are named one by one. */
const MOST_NAMED = 20;

export async function moveTo(config: Config): Promise<number> {
  if (config.clickhouse !== null) {
    throw new UserError(
      'THERMOCLINE_STORE is clickhouse already: unset it, and keep THERMOCLINE_CLICKHOUSE_URL. It says where to move to',
    );
  }
  const parts = await composeMove(config, assetPaths, Date.now);
  const stopping = new AbortController();
  const interrupt = (): void => stopping.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const moved = await copied(parts, stopping.signal);
    if (moved.interrupted) {
      process.stdout.write('Interrupted; what was copied is there. Run it again to go on.\n');
      return 130;
    }
    if (moved.different.length > 0) return told(moved.different);
    await derived(parts);
    if (stopping.signal.aborted) {
      process.stdout.write('Interrupted; everything is copied, not all of it is derived. Run it again to go on.\n');
      return 130;
    }
    return await compared(parts);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    await parts.close();
  }
}

async function copied({ source, target }: MoveParts, signal: AbortSignal): Promise<Moved> {
  const progress = new Progress(await leftToMove(source, target), 'invocations');
  try {
    const moved = await move({ source, target, signal, onProgress: (n, name) => progress.add(n, plain(name)) });
    progress.finish();
    process.stdout.write(
      `Copied ${moved.invocations} invocations of ${moved.functions} functions, ${moved.days} days; ${moved.skipped} days were there already. Each day was counted and its checksum compared.\n`,
    );
    return moved;
  } finally {
    progress.finish();
  }
}

async function derived({ after, derivation }: MoveParts): Promise<void> {
  process.stderr.write('Judging environments …\n');
  await after.attribution.classifyPending();
  process.stderr.write('Deriving causes …\n');
  const { hours: slots, coldStarts } = await derivation.round(true);
  process.stdout.write(`Derived ${slots} hours of functions, ${coldStarts} cold starts.\n`);
}

function told(different: readonly Difference[]): number {
  for (const { name, dayMs, here, there } of different.slice(0, MOST_NAMED)) {
    process.stdout.write(
      `${plain(name)} on ${new Date(dayMs).toISOString().slice(0, 10)}: ${here.n} invocations here, ${there.n} there${
        here.n === there.n ? ', and they are not the same' : ''
      }\n`,
    );
  }
  process.stdout.write(
    `${different.length} days differ. Run it again; where they differ still, ClickHouse holds what this folder does not.\n`,
  );
  return 1;
}

async function compared({ source, before, after }: MoveParts): Promise<number> {
  if (before === null) {
    process.stdout.write(
      'A server uses this folder: what it takes in from now on is not moved. Stop it and run this again: that copies the rest, and compares the answers of both.\n',
    );
    return 0;
  }
  const functions = source.functions();
  const fromMs = Math.min(...functions.map((one) => one.firstSeenMs));
  const toMs = Math.max(...functions.map((one) => one.lastSeenMs));
  const range = { fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS, toMs: (Math.floor(toMs / HOUR_MS) + 1) * HOUR_MS };
  const progress = new Progress(0, 'questions');
  const result =
    functions.length === 0
      ? { questions: 0, different: [] }
      : await compareAnswers(before.read, after.read, range, (name) => progress.add(1, plain(name)));
  progress.finish();
  if (result.different.length > 0) {
    for (const name of result.different.slice(0, MOST_NAMED))
      process.stdout.write(`Answered differently: ${plain(name)}\n`);
    process.stdout.write(`${result.different.length} of ${result.questions} questions are answered differently.\n`);
    return 1;
  }
  process.stdout.write(
    `Both stores answer ${result.questions} questions alike. Set THERMOCLINE_STORE=clickhouse and start the server; the folder keeps tokens, rules, alerts and settings.\n`,
  );
  return 0;
}
