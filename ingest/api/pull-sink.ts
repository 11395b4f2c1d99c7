/** A {@link PullSink} that uses Thermocline's HTTP API. */

import type { GroupKey, PullSink } from '../aws/pull.ts';
import type { PulledEvent } from '../aws/seen-events.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import type { ApiClient } from './api-client.ts';
import { requestJson } from './api-client.ts';

export class HttpPullSink implements PullSink {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null> {
    const query = new URLSearchParams({ ...key, mode });
    const path = `/ingest/pull/checkpoint?${query}`;
    return (await requestJson<{ checkpoint: PullCheckpoint | null }>(this.#api, path)).checkpoint;
  }

  /** @throws ApiError if the server did not store the page; the stored position is then unchanged. */
  async store(events: readonly PulledEvent[], checkpoint: PullCheckpoint): Promise<WriteOutcome> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ checkpoint, events });
    return requestJson<WriteOutcome>(this.#api, '/ingest/pull', { method: 'POST', headers, body });
  }
}
