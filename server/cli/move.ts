/** `thermocline move --to clickhouse`: copies history from the data folder into ClickHouse. An interrupted run resumes. */

import { HOUR_MS } from '../../ingest/records/time.ts';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths } from '../config/paths.ts';
import { attributionSentence } from '../jobs/attribution/attribution.ts';
import type { MoveParts } from '../roles/transfer.ts';
import { composeMove } from '../roles/transfer.ts';
import { compareAnswers } from '../storage/transfer/compare.ts';
import type { Difference, Moved } from '../storage/transfer/transfer.ts';
import { leftToMove, move } from '../storage/transfer/transfer.ts';
import { writeErr, writeOut } from './output.ts';
import { Progress } from './progress.ts';
import { UserError } from './user-error.ts';

/** Differences that are listed individually. */
const MAX_LISTED = 20;

export async function moveTo(config: Config): Promise<number> {
  if (config.clickhouse !== null) {
    throw new UserError(
      'THERMOCLINE_STORE is already clickhouse. Unset it and keep THERMOCLINE_CLICKHOUSE_URL, which names the target.',
    );
  }
  const parts = await composeMove(config, assetPaths, Date.now);
  const stopping = new AbortController();
  const interrupt = (): void => stopping.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const moved = await copy(parts, stopping.signal);
    if (moved.interrupted) {
      writeOut('Interrupted. Copied data is kept; run the command again to resume.\n');
      return 130;
    }
    if (moved.different.length > 0) return reportDifferences(moved.different);
    await attribute(parts);
    if (stopping.signal.aborted) {
      writeOut('Interrupted. Everything is copied, but attribution is incomplete; run the command again to resume.\n');
      return 130;
    }
    return await compareStores(parts);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    await parts.close();
  }
}

async function copy({ source, target }: MoveParts, signal: AbortSignal): Promise<Moved> {
  const progress = new Progress(await leftToMove(source, target), 'invocations');
  try {
    const moved = await move({ source, target, signal, onProgress: (n, name) => progress.add(n, plain(name)) });
    progress.finish();
    writeOut(
      `Copied ${moved.invocations} invocations of ${moved.functions} functions, ${moved.days} days; ${moved.skipped} days had been copied before. Counts and checksums match for each day.\n`,
    );
    return moved;
  } finally {
    progress.finish();
  }
}

async function attribute({ after, attribution }: MoveParts): Promise<void> {
  writeErr('Classifying invocations …\n');
  await after.attribution.classifyPending();
  writeErr('Attributing cold starts …\n');
  const { hours, coldStarts } = await attribution.round(true);
  writeOut(`Attributed ${coldStarts} cold starts in ${hours} function hours.\n`);
  const progress = attribution.progress();
  if (progress.failed.length > 0) writeErr(`${attributionSentence(progress)}\n`);
}

function reportDifferences(different: readonly Difference[]): number {
  for (const { name, dayMs, here, there } of different.slice(0, MAX_LISTED)) {
    writeOut(
      `${plain(name)} on ${new Date(dayMs).toISOString().slice(0, 10)}: ${here.n} invocations here, ${there.n} there${
        here.n === there.n ? ', with different content' : ''
      }\n`,
    );
  }
  writeOut(
    `${different.length} days differ. Run the command again; days that still differ contain data in ClickHouse that is not in this folder.\n`,
  );
  return 1;
}

async function compareStores({ source, before, after }: MoveParts): Promise<number> {
  if (before === null) {
    writeOut(
      'A server is running on this folder: data that it receives from now on is not copied. Stop it and run this command again to copy the rest and to compare both stores.\n',
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
    for (const name of result.different.slice(0, MAX_LISTED)) writeOut(`Different answers: ${plain(name)}\n`);
    writeOut(`${result.different.length} of ${result.questions} questions have different answers.\n`);
    return 1;
  }
  writeOut(
    `Both stores give the same answers to ${result.questions} questions. Set THERMOCLINE_STORE=clickhouse and start the server; tokens, rules, alerts and settings stay in this folder.\n`,
  );
  return 0;
}
