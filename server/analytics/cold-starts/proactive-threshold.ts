/**
 * How long before its START an init must have ended for nobody to have waited for it. Handovers take milliseconds, inits made
 * ahead lie idle for seconds to minutes: the function's own times between fall into two heaps, and the limit lies between.
 */

import { ascending, quantileOf } from '../statistics/order.ts';
import { MIN_PROACTIVE_THRESHOLD_MS } from './classify.ts';

/** Handovers seen, at least, before a valley above them is believed. */
const FEWEST_HANDOVERS = 20;
/** A valley is this many times as wide as it begins. */
const LEAST_RATIO = 3;
/** Nobody is kept waiting this long by a handover: a valley beyond lies among inits made ahead. */
const LONGEST_HANDOVER_MS = 10_000;

/**
 * `gapsMs` are START less the end of the init, of on-demand cold starts; negative where clocks disagree. The limit in ms is
 * the geometric middle of the widest valley, and at least a second and what the clocks disagree by.
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
