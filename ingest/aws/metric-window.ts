/** Plans the time ranges in which metrics are requested. Pure: time is an argument. */

import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';

export interface MetricWindow {
  /** Inclusive; the start of a minute. */
  readonly fromMs: number;
  /** Exclusive; the start of a minute. */
  readonly toMs: number;
  /** Whether this range looks far back for points that came late or were corrected. */
  readonly wide: boolean;
}

/** Points are published late and corrected: so much before the watermark is read again. It costs nothing, since AWS bills metrics, not points. */
const OVERLAP_MS = 15 * MINUTE_MS;
/** Longest range of one request: 500 statistics of 180 minutes are within the 100,800 points of one page. */
export const LONGEST_WINDOW_MS = 3 * HOUR_MS;
const WIDE_EVERY_MS = HOUR_MS;
/** CloudWatch keeps points of one minute for 15 days, and lists metrics that had values within two weeks. */
const FARTHEST_MS = 14 * DAY_MS;

/** Ranges from the last position to the last complete minute, in order; each begins where the one before ends. */
export function metricWindows(
  checkpoint: Pick<PullCheckpoint, 'watermarkMs' | 'wideMs'> | null,
  nowMs: number,
): readonly MetricWindow[] {
  const endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  // If the clock went backwards, the watermark is in the future: the overlap then counts from now.
  const readMs = Math.min(checkpoint?.watermarkMs ?? endMs - LONGEST_WINDOW_MS, endMs);
  const wide = nowMs - (checkpoint?.wideMs ?? Number.NEGATIVE_INFINITY) >= WIDE_EVERY_MS;
  const overlapped = checkpoint?.watermarkMs == null ? readMs : readMs - OVERLAP_MS;
  const fromMs = Math.max(endMs - FARTHEST_MS, wide ? Math.min(overlapped, endMs - LONGEST_WINDOW_MS) : overlapped);
  const windows: MetricWindow[] = [];
  for (let at = fromMs; at < endMs; at += LONGEST_WINDOW_MS)
    windows.push({ fromMs: at, toMs: Math.min(at + LONGEST_WINDOW_MS, endMs), wide });
  return windows;
}
