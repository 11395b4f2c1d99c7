/** Finds the stored invocations of a request id in one environment: an attempt and its retries. */
import { requestIdBytes } from '../../../../ingest/batch/request-id.ts';
import { requestHash } from '../../request-hash.ts';
import type { InvocationRow, Invocations } from './invocations.ts';
import type { RequestIndex } from './request-index.ts';

export class Attempts {
  readonly #requests: RequestIndex;
  readonly #invocations: Invocations;

  constructor(requests: RequestIndex, invocations: Invocations) {
    this.#requests = requests;
    this.#invocations = invocations;
  }

  /** Returns attempts that ended between two times (epoch ms), unordered. */
  of(environmentId: number, requestId: string, fromMs: number, toMs: number): InvocationRow[] {
    const id = requestIdBytes(requestId);
    const rows: InvocationRow[] = [];
    for (const found of this.#requests.find(requestHash(id), fromMs, toMs)) {
      if (found.environmentId !== environmentId) continue;
      const row = this.#invocations.find(found.functionId, found.endMs, id, environmentId);
      if (row !== null) rows.push(row);
    }
    return rows;
  }
}
