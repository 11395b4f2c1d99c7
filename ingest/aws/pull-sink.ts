/** A {@link PullSink} over the product's own HTTP surface. */
import type { PullCheckpoint, WriteOutcome } from '../records/sink.ts';
import type { Send } from './api-client.ts';
import { ask } from './api-client.ts';
import type { GroupKey, PullSink } from './pull.ts';
import type { PulledEvent } from './seen-events.ts';

export class HttpPullSink implements PullSink {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  async checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null> {
    const query = new URLSearchParams({ ...key, mode });
    const path = `/ingest/pull/checkpoint?${query}`;
    return (await ask<{ checkpoint: PullCheckpoint | null }>(this.#send, path)).checkpoint;
  }

  /** @throws RefusedError when the product did not take the page: the scan's position is where it was. */
  async store(events: readonly PulledEvent[], checkpoint: PullCheckpoint): Promise<WriteOutcome> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ checkpoint, events });
    return ask<WriteOutcome>(this.#send, '/ingest/pull', { method: 'POST', headers, body });
  }
}
