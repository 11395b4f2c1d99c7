/** Skips runs of a job that follows what is written, while nothing is: a process at rest neither wakes a thread nor keeps one for it. */
import { MINUTE_MS } from '../../ingest/records/time.ts';

/** A job that was skipped runs again after this time, whatever is known. */
const LONGEST_MS = 15 * MINUTE_MS;

export interface FollowingJob {
  /** Time of the last write, ms of `monotonicNow`; null if it is not known. */
  readonly lastWriteMs: () => number | null;
  /** For this long after a write it may have something to do, ms. */
  readonly activeMs: number;
  /** One run. Resolves with true if something is left to do. */
  readonly run: () => Promise<boolean>;
  readonly monotonicNow: () => number;
}

/** Returns the job, which then runs only while something may be left to do for it. */
export function whileActive({ lastWriteMs, activeMs, run, monotonicNow }: FollowingJob): () => Promise<void> {
  let isLeft = true;
  let ranMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = monotonicNow();
    const writtenMs = lastWriteMs() ?? nowMs;
    if (!isLeft && nowMs - writtenMs > activeMs && nowMs - ranMs < LONGEST_MS) return;
    ranMs = nowMs;
    isLeft = true;
    isLeft = await run();
  };
}
