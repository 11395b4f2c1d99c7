/** Whether the timeout of a function fits what its invocations take. */

export interface TimeoutEvidence {
  /** From inventory; null where none says. */
  readonly configuredMs: number | null;
  /** Durations of attempts that timed out, ms. */
  readonly timedOutMs: readonly number[];
  /** Of all invocations, ms; null where there are none. */
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly invocations: number;
}

export interface TimeoutAdvice {
  readonly timeoutMs: number | null;
  readonly source: 'inventory' | 'inferred' | null;
  readonly verdict: 'too-tight' | 'too-loose' | 'fits' | 'insufficient-data';
  readonly reason: string;
}

/** Fewer invocations say nothing of one in a thousand. */
const FEWEST_INVOCATIONS = 1000;
const FEWEST_TIMEOUTS = 3;
/** Timed-out attempts end at the limit, give or take this share. */
const SAME_LIMIT = 0.02;
const TIGHT_SHARE = 0.8;
/** A timeout so many times as long as nearly every success is paid for waiting. */
const LOOSE_TIMES = 10;

/** Too tight: one in a thousand comes within a fifth of the limit. Too loose: what times out is paid for ten times the p99. */
export function adviseTimeout(evidence: TimeoutEvidence): TimeoutAdvice {
  const { p99Ms, p999Ms, invocations, timedOutMs } = evidence;
  const inferredMs = evidence.configuredMs === null ? inferLimit(timedOutMs) : null;
  const timeoutMs = evidence.configuredMs ?? inferredMs;
  const source = evidence.configuredMs !== null ? 'inventory' : inferredMs === null ? null : 'inferred';
  const say = (verdict: TimeoutAdvice['verdict'], reason: string): TimeoutAdvice => ({
    timeoutMs,
    source,
    verdict,
    reason,
  });
  if (timeoutMs === null) {
    return say(
      'insufficient-data',
      'the timeout is not known: no inventory names it, and too few attempts timed out to infer it',
    );
  }
  if (p99Ms === null || p999Ms === null || invocations < FEWEST_INVOCATIONS) {
    return say('insufficient-data', `${invocations} invocations: ${FEWEST_INVOCATIONS} are needed to judge the tail`);
  }
  // Attempts that timed out end at the limit themselves: they are told apart from those that come near it.
  const timeoutShare = timedOutMs.length / invocations;
  if (timeoutShare < 0.001 && p999Ms >= TIGHT_SHARE * timeoutMs) {
    return say('too-tight', `one in a thousand takes ${Math.round(p999Ms)} ms or more, of ${timeoutMs} ms allowed`);
  }
  if (timedOutMs.length > 0 && timeoutMs > LOOSE_TIMES * p99Ms) {
    return say(
      'too-loose',
      `${timedOutMs.length} attempts waited ${timeoutMs} ms to time out; 99 % of all are done within ${Math.round(p99Ms)} ms`,
    );
  }
  if (p999Ms >= timeoutMs) {
    const said = `${timedOutMs.length} of ${invocations} attempts ran into ${timeoutMs} ms, 99 % of all are done within ${Math.round(p99Ms)} ms`;
    return say('fits', `${said}: nothing says that more time would have helped`);
  }
  return say('fits', `99.9 % are done within ${Math.round(p999Ms)} ms, of ${timeoutMs} ms allowed`);
}

/** Where all that timed out ended at the same time, that was the limit. */
function inferLimit(timedOutMs: readonly number[]): number | null {
  if (timedOutMs.length < FEWEST_TIMEOUTS) return null;
  const inOrder = timedOutMs.toSorted((a, b) => a - b);
  const middle = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
  const near = inOrder.filter((ms) => Math.abs(ms / middle - 1) <= SAME_LIMIT).length;
  return near >= 0.8 * inOrder.length ? Math.round(middle) : null;
}
