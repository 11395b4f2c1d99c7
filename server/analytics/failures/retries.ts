/** What failed requests did next: came again and succeeded, or never did. Attempts of one request share its id. */

/** A request of which at least one attempt failed. */
export interface FailedRequest {
  readonly requestId: string;
  readonly lastMs: number;
  readonly attempts: number;
  readonly failed: number;
  readonly errorType: string | null;
}

export interface Retries {
  /** Requests that were tried more than once. */
  readonly retried: number;
  /** Of these, requests whose last word was a success. */
  readonly recovered: number;
  /** Tried more than once, and failed each time: newest first. */
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
