/** History of log groups: one scan each, a few at a time, resumed where an earlier run ended. */

import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import type { PullCheckpoint, PullScan } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import { HOUR_MS } from '../records/time.ts';
import type { FoundGroup } from './log-groups.ts';
import { filterFor } from './platform-filter.ts';
import type { GroupKey, PullSink } from './pull.ts';
import { freshCheckpoint, runScan } from './pull.ts';

export interface BackfillJob {
  readonly client: CloudWatchLogsClient;
  readonly groups: readonly FoundGroup[];
  readonly fromMs: number;
  readonly toMs: number;
  /** For groups of functions; records are read whole. */
  readonly filterPattern: string | null;
  /** Every line was asked for: what filtered runs read does not count as read. */
  readonly everything: boolean;
  readonly sink: PullSink;
  readonly now: () => number;
  readonly signal: AbortSignal;
  onProgress(progress: BackfillProgress): void;
}

export interface BackfillProgress {
  readonly logGroup: string;
  readonly events: number;
  /** Of all the time asked for, in all groups: 0 to 1. */
  readonly share: number;
}

export interface GroupResult {
  readonly logGroup: string;
  readonly events: number;
  readonly outcome: WriteOutcome;
  readonly complete: boolean;
  readonly resumed: boolean;
  readonly problem: string | null;
}

/** One after the other uses up the usual budget of four requests a second, and one page is in memory at a time. */
const GROUPS_AT_ONCE = 1;
/** The end of a complete backfill is read again: events appear late. */
const READ_AGAIN_MS = HOUR_MS;

export async function backfill(job: BackfillJob): Promise<readonly GroupResult[]> {
  const limit = pLimit(GROUPS_AT_ONCE);
  const shares = new Map<string, number>();
  const advance = (logGroup: string, events: number, share: number): void => {
    shares.set(logGroup, Math.max(shares.get(logGroup) ?? 0, Math.min(1, share)));
    const sum = [...shares.values()].reduce((total, part) => total + part, 0);
    job.onProgress({ logGroup, events, share: sum / job.groups.length });
  };
  return Promise.all(job.groups.map((group) => limit(() => one(job, group, advance))));
}

async function one(
  job: BackfillJob,
  group: FoundGroup,
  advance: (logGroup: string, events: number, share: number) => void,
): Promise<GroupResult> {
  const key: GroupKey = { account: group.account, region: group.region, logGroup: group.name };
  const outcome = { accepted: 0, duplicates: 0, ignored: 0, rejected: 0 };
  const result = { logGroup: group.name, events: 0, outcome, complete: false, resumed: false, problem: null };
  if (job.signal.aborted) return result;
  let events = 0;
  let resumed = false;
  try {
    const stored = await job.sink.checkpoint(key, 'backfill');
    let checkpoint = stored ?? freshCheckpoint(key, 'backfill', job.now());
    const scans = scansFor(stored, job);
    resumed = stored?.scan != null && scans[0] === stored.scan;
    for (const scan of scans) {
      const ended = await runScan({
        client: job.client,
        key,
        checkpoint,
        scan,
        filterPattern: filterFor(group.name, job.filterPattern),
        sink: job.sink,
        seen: null,
        now: job.now,
        // What is complete reaches from `wideMs` to the watermark. A token that expired moved the scan's start: it
        // is the whole scan that is done.
        complete: () => {
          const covered = joined(coveredOf(checkpoint), scan);
          return { wideMs: covered.fromMs, watermarkMs: covered.toMs };
        },
        onPage: (page) => {
          events += page.events;
          for (const name of ['accepted', 'duplicates', 'ignored', 'rejected'] as const)
            outcome[name] += page.outcome[name];
          const reachedMs = page.scan.newestMs ?? job.fromMs;
          advance(group.name, page.events, (reachedMs - job.fromMs) / Math.max(1, job.toMs - job.fromMs));
        },
        signal: job.signal,
      });
      checkpoint = ended.checkpoint;
      if (!ended.complete) return { ...result, events, resumed, problem: ended.checkpoint.message };
    }
    advance(group.name, 0, 1);
    return { ...result, events, resumed, complete: true };
  } catch (error) {
    return { ...result, events, resumed, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Without a gap, both ends inclusive. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function coveredOf({ wideMs, watermarkMs }: PullCheckpoint): Range | null {
  return wideMs === null || watermarkMs === null ? null : { fromMs: wideMs, toMs: watermarkMs };
}

/** Two ranges that touch are one. Of two that do not, the longer is kept: what lay between was never read. */
function joined(before: Range | null, done: Range): Range {
  if (before === null) return done;
  if (before.toMs + 1 < done.fromMs || done.toMs + 1 < before.fromMs) {
    return before.toMs - before.fromMs > done.toMs - done.fromMs ? before : done;
  }
  return { fromMs: Math.min(before.fromMs, done.fromMs), toMs: Math.max(before.toMs, done.toMs) };
}

/**
 * What is left to read of the range asked for: the rest of an unfinished scan, then what neither it nor complete
 * backfills cover. `everything` trusts neither where applications' own lines may have been filtered away.
 */
export function scansFor(
  stored: PullCheckpoint | null,
  { fromMs, toMs, everything }: Range & { readonly everything: boolean },
): readonly PullScan[] {
  const open = stored?.scan ?? null;
  const known = stored === null || everything ? null : coveredOf(stored);
  if (open === null || open.toMs < fromMs || open.toMs > toMs || (everything && open.filtered)) {
    return missing(known, fromMs, toMs, READ_AGAIN_MS);
  }
  const covered = joined(known, open);
  // What is read now is not late; what an earlier run ended with may have been.
  return [open, ...missing(covered, fromMs, toMs, covered.toMs === open.toMs ? 0 : READ_AGAIN_MS)];
}

function missing(covered: Range | null, fromMs: number, toMs: number, readAgainMs: number): readonly PullScan[] {
  const scan = (from: number, to: number): PullScan => ({
    fromMs: from,
    toMs: to,
    nextToken: null,
    newestMs: null,
    wide: false,
    filtered: false,
  });
  if (covered === null || covered.toMs < fromMs || covered.fromMs > toMs) return [scan(fromMs, toMs)];
  const again = Math.max(fromMs, Math.min(toMs, covered.toMs + 1 - readAgainMs));
  const after = readAgainMs > 0 || covered.toMs < toMs ? [scan(again, toMs)] : [];
  return covered.fromMs > fromMs ? [...after, scan(fromMs, covered.fromMs - 1)] : after;
}
