/** Outcome of failed requests: a later attempt succeeded, or none did. Attempts share the request id. */

/** A request with at least one failed attempt. */
export interface FailedRequest {
  readonly requestId: string;
  readonly lastMs: number;
  readonly attempts: number;
  readonly failed: number;
  readonly errorType: string | null;
}

export interface Retries {
  /** Requests with more than one attempt. */
  readonly retried: number;
  /** Retried requests whose last attempt succeeded. */
  readonly recovered: number;
  /** Retried requests whose attempts all failed, newest first. */
  readonly poison: readonly FailedRequest[];
}

const MOST_POISON = 50;

export function retriesOf(requests: readonly FailedRequest[]): Retries {
  const retried = requests.filter((request) => request.attempts > 1);
  const poison = retried.filter((request) => request.failed === request.attempts);
  return {
    retried: retried.length,
    recovered: retried.length - poison.length,
    poison: poison.toSorted((a, b) => b.lastMs - a.lastMs).slice(0, MOST_POISON),
  };
}
