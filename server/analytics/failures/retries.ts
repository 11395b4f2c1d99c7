/** Outcome of requests that failed or ran several times: a later attempt succeeded, or none did. Attempts share the request id. */

/** A request with at least one failed attempt, or with several attempts. */
export interface TriedRequest {
  readonly requestId: string;
  readonly lastMs: number;
  readonly attempts: number;
  readonly failed: number;
  readonly errorType: string | null;
}

export interface Retries {
  /** Requests with more than one attempt. */
  readonly retried: number;
  /** Retried requests with a failed attempt and one that succeeded. */
  readonly recovered: number;
  /**
   * Retried requests none of whose attempts is known to have failed. Lambda retries after failures, so either the lines that
   * report them did not arrive, or the sender repeated the event.
   */
  readonly unexplained: number;
  /** Retried requests whose attempts all failed, newest first. */
  readonly poison: readonly TriedRequest[];
  /** Retried requests with the most attempts, most first. */
  readonly most: readonly TriedRequest[];
}

const MOST_LISTED = 50;

export function retriesOf(requests: readonly TriedRequest[]): Retries {
  const retried = requests.filter((request) => request.attempts > 1);
  const poison = retried.filter((request) => request.failed === request.attempts);
  const unexplained = retried.filter((request) => request.failed === 0).length;
  return {
    retried: retried.length,
    recovered: retried.length - poison.length - unexplained,
    unexplained,
    poison: poison.toSorted((a, b) => b.lastMs - a.lastMs).slice(0, MOST_LISTED),
    most: retried.toSorted((a, b) => b.attempts - a.attempts || b.lastMs - a.lastMs).slice(0, MOST_LISTED),
  };
}
