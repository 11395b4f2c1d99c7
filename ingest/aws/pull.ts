/**
 * Scans one log group with FilterLogEvents, page by page. Each page is stored together with the scan's position. The
 * watermark moves only with the last page, so an interrupted scan skips no events.
 */
import type { CloudWatchLogsClient, FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { PullCheckpoint, PullScan } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import { explainAws, isTokenExpired, stateOf } from './aws-errors.ts';
import { restarted } from './pull-window.ts';
import type { PulledEvent, SeenEvents } from './seen-events.ts';

export interface GroupKey {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
}

/** Stores pages and the position of scans. */
export interface PullSink {
  checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null>;
  /** Stores events and position in one transaction. */
  store(events: readonly PulledEvent[], checkpoint: PullCheckpoint): Promise<WriteOutcome>;
}

export interface ScanJob {
  readonly client: CloudWatchLogsClient;
  readonly key: GroupKey;
  readonly checkpoint: PullCheckpoint;
  readonly scan: PullScan;
  /** Server-side filter, or null for every event. */
  readonly filterPattern: string | null;
  readonly sink: PullSink;
  readonly seen: SeenEvents | null;
  readonly now: () => number;
  /** The checkpoint fields after a complete scan. */
  complete(scan: PullScan): Pick<PullCheckpoint, 'watermarkMs' | 'wideMs'>;
  onPage?(page: { readonly events: number; readonly outcome: WriteOutcome; readonly scan: PullScan }): void;
  readonly signal?: AbortSignal | undefined;
}

export interface ScanResult {
  readonly checkpoint: PullCheckpoint;
  readonly complete: boolean;
  readonly warning: string | null;
}

const PAGE_EVENTS = 10_000;

/** Runs a scan until its end, an error or an abort. Errors of AWS are stored as the checkpoint's state, not thrown. */
export async function runScan(job: ScanJob): Promise<ScanResult> {
  let { checkpoint } = job;
  let scan = withFilterOf(job);
  let restartedOnce = false;
  for (;;) {
    if (isAborted(job)) return { checkpoint, complete: false, warning: null };
    let page: FilterLogEventsCommandOutput;
    try {
      page = await job.client.send(commandOf(job, scan), job.signal === undefined ? {} : { abortSignal: job.signal });
    } catch (error) {
      if (isAborted(job)) return { checkpoint, complete: false, warning: null };
      if (scan.nextToken !== null && isTokenExpired(error) && !restartedOnce) {
        restartedOnce = true;
        scan = restarted(scan);
        continue;
      }
      return failed(job, checkpoint, error);
    }
    const events = page.events ?? [];
    const stuck = page.nextToken !== undefined && page.nextToken === scan.nextToken;
    const last = page.nextToken === undefined || stuck;
    scan = { ...scan, nextToken: last ? null : (page.nextToken ?? null), newestMs: newest(scan.newestMs, events) };
    const fresh = job.seen === null ? events : job.seen.fresh(events);
    checkpoint = {
      ...checkpoint,
      ...(last ? { ...job.complete(scan), scan: null } : { scan }),
      state: 'ok',
      message: null,
      events: checkpoint.events + fresh.length,
      updatedMs: job.now(),
    };
    const outcome = await job.sink.store(fresh, checkpoint);
    job.seen?.remember(fresh, scan.fromMs);
    job.onPage?.({ events: fresh.length, outcome, scan });
    if (last) {
      const warning = stuck ? `${job.key.logGroup}: AWS returned the same page token twice. The scan was ended.` : null;
      return { checkpoint, complete: true, warning };
    }
    restartedOnce = false;
  }
}

/** Restarts a scan that began with another filter, because its token is valid for that filter only. */
function withFilterOf({ scan, filterPattern }: ScanJob): PullScan {
  const filtered = filterPattern !== null;
  return scan.filtered === filtered ? scan : { ...scan, filtered, nextToken: null, newestMs: null };
}

function isAborted(job: ScanJob): boolean {
  return job.signal?.aborted ?? false;
}

function commandOf(job: ScanJob, scan: PullScan): FilterLogEventsCommand {
  return new FilterLogEventsCommand({
    logGroupName: job.key.logGroup,
    startTime: Math.max(0, scan.fromMs),
    endTime: scan.toMs,
    limit: PAGE_EVENTS,
    ...(job.filterPattern === null ? {} : { filterPattern: job.filterPattern }),
    ...(scan.nextToken === null ? {} : { nextToken: scan.nextToken }),
  });
}

function newest(previous: number | null, events: readonly PulledEvent[]): number | null {
  let latest = previous;
  for (const { timestamp } of events) {
    if (timestamp !== undefined && (latest === null || timestamp > latest)) latest = timestamp;
  }
  return latest;
}

/** Stores the error's state and explanation with the unchanged position. */
async function failed(job: ScanJob, before: PullCheckpoint, error: unknown): Promise<ScanResult> {
  const checkpoint: PullCheckpoint = {
    ...before,
    state: stateOf(error),
    message: explainAws(error, 'logs:FilterLogEvents'),
    updatedMs: job.now(),
  };
  await job.sink.store([], checkpoint);
  return { checkpoint, complete: false, warning: null };
}

/** The checkpoint of a group that was never read. */
export function freshCheckpoint(key: GroupKey, mode: PullCheckpoint['mode'], nowMs: number): PullCheckpoint {
  return {
    ...key,
    mode,
    watermarkMs: null,
    scan: null,
    wideMs: null,
    state: 'ok',
    message: null,
    events: 0,
    updatedMs: nowMs,
  };
}
