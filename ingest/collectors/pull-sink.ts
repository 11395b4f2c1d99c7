/** A {@link PullSink} over the product's own HTTP surface: the same for a server in this process and one beside it. */
import type { PullCheckpoint, WriteOutcome } from '../sink.ts';
import type { GroupKey, PullSink } from './pull.ts';
import type { PulledEvent } from './seen-events.ts';

/** Sends a request to the product with a token that may ingest. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** Thrown when the product did not take a page. The scan's position is where it was. */
export class PullSinkError extends Error {
  override readonly name = 'PullSinkError';
}

const TRIES = 6;
const FIRST_WAIT_MS = 500;

export class HttpPullSink implements PullSink {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  async checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null> {
    const query = new URLSearchParams({ ...key, mode });
    const response = await this.#send(`/ingest/pull/checkpoint?${query}`);
    const body = (await response.json()) as { checkpoint?: PullCheckpoint | null; errorMessage?: string };
    if (!response.ok) throw new PullSinkError(body.errorMessage ?? `status ${response.status}`);
    return body.checkpoint ?? null;
  }

  /** A store that is busy or restarting is asked again for half a minute. */
  async store(events: readonly PulledEvent[], checkpoint: PullCheckpoint): Promise<WriteOutcome> {
    const body = JSON.stringify({ checkpoint, events });
    let waitMs = FIRST_WAIT_MS;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send('/ingest/pull', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const answer = (await response.json()) as WriteOutcome & { errorMessage?: string };
      if (response.ok) return answer;
      if (response.status !== 503 || attempt === TRIES) {
        throw new PullSinkError(answer.errorMessage ?? `status ${response.status}`);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs *= 2;
    }
  }
}
