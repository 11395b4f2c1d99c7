/** Collects keys of committed invocations for live subscribers. Without subscribers, it costs one comparison per row. */
import type { CommittedRows, InvocationKey } from '../../ports.ts';

/** Keys collected per commit; further invocations are only counted. */
const NAMED = 200;

export class CommitFeed {
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

  /** Returns and clears what was collected since the last call; null if nothing was. */
  take(): CommittedRows | null {
    if (this.#keys.length === 0) return null;
    const committed = { invocations: this.#keys, more: this.#more };
    this.#keys = [];
    this.#more = 0;
    return committed;
  }
}
