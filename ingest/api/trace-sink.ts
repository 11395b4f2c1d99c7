/** A {@link TraceSink} over the product's own HTTP surface. */

import type { TraceSink } from '../aws/traces.ts';
import type { WriteOutcome } from '../records/sink.ts';
import type { ApiClient } from './api-client.ts';
import { requestJson } from './api-client.ts';

export class HttpTraceSink implements TraceSink {
  readonly #send: ApiClient;
  readonly #sinceMs: number;

  /** Only traces of invocations since then: X-Ray keeps thirty days. */
  constructor(send: ApiClient, sinceMs: number) {
    this.#send = send;
    this.#sinceMs = sinceMs;
  }

  async wanted(limit: number): Promise<readonly string[]> {
    const query = new URLSearchParams({ since: String(this.#sinceMs), limit: String(limit) });
    const answer = await requestJson<{ items: { traceId: string }[] }>(this.#send, `/ingest/traces/wanted?${query}`);
    return answer.items.map((item) => item.traceId);
  }

  async store(document: string): Promise<WriteOutcome> {
    const headers = { 'x-thermocline-source': 'traces', 'x-thermocline-source-name': 'X-Ray' };
    return requestJson<WriteOutcome>(this.#send, '/ingest/logs', { method: 'POST', headers, body: document });
  }

  async missed(traceIds: readonly string[]): Promise<void> {
    const body = JSON.stringify({ traceIds });
    await requestJson(this.#send, '/ingest/traces/missed', { method: 'POST', body });
  }
}
