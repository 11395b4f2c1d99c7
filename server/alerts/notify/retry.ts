/** Decides when a delivery is retried and when it is given up. Pure: randomness and time are arguments. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';

/** Delay after the nth attempt; then every four hours. */
const DELAYS_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS];
const LATER_MS = 4 * HOUR_MS;
/** Retries end this long after the first attempt. */
export const GIVE_UP_MS = 24 * HOUR_MS;
const JITTER = 0.2;
/** Client errors that a later attempt may not meet (RFC 9110, RFC 6585, RFC 8470). */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
const MAX_RETRY_AFTER_MS = HOUR_MS;

/** Result of one attempt. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  /** Reply code of a mail server (RFC 5321, 4.2.1): 4yz is temporary, 5yz permanent. */
  | { readonly kind: 'replied'; readonly code: number }
  /** No response. Blocked requests count as well: a host name may resolve to another address later. */
  | { readonly kind: 'failed' };

/** What to do with the delivery after an attempt. */
export type RetryDecision =
  | { readonly kind: 'delivered' }
  /** The receiver answered 410 Gone. */
  | { readonly kind: 'gone' }
  /** The receiver refused this message: sending it again would change nothing. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'retry'; readonly atMs: number }
  | { readonly kind: 'exhausted' };

/**
 * Decides after an attempt. `attempts` includes it; `firstMs` is the start of the first; `random` is uniform in [0, 1).
 * Only 2xx is a success: redirects lead to addresses that were not checked.
 */
export function decideRetry(
  outcome: AttemptOutcome,
  attempts: number,
  firstMs: number,
  nowMs: number,
  random: number,
): RetryDecision {
  if (isAccepted(outcome)) return { kind: 'delivered' };
  if (outcome.kind === 'answered') {
    if (outcome.status === 410) return { kind: 'gone' };
    if (outcome.status >= 400 && outcome.status < 500 && !PASSING.has(outcome.status)) return { kind: 'refused' };
  }
  if (outcome.kind === 'replied' && outcome.code >= 500) return { kind: 'refused' };
  const scheduled = (DELAYS_MS[attempts - 1] ?? LATER_MS) * (1 + JITTER * (2 * random - 1));
  const requested = outcome.kind === 'answered' ? retryAfterMs(outcome.retryAfter, nowMs) : 0;
  const atMs = Math.round(nowMs + Math.max(scheduled, requested));
  return atMs - firstMs > GIVE_UP_MS ? { kind: 'exhausted' } : { kind: 'retry', atMs };
}

/** Whether the receiver accepted what was sent. */
export function isAccepted(outcome: AttemptOutcome): boolean {
  if (outcome.kind === 'failed') return false;
  const status = outcome.kind === 'answered' ? outcome.status : outcome.code;
  return status >= 200 && status < 300;
}

/** Parses Retry-After (seconds or HTTP date) into ms, at most one hour. Returns 0 if it is missing or invalid. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = /^\s*\d{1,10}\s*$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - nowMs;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), MAX_RETRY_AFTER_MS) : 0;
}
