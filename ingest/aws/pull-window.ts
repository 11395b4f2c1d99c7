/** Which stretch of time a poll asks for, and what it knows afterwards. Pure: time is an argument. */

import type { PullCheckpoint, PullScan } from '../records/pull-checkpoint.ts';
import { DAY_MS, MINUTE_MS } from '../records/time.ts';

export interface PullTiming {
  /** Read again before the watermark: late events appear behind it. */
  readonly overlapMs: number;
  /** The first poll of a group begins this far back. */
  readonly firstLookbackMs: number;
  /** Once in `reconcileEveryMs`, a scan reaches this far back. */
  readonly reconcileMs: number;
  readonly reconcileEveryMs: number;
  /** The watermark stays this far behind the clock. */
  readonly latencyMs: number;
  /** After a scan without events the watermark moves to this far behind its end. */
  readonly quietMs: number;
}

export const DEFAULT_TIMING: PullTiming = {
  overlapMs: 15 * MINUTE_MS,
  firstLookbackMs: DAY_MS,
  // As far back as it is apart, and as much again: what is a day late still comes.
  reconcileMs: 2 * DAY_MS,
  reconcileEveryMs: DAY_MS,
  latencyMs: MINUTE_MS,
  quietMs: 60 * MINUTE_MS,
};

/** A scan under way goes on; else the next one overlaps the last. The end is inclusive, and so is the start. */
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
  // A clock that was set back leaves the watermark ahead of it: the overlap then counts from now.
  const fromMs = Math.min(overlapped, nowMs - timing.overlapMs, wide ? nowMs - timing.reconcileMs : overlapped);
  return { fromMs, toMs: nowMs, nextToken: null, newestMs: null, wide, filtered: false };
}

/** The watermark after the last page: the newest event seen, never ahead of the clock, never backwards. */
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

/** Pages come sorted by time: where a token is of no use any more, the newest event is where to go on. */
export function restarted(scan: PullScan): PullScan {
  return { ...scan, fromMs: scan.newestMs ?? scan.fromMs, nextToken: null };
}
