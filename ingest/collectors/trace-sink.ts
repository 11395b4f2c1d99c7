/** A {@link TraceSink} over the product's own HTTP surface. */
import type { WriteOutcome } from '../sink.ts';
import type { Send } from './pull-sink.ts';
import { PullSinkError } from './pull-sink.ts';
import type { TraceSink } from './traces.ts';

export class HttpTraceSink implements TraceSink {
  readonly #send: Send;
  readonly #sinceMs: number;

  /** Only traces of invocations since then: X-Ray keeps thirty days. */
  constructor(send: Send, sinceMs: number) {
    this.#send = send;
    this.#sinceMs = sinceMs;
  }

  async wanted(limit: number): Promise<readonly string[]> {
    const query = new URLSearchParams({ since: String(this.#sinceMs), limit: String(limit) });
    const answer = await answerOf<{ items: { traceId: string }[] }>(await this.#send(`/ingest/traces/wanted?${query}`));
    return answer.items.map((item) => item.traceId);
  }

  async store(document: string): Promise<WriteOutcome> {
    const headers = { 'x-thermocline-source': 'traces', 'x-thermocline-source-name': 'X-Ray' };
    return answerOf<WriteOutcome>(await this.#send('/ingest/logs', { method: 'POST', headers, body: document }));
  }

  async missed(traceIds: readonly string[]): Promise<void> {
    const body = JSON.stringify({ traceIds });
    await answerOf(await this.#send('/ingest/traces/missed', { method: 'POST', body }));
  }
}

/** @throws PullSinkError with the product's own words. */
export async function answerOf<T>(response: Response): Promise<T> {
  const body = (await response.json()) as T & { errorMessage?: string; detail?: string };
  if (!response.ok) throw new PullSinkError(body.errorMessage ?? body.detail ?? `status ${response.status}`);
  return body;
}
