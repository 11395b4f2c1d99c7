/** Failed requests and their outcomes. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { FailedRequest } from '../../../analytics/failures/retries.ts';
import type { InvocationKey } from '../invocations/types.ts';
import type { FailureEvidence } from './types.ts';

/** Maximum number of failed requests whose other attempts are read. */
export const MOST_REQUESTS = 500;

export interface FailedRow extends InvocationKey {
  readonly status: number;
  readonly errorType: string | null;
  readonly durationUs: number;
}

/** Returns the newest row of each request, for at most {@link MOST_REQUESTS} requests. `rows`: newest first. */
export function newestOfRequests(rows: readonly FailedRow[]): readonly FailedRow[] {
  const newest = new Map<string, FailedRow>();
  for (const row of rows) {
    const id = requestIdText(row.requestId);
    if (!newest.has(id) && newest.size < MOST_REQUESTS) newest.set(id, row);
  }
  return [...newest.values()];
}

/** Summarises all attempts of a failed request. `attempts`: ascending by time. */
export function failedRequest(
  row: FailedRow,
  attempts: readonly { readonly endMs: number; readonly status: number }[],
): FailedRequest {
  return {
    requestId: requestIdText(row.requestId),
    lastMs: attempts.at(-1)?.endMs ?? row.endMs,
    attempts: attempts.length,
    failed: attempts.filter((attempt) => attempt.status !== 0).length,
    errorType: row.errorType,
  };
}

export function timeoutsOf(rows: readonly FailedRow[]): readonly number[] {
  return rows.filter((row) => STATUSES[row.status] === 'timeout').map((row) => row.durationUs / 1000);
}

export function errorTypesOf(rows: readonly FailedRow[]): FailureEvidence['errorTypes'] {
  const found = new Map<string, FailureEvidence['errorTypes'][number]>();
  for (const { status, errorType } of rows) {
    const key = `${status}/${errorType}`;
    found.set(key, { status: STATUSES[status] ?? 'error', errorType, n: (found.get(key)?.n ?? 0) + 1 });
  }
  return [...found.values()].toSorted((a, b) => b.n - a.n);
}
