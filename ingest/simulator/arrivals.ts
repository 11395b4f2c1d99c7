/** Generates arrival times: steady, by hour of the day, in bursts, or rare. */

import type { Random } from '../records/random.ts';
import { HOUR_MS } from '../records/time.ts';
import type { FunctionPlan } from './plan.ts';

/** Duration of a burst. */
const BURST_MS = 400;

/** Ascending arrival times in a range, in epoch ms. */
export function arrivals(plan: FunctionPlan, random: Random, fromMs: number, toMs: number): number[] {
  const { kind, meanGapMs, burst } = plan.arrivals;
  const times: number[] = [];
  let atMs = fromMs + random.exponential(meanGapMs);
  while (atMs < toMs) {
    if (kind === 'bursty') {
      const n = 1 + Math.floor(random.next() * (2 * burst - 1));
      for (let one = 0; one < n; one += 1) times.push(atMs + random.next() * BURST_MS);
    } else times.push(atMs);
    atMs += random.exponential(meanGapMs / busyAt(kind, atMs));
  }
  return times.map(Math.round).toSorted((a, b) => a - b);
}

/** Relative traffic by hour: highest at noon, a quarter of that at night. */
function busyAt(kind: FunctionPlan['arrivals']['kind'], atMs: number): number {
  if (kind !== 'diurnal') return 1;
  return 0.625 - 0.375 * Math.cos(((atMs / HOUR_MS) % 24) * (Math.PI / 12));
}
