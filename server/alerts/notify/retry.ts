/** When a delivery is tried again, and when it is given up. Pure: randomness and time are arguments. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';

/** After each attempt; then every four hours. */
const DELAYS_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS];
const LATER_MS = 4 * HOUR_MS;
/** Counted from the first attempt. */
export const GIVE_UP_MS = 24 * HOUR_MS;
const JITTER = 0.2;
const LONGEST_RETRY_AFTER_MS = HOUR_MS;

export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  /** No answer, or the request was not made: a name may resolve to another address tomorrow. */
  | { readonly kind: 'failed' };

export type Verdict =
  | { readonly kind: 'delivered' }
  /** The receiver said that it is gone. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'retry'; readonly atMs: number }
  | { readonly kind: 'exhausted' };

/**
 * `attempts` counts the one that just ended; `firstMs` is when the first began; `random` is uniform in [0, 1).
 * Only 2xx is success: a redirect is an address nobody checked.
 */
export function verdictOf(outcome: Outcome, attempts: number, firstMs: number, nowMs: number, random: number): Verdict {
  if (outcome.kind === 'answered') {
    if (outcome.status >= 200 && outcome.status < 300) return { kind: 'delivered' };
    if (outcome.status === 410) return { kind: 'gone' };
  }
  const usual = (DELAYS_MS[attempts - 1] ?? LATER_MS) * (1 + JITTER * (2 * random - 1));
  const asked = outcome.kind === 'answered' ? retryAfterMs(outcome.retryAfter, nowMs) : 0;
  const atMs = Math.round(nowMs + Math.max(usual, asked));
  return atMs - firstMs > GIVE_UP_MS ? { kind: 'exhausted' } : { kind: 'retry', atMs };
}

/** Seconds or an HTTP date, an hour at most; 0 for what is neither. */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = /^\s*\d{1,10}\s*$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - nowMs;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_MS) : 0;
}
