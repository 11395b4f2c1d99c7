/** Finds the stored invocations of a request id in one environment: an attempt and its retries. */
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import { requestHash } from '../../request-hash.ts';
import type { InvocationRow, Invocations } from './invocations.ts';
import type { RequestIndex, RequestLocation } from './request-index.ts';

export class Attempts {
  readonly #requests: RequestIndex;
  readonly #invocations: Invocations;

  constructor(requests: RequestIndex, invocations: Invocations) {
    this.#requests = requests;
    this.#invocations = invocations;
  }

  /** Returns attempts that ended between two times (epoch ms), unordered. */
  of(environmentId: number, requestId: string, fromMs: number, toMs: number): InvocationRow[] {
    return this.#where(requestId, fromMs, toMs, (found) => found.environmentId === environmentId);
  }

  /** Like {@link of}, in every environment of the function. */
  ofFunction(functionId: number, requestId: string, fromMs: number, toMs: number): InvocationRow[] {
    return this.#where(requestId, fromMs, toMs, (found) => found.functionId === functionId);
  }

  /** Indexes a stored row under its new key. */
  moved(row: InvocationRow): void {
    this.#requests.add(requestHash(row.requestId), row);
  }

  #where(
    requestId: string,
    fromMs: number,
    toMs: number,
    isWanted: (found: RequestLocation) => boolean,
  ): InvocationRow[] {
    const id = requestIdBytes(requestId);
    const rows = new Map<string, InvocationRow>();
    for (const found of this.#requests.find(requestHash(id), fromMs, toMs)) {
      if (!isWanted(found)) continue;
      // A row may have been stored, moved to its log stream and indexed twice.
      const row = this.#invocations.find(found.functionId, found.endMs, id, found.environmentId);
      if (row !== null) rows.set(`${row.endMs}/${row.environmentId}`, row);
    }
    return [...rows.values()];
  }
}
