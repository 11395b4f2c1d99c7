/** Reads the history of log groups: one scan each, resumed where an earlier run ended. */

import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import type { PullCheckpoint, PullScan } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import { HOUR_MS } from '../records/time.ts';
import { logClassProblem } from './log-class.ts';
import type { FoundGroup } from './log-groups.ts';
import { filterFor } from './platform-filter.ts';
import type { GroupKey, PullSink } from './pull.ts';
import { freshCheckpoint, runScan } from './pull.ts';

export interface BackfillJob {
  readonly client: CloudWatchLogsClient;
  readonly groups: readonly FoundGroup[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Applies to log groups of functions; other groups are read completely. */
  readonly filterPattern: string | null;
  /** Read every line: ranges read by earlier runs with a filter are read again. */
  readonly everything: boolean;
  readonly sink: PullSink;
  readonly now: () => number;
  readonly signal: AbortSignal;
  onProgress(progress: BackfillProgress): void;
}

export interface BackfillProgress {
  readonly logGroup: string;
  readonly events: number;
  /** Progress over all groups, from 0 to 1, by time range. */
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

/** A single scan uses the usual limit of four requests per second, and keeps one page in memory. */
const GROUPS_AT_ONCE = 1;
/** The last hour of a completed backfill is read again, because events can appear late. */
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
  const classProblem = logClassProblem(group.logClass);
  if (classProblem !== null) return { ...result, problem: classProblem };
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
        // The completed range is from `wideMs` to the watermark. An expired token moves the start of the scan, but the
        // whole original scan is complete.
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

/** A range without gaps; both ends are inclusive. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function coveredOf({ wideMs, watermarkMs }: PullCheckpoint): Range | null {
  return wideMs === null || watermarkMs === null ? null : { fromMs: wideMs, toMs: watermarkMs };
}

/** Joins two ranges that touch; of two that do not, keeps the longer one, because the time between was never read. */
function joined(before: Range | null, done: Range): Range {
  if (before === null) return done;
  if (before.toMs + 1 < done.fromMs || done.toMs + 1 < before.fromMs) {
    return before.toMs - before.fromMs > done.toMs - done.fromMs ? before : done;
  }
  return { fromMs: Math.min(before.fromMs, done.fromMs), toMs: Math.max(before.toMs, done.toMs) };
}

/**
 * The scans that remain for the requested range: the rest of an unfinished scan, then what neither it nor completed
 * backfills cover. `everything` ignores both if they may have filtered out application lines.
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
  // Only the end of an earlier run may have missed late events.
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
