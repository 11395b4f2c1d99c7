/** History of log groups: one scan each, a few at a time, resumed where an earlier run ended. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import type { PullCheckpoint, PullScan, WriteOutcome } from '../sink.ts';
import type { FoundGroup } from './log-groups.ts';
import type { GroupKey, PullSink } from './pull.ts';
import { freshCheckpoint, runScan } from './pull.ts';

export interface BackfillJob {
  readonly client: CloudWatchLogsClient;
  readonly groups: readonly FoundGroup[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly filterPattern: string | null;
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
/** An unfinished scan that began this close to the wanted start is the same backfill, asked for a little later. */
const SAME_START_MS = 86_400_000;
/** The end of a complete backfill is read again: events appear late. */
const READ_AGAIN_MS = 3_600_000;

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
    const scans = scansFor(stored, job.fromMs, job.toMs);
    resumed = stored?.scan != null && scans[0] === stored.scan;
    for (const scan of scans) {
      const ended = await runScan({
        client: job.client,
        key,
        checkpoint,
        scan,
        filterPattern: job.filterPattern,
        sink: job.sink,
        seen: null,
        now: job.now,
        // What is complete reaches from `wideMs` to the watermark.
        complete: (done) => ({
          watermarkMs: Math.max(done.toMs, checkpoint.watermarkMs ?? done.toMs),
          wideMs: Math.min(done.fromMs, job.fromMs, checkpoint.wideMs ?? job.fromMs),
        }),
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

/** A complete backfill that began early enough need only be followed up. */
function isCovered(stored: PullCheckpoint, fromMs: number): boolean {
  const { wideMs, watermarkMs } = stored;
  return wideMs !== null && watermarkMs !== null && wideMs <= fromMs + SAME_START_MS && watermarkMs >= fromMs;
}

/** What is left to read: the rest of an unfinished scan, and then what it did not cover. */
export function scansFor(stored: PullCheckpoint | null, fromMs: number, toMs: number): readonly PullScan[] {
  const scan = (from: number, to: number): PullScan => ({
    fromMs: from,
    toMs: to,
    nextToken: null,
    newestMs: null,
    wide: false,
  });
  const open = stored?.scan ?? null;
  if (open === null && stored !== null && isCovered(stored, fromMs)) {
    return [scan(Math.min(toMs, (stored.watermarkMs ?? toMs) - READ_AGAIN_MS), toMs)];
  }
  if (open === null || open.fromMs > fromMs + SAME_START_MS || open.toMs < fromMs || open.toMs > toMs) {
    return [scan(fromMs, toMs)];
  }
  const before = open.fromMs > fromMs ? [scan(fromMs, open.fromMs - 1)] : [];
  const after = open.toMs < toMs ? [scan(open.toMs + 1, toMs)] : [];
  return [open, ...after, ...before];
}
