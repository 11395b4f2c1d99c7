/** Checks whether a function's timeout fits its durations. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

export interface TimeoutEvidence {
  /** From inventory; null if unknown. */
  readonly configuredMs: number | null;
  /** Durations of attempts that timed out, ms. */
  readonly timedOutMs: readonly number[];
  /** p99 of all invocations, ms; null without invocations. */
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly invocations: number;
}

export interface TimeoutAdvice {
  readonly timeoutMs: number | null;
  readonly source: 'inventory' | 'inferred' | null;
  readonly verdict: 'too-tight' | 'too-loose' | 'fits' | 'insufficient-data';
  readonly reason: Reason;
}

/** Minimum number of invocations to estimate a rate of one in a thousand. */
const FEWEST_INVOCATIONS = 1000;
const FEWEST_TIMEOUTS = 3;
/** Relative tolerance within which timed-out attempts end at the limit. */
const SAME_LIMIT = 0.02;
const TIGHT_SHARE = 0.8;
/** A timeout longer than this many times the p99 is too loose: invocations that hang are billed until then. */
const LOOSE_TIMES = 10;

/**
 * Too tight: one in a thousand ends within a fifth of the limit. Too loose: attempts time out, and the limit is over ten
 * times the p99.
 */
export function adviseTimeout(evidence: TimeoutEvidence): TimeoutAdvice {
  const { p99Ms, p999Ms, invocations, timedOutMs } = evidence;
  const inferredMs = inferLimit(timedOutMs);
  const timeoutMs = evidence.configuredMs ?? inferredMs;
  const source = evidence.configuredMs !== null ? 'inventory' : inferredMs === null ? null : 'inferred';
  const say = (verdict: TimeoutAdvice['verdict'], reason: Reason): TimeoutAdvice => ({
    timeoutMs,
    source,
    verdict,
    reason,
  });
  if (timeoutMs === null) {
    return say('insufficient-data', reasonOf('timeout-unknown'));
  }
  if (p99Ms === null || p999Ms === null || invocations < FEWEST_INVOCATIONS) {
    return say('insufficient-data', reasonOf('timeout-few', { invocations, required: FEWEST_INVOCATIONS }));
  }
  // Timed-out attempts end at the limit themselves, so they are separated from those that come near it.
  const timeoutShare = timedOutMs.length / invocations;
  if (timeoutShare < 0.001 && p999Ms >= TIGHT_SHARE * timeoutMs) {
    return say('too-tight', reasonOf('timeout-tight', { p999Ms, timeoutMs }));
  }
  if (timedOutMs.length > 0 && timeoutMs > LOOSE_TIMES * p99Ms) {
    return say('too-loose', reasonOf('timeout-loose', { timedOut: timedOutMs.length, timeoutMs, p99Ms }));
  }
  if (p999Ms >= timeoutMs) {
    const attempts = { timedOut: timedOutMs.length, invocations, timeoutMs, p99Ms };
    return say('fits', reasonOf('timeout-no-evidence', attempts));
  }
  return say('fits', reasonOf('timeout-fits', { p999Ms, timeoutMs }));
}

/** If all timed-out attempts ended at the same duration, that was the limit. */
function inferLimit(timedOutMs: readonly number[]): number | null {
  if (timedOutMs.length < FEWEST_TIMEOUTS) return null;
  const inOrder = timedOutMs.toSorted((a, b) => a - b);
  const middle = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
  const near = inOrder.filter((ms) => Math.abs(ms / middle - 1) <= SAME_LIMIT).length;
  return near >= 0.8 * inOrder.length ? Math.round(middle) : null;
}
