/** Which invocations a commit brought, for whoever watches. Nobody watching costs one comparison a row. */
import type { CommittedRows, InvocationKey } from '../../ports.ts';

/** Named one by one up to this; counted beyond. */
const NAMED = 200;

export class News {
  watched = false;
  #keys: InvocationKey[] = [];
  #more = 0;

  add({ functionId, endMs, requestId, environmentId }: InvocationKey): void {
    if (!this.watched) return;
    if (this.#keys.length >= NAMED) this.#more += 1;
    else {
      // The row's id is a view of the batch's buffer.
      const id = typeof requestId === 'string' ? requestId : Uint8Array.from(requestId);
      this.#keys.push({ functionId, endMs, requestId: id, environmentId });
    }
  }

  /** What was gathered since the last time; null when there is nothing. */
  take(): CommittedRows | null {
    if (this.#keys.length === 0) return null;
    const news = { invocations: this.#keys, more: this.#more };
    this.#keys = [];
    this.#more = 0;
    return news;
  }
}
