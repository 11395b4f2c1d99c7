/**
 * Estimates how long before START an init must have ended to count as proactive. A handover to a waiting request takes
 * milliseconds; a proactive init idles for seconds to minutes. The gaps of a function form two clusters, and the threshold
 * lies between them.
 */

import { ascending, quantileOf } from '../statistics/order.ts';
import { MIN_PROACTIVE_THRESHOLD_MS } from './classify.ts';

/** Minimum number of gaps below the valley. */
const FEWEST_HANDOVERS = 20;
/** Minimum ratio of a valley's upper edge to its lower edge. */
const LEAST_RATIO = 3;
/** Longest plausible handover. A valley above it separates proactive inits from each other. */
const LONGEST_HANDOVER_MS = 10_000;

/**
 * Returns the threshold in ms: the geometric mean of the edges of the widest valley, but at least a second and the clock
 * skew. `gapsMs` are START minus end of init of on-demand cold starts; negative if clocks disagree.
 */
export function proactiveThresholdOf(gapsMs: readonly number[]): number {
  const gaps = ascending(gapsMs);
  if (gaps.length === 0) return MIN_PROACTIVE_THRESHOLD_MS;
  const floorMs = Math.max(MIN_PROACTIVE_THRESHOLD_MS, Math.ceil(-quantileOf(gaps, 0.01)));
  let [widest, limitMs] = [LEAST_RATIO, floorMs];
  for (let at = FEWEST_HANDOVERS; at < gaps.length; at += 1) {
    const fromMs = Math.max(1, gaps[at - 1] ?? 1);
    const toMs = Math.max(1, gaps[at] ?? 1);
    if (fromMs > LONGEST_HANDOVER_MS) break;
    if (toMs <= floorMs || toMs / fromMs < widest) continue;
    widest = toMs / fromMs;
    limitMs = Math.max(floorMs, Math.round(Math.sqrt(fromMs * toMs)));
  }
  return limitMs;
}
