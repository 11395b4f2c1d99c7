/** `thermocline backfill`: imports the history of log groups with FilterLogEvents. An interrupted run resumes. */

import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { logsClient, regionOf } from '../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../ingest/aws/aws-errors.ts';
import type { GroupResult } from '../../ingest/aws/backfill.ts';
import { backfill } from '../../ingest/aws/backfill.ts';
import type { FoundGroup } from '../../ingest/aws/log-groups.ts';
import { findGroups } from '../../ingest/aws/log-groups.ts';
import { checkPlatformFilter } from '../../ingest/aws/platform-filter.ts';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import type { AwsScopeOptions, GroupOptions } from './aws-options.ts';
import { rangeOfArguments, selectionOf } from './aws-options.ts';
import { writeErr, writeOut } from './output.ts';
import { ShareProgress } from './progress.ts';
import { openTarget } from './target.ts';
import { UserError } from './user-error.ts';

export interface BackfillOptions extends GroupOptions, AwsScopeOptions {
  readonly since: string;
  readonly until: string;
  readonly everything?: boolean;
}

export async function runBackfill(config: Config, options: BackfillOptions): Promise<number> {
  const selection = selectionOf(options);
  const range = rangeOfArguments(options.since, options.until, Date.now());
  const requestsPerSecond = options.requestsPerSecond ?? config.pull.requestsPerSecond;
  const client = logsClient({ ...options, proxy: config.proxy }, { requestsPerSecond });
  const groups = await findOrExplain(async () => findGroups(client, selection, await regionOf(client)));
  if (groups.length === 0) throw new UserError(`No log group matches ${selection.include.join(', ')}`);
  const filterPattern = options.everything === true ? null : await patternFor(client);
  const target = await openTarget(config);
  const stopping = new AbortController();
  const interrupt = (): void => stopping.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = new ShareProgress('events');
  try {
    writeErr(
      `${groups.length} log ${groups.length === 1 ? 'group' : 'groups'}, ${new Date(range.fromMs).toISOString()} to ${new Date(range.toMs).toISOString()}\n`,
    );
    const results = await backfill({
      client,
      groups,
      ...range,
      filterPattern,
      everything: options.everything === true,
      sink: new HttpPullSink(target.request),
      now: Date.now,
      signal: stopping.signal,
      onProgress: ({ events, share, logGroup }) => progress.add(events, share, plain(logGroup)),
    });
    progress.finish();
    return report(results, stopping.signal.aborted, target.remote);
  } finally {
    progress.finish();
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    client.destroy();
    await target.close();
  }
}

async function findOrExplain(find: () => Promise<readonly FoundGroup[]>): Promise<readonly FoundGroup[]> {
  try {
    return await find();
  } catch (error) {
    throw new UserError(explainAws(error, 'logs:DescribeLogGroups'));
  }
}

async function patternFor(client: Parameters<typeof checkPlatformFilter>[0]): Promise<string | null> {
  const { pattern, warning } = await checkPlatformFilter(client);
  if (warning !== null) writeErr(`${warning}\n`);
  return pattern;
}

function report(results: readonly GroupResult[], interrupted: boolean, remote: boolean): number {
  const sum = (name: 'accepted' | 'duplicates' | 'ignored' | 'rejected'): number =>
    results.reduce((total, result) => total + result.outcome[name], 0);
  const failed = results.filter((result) => result.problem !== null);
  const done = results.filter((result) => result.complete).length;
  if (interrupted) writeOut('Interrupted. The following is stored; run the command again to resume.\n');
  writeOut(
    `${done} of ${results.length} log groups complete${results.some((result) => result.resumed) ? ' (resumed)' : ''}: ` +
      `accepted ${sum('accepted')}, duplicates ${sum('duplicates')}, ignored ${sum('ignored')}, rejected ${sum('rejected')}` +
      `${remote ? ' (through the running server)' : ''}\n`,
  );
  for (const { logGroup, problem } of failed) writeOut(`${plain(logGroup)}: ${plain(problem ?? '')}\n`);
  if (interrupted) return 130;
  return failed.length > 0 ? 1 : 0;
}
