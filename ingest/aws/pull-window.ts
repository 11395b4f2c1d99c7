/** Plans the time range of a poll and the watermark after it. Pure: time is an argument. */

import type { PullCheckpoint, PullScan } from '../records/pull-checkpoint.ts';
import { DAY_MS, MINUTE_MS } from '../records/time.ts';

export interface PullTiming {
  /** Time before the watermark that is read again, because events can appear late. */
  readonly overlapMs: number;
  /** How far back the first poll of a group starts. */
  readonly firstLookbackMs: number;
  /** How far back a reconciliation scan reaches; there is one per `reconcileEveryMs`. */
  readonly reconcileMs: number;
  readonly reconcileEveryMs: number;
  /** Minimum distance of the watermark from the current time. */
  readonly latencyMs: number;
  /** After a scan without events, the watermark is this far before its end. */
  readonly quietMs: number;
}

export const DEFAULT_TIMING: PullTiming = {
  overlapMs: 15 * MINUTE_MS,
  firstLookbackMs: DAY_MS,
  // Twice the interval, so that events up to a day late are found.
  reconcileMs: 2 * DAY_MS,
  reconcileEveryMs: DAY_MS,
  latencyMs: MINUTE_MS,
  quietMs: 60 * MINUTE_MS,
};

/** Continues an unfinished scan, or plans one that overlaps the last. Start and end are inclusive. */
export function nextScan(checkpoint: PullCheckpoint | null, nowMs: number, timing: PullTiming): PullScan {
  if (checkpoint?.scan != null) return checkpoint.scan;
  const watermarkMs = checkpoint?.watermarkMs ?? null;
  if (watermarkMs === null)
    return {
      fromMs: nowMs - timing.firstLookbackMs,
      toMs: nowMs,
      nextToken: null,
      newestMs: null,
      wide: true,
      filtered: false,
    };
  const wide = nowMs - (checkpoint?.wideMs ?? 0) >= timing.reconcileEveryMs;
  const overlapped = watermarkMs - timing.overlapMs;
  // If the clock went backwards, the watermark is in the future: the overlap then counts from now.
  const fromMs = Math.min(overlapped, nowMs - timing.overlapMs, wide ? nowMs - timing.reconcileMs : overlapped);
  return { fromMs, toMs: nowMs, nextToken: null, newestMs: null, wide, filtered: false };
}

/** The watermark after the last page: the newest event, but never in the future and never earlier than before. */
export function watermarkAfter(
  previousMs: number | null,
  scan: Pick<PullScan, 'toMs' | 'newestMs'>,
  nowMs: number,
  timing: PullTiming,
): number {
  const reached =
    scan.newestMs === null ? scan.toMs - timing.quietMs : Math.min(scan.newestMs, nowMs - timing.latencyMs);
  return Math.max(previousMs ?? Number.NEGATIVE_INFINITY, reached);
}

/** Restarts a scan whose token expired from its newest event. Pages are sorted by time. */
export function restarted(scan: PullScan): PullScan {
  return { ...scan, fromMs: scan.newestMs ?? scan.fromMs, nextToken: null };
}
