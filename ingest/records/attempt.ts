/** Identifies attempts: which START and REPORT belong to one attempt, and which two REPORT lines are the same (docs/decisions/0020). */
import { MINUTE_MS, SECOND_MS } from './time.ts';

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

/** Like {@link mayBeOneAttempt}, where END may be truncated to the second: START may then lie anywhere in its second. */
export function mayBeStartOf(startMs: number, endMs: number, durationMs: number): boolean {
  return mayBeOneAttempt(startMs, endMs, durationMs) || (isWholeSecond(endMs) && secondOf(startMs) === endMs);
}

/** `tail --format short` and others print times without a fraction: such a time may be any within its second. */
export function isWholeSecond(ms: number): boolean {
  // The remainder of so large a number costs several times as much.
  return secondOf(ms) === ms;
}

/** Whether two times can be of one event: they are equal, or one is truncated to the second and the other lies in that second. */
export function mayBeSameTime(a: number, b: number): boolean {
  return a === b || (isWholeSecond(a) && secondOf(b) === a) || (isWholeSecond(b) && secondOf(a) === b);
}

/** Of two times of one event, the one that is not truncated to the second, epoch ms. */
export function moreExact(a: number, b: number): number {
  return isWholeSecond(a) && secondOf(b) === a ? b : a;
}

/** Start of the second, epoch ms. */
export function secondOf(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}

/** Bounds of the exact times that a time truncated to the second may represent, inclusive, epoch ms. */
export function exactBounds(ms: number): readonly [fromMs: number, toMs: number] {
  return [ms, isWholeSecond(ms) ? ms + SECOND_MS - 1 : ms];
}

/** Digits of a duration differ by sender: text has hundredths of a millisecond, JSON thousandths. */
const ROUNDED_US = 10;

/** Whether two durations can be of one event, µs: they are equal, or one is the other in hundredths of a millisecond. */
export function mayBeSameDuration(a: number, b: number): boolean {
  if (a === b) return true;
  return Math.abs(a - b) * 2 <= ROUNDED_US && (a % ROUNDED_US === 0 || b % ROUNDED_US === 0);
}
