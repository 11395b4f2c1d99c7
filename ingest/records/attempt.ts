/** Pairs the START and the REPORT of one attempt. */
import { MINUTE_MS } from './time.ts';

/** Upper bound of a run's length, ms: Lambda's limit of 15 minutes, with room for START-to-REPORT overhead. */
export const LONGEST_RUN_MS = 20 * MINUTE_MS;

/**
 * A retry runs under the same request id, often in the same environment, a minute later or more. Between START and REPORT
 * lies what Duration says, a little more where extensions finish late, less where an init hides in Duration.
 */
const RETRY_AFTER_MS = 45_000;

/** Whether both may be of one attempt; a START too long before belongs to an earlier one, whose REPORT is on its way. */
export function mayBeOneAttempt(startMs: number, endMs: number, durationMs: number): boolean {
  return startMs <= endMs && startMs > earliestStart(endMs, durationMs);
}

/** START lies after this. Epoch ms. */
export function earliestStart(endMs: number, durationMs: number): number {
  return endMs - durationMs - RETRY_AFTER_MS;
}
