/** A {@link TraceSink} that uses Thermocline's HTTP API. */

import type { TraceSink } from '../aws/traces.ts';
import type { WriteOutcome } from '../records/sink.ts';
import type { ApiClient } from './api-client.ts';
import { requestJson } from './api-client.ts';

export class HttpTraceSink implements TraceSink {
  readonly #api: ApiClient;
  readonly #query: Readonly<Record<string, string>>;

  /**
   * `sinceMs` limits traces to newer invocations; X-Ray keeps them for thirty days. X-Ray answers for one region: `region`
   * limits traces to functions there, and `unknownRegion` adds those of which no region is known.
   */
  constructor(api: ApiClient, sinceMs: number, region: string, unknownRegion: boolean) {
    this.#api = api;
    this.#query = { since: String(sinceMs), region, unknownRegion: String(unknownRegion) };
  }

  async wanted(limit: number): Promise<readonly string[]> {
    const query = new URLSearchParams({ ...this.#query, limit: String(limit) });
    const answer = await requestJson<{ items: { traceId: string }[] }>(this.#api, `/ingest/traces/wanted?${query}`);
    return answer.items.map((item) => item.traceId);
  }

  async store(document: string): Promise<WriteOutcome> {
    const headers = { 'x-thermocline-source': 'traces', 'x-thermocline-source-name': 'X-Ray' };
    return requestJson<WriteOutcome>(this.#api, '/ingest/logs', { method: 'POST', headers, body: document });
  }

  async missed(traceIds: readonly string[]): Promise<void> {
    const body = JSON.stringify({ traceIds });
    await requestJson(this.#api, '/ingest/traces/missed', { method: 'POST', body });
  }
}
