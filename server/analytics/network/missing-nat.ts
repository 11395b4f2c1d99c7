/**
 * Detects VPC functions without a route out: their first invocations all time out after the same time, waiting for a
 * response.
 */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

export interface MissingRoute {
  readonly suspected: boolean;
  readonly timeouts: number;
  readonly reason: Reason | null;
}

const FEWEST = 3;
/** Relative tolerance for timeouts that count as equal. */
const ALIKE = 0.02;
/** Minimum share of cold starts that time out; below it, the function is just slow at times. */
const SHARE = 0.5;

/** Takes durations (ms) of first invocations that timed out, and the number of cold starts. */
export function missingRoute(vpc: boolean | null, timedOutMs: readonly number[], coldStarts: number): MissingRoute {
  const timeouts = timedOutMs.length;
  const sorted = timedOutMs.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const suspected = vpc === true && timeouts >= FEWEST && most <= least * (1 + ALIKE) && timeouts >= SHARE * coldStarts;
  return {
    suspected,
    timeouts,
    reason: suspected ? reasonOf('network-missing-route', { timeouts, coldStarts, limitMs: most }) : null,
  };
}
