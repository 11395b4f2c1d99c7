/** When to attribute a stale hour again: soon if it is small, otherwise after enough changes or enough time. */
import { MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import type { StaleHour } from '../../storage/ports.ts';

/** Debounce: lines of one hour arrive in bursts, so wait for more of them. */
const DEBOUNCE_MS = 30 * SECOND_MS;
/** Hours with at most this many invocations cost next to nothing. */
const SMALL_HOUR_RUNS = 500;
const CHANGED_SHARE = 0.2;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/** Returns whether to attribute the hour now. Bounds the work for an hour that keeps filling to a few times that of one run. */
export function isDue(hour: StaleHour, nowMs: number): boolean {
  const { runs, changes, sinceMs } = hour;
  const waitedMs = nowMs - sinceMs;
  // The clock went back: how long the hour has waited is not known.
  if (waitedMs < -DEBOUNCE_MS) return true;
  if (waitedMs < DEBOUNCE_MS) return false;
  if (runs === null || runs <= SMALL_HOUR_RUNS) return true;
  return changes >= runs * CHANGED_SHARE || waitedMs >= LONGEST_WAIT_MS;
}
