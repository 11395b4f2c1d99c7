/** Pairs the START and the REPORT of one attempt. */
import { MINUTE_MS } from './time.ts';

/** Upper bound of a run's length, ms: Lambda's limit of 15 minutes, with room for START-to-REPORT overhead. */
export const LONGEST_RUN_MS = 20 * MINUTE_MS;

/**
 * A retry has the same request id, often the same environment, and starts at least a minute later. The time between START
 * and REPORT is Duration: slightly more if extensions finish late, less if Duration includes an init.
 */
const RETRY_AFTER_MS = 45_000;

/** Whether START and REPORT can belong to one attempt. An earlier START belongs to another attempt, whose REPORT is still to come. */
export function mayBeOneAttempt(startMs: number, endMs: number, durationMs: number): boolean {
  return startMs <= endMs && startMs > earliestStart(endMs, durationMs);
}

/** Exclusive lower bound of START's time, in epoch ms. */
export function earliestStart(endMs: number, durationMs: number): number {
  return endMs - durationMs - RETRY_AFTER_MS;
}
