/** When an hour is worth deriving again: soon where it is small, else when enough has changed or some time has passed. */
import type { StaleHour } from '../../storage/ports.ts';

/** Lines of one hour come in waves, and a backfill brings them at the rate of the disk: what just came is let gather. */
const GATHER_MS = 30_000;
/** An hour of so few invocations costs next to nothing. */
const SMALL_RUNS = 500;
const SHARE_CHANGED = 0.2;
const LONGEST_WAIT_MS = 5 * 60_000;

/** The work for an hour that goes on filling stays within a few times that of deriving it once. */
export function isDue(slot: StaleHour, nowMs: number): boolean {
  const { runs, changes, sinceMs } = slot;
  const waitedMs = nowMs - sinceMs;
  if (waitedMs < GATHER_MS) return false;
  if (runs === null || runs <= SMALL_RUNS) return true;
  return changes >= runs * SHARE_CHANGED || waitedMs >= LONGEST_WAIT_MS;
}
