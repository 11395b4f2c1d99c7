/** Requests that failed or ran several times, and their outcomes. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { TriedRequest } from '../../../analytics/failures/retries.ts';
import type { InvocationKey } from '../invocations/types.ts';
import type { TimeRange } from '../shared-types.ts';
import type { FailureEvidence } from './types.ts';

/** Invocations, newest first, among which requests with several attempts are looked for. */
export const NEWEST_INVOCATIONS = 50_000;

/** Maximum number of requests whose attempts are read: this many with a failure, and this many without. */
export const MOST_REQUESTS = 500;

const SIZES_BEFORE_MS = 7 * DAY_MS;
const SIZES_AFTER_MS = DAY_MS;

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

/** A request with several attempts; the fields are those of the newest. */
export type RepeatedRow = Pick<FailedRow, 'functionId' | 'requestId' | 'endMs'>;

/** Adds requests that ran several times without a known failure to those that failed. */
export function triedRows(
  failed: readonly FailedRow[],
  repeated: readonly RepeatedRow[],
): readonly (RepeatedRow & { readonly errorType: string | null })[] {
  const known = new Set(failed.map((row) => requestIdText(row.requestId)));
  const others = repeated.filter((row) => !known.has(requestIdText(row.requestId)));
  return [...failed, ...others.map((row) => ({ ...row, errorType: null }))];
}

/** Bytes at the end of a request id by which ids are told apart. */
export const ID_END_BYTES = 6;

/** Whether all ends of request ids differ: then no request ran twice. The ends stand one after the other. */
export function areDistinct(ends: Uint8Array): boolean {
  const { buffer, byteOffset, byteLength } = ends;
  const view = new DataView(buffer, byteOffset, byteLength);
  // A hash table with open addressing; 0 is an empty place.
  const places = new Float64Array(2 ** Math.ceil(Math.log2(byteLength + 1)));
  for (let at = 0; at < byteLength; at += ID_END_BYTES) {
    const low = view.getUint32(at + 2);
    const value = view.getUint16(at) * 4_294_967_296 + low + 1;
    let place = low % places.length;
    for (let other = places[place]; other !== 0; other = places[place]) {
      if (other === value) return false;
      place = (place + 1) % places.length;
    }
    places[place] = value;
  }
  return true;
}

/** Summarises all attempts of a request. `attempts`: ascending by time. */
export function triedRequest(
  row: RepeatedRow & { readonly errorType: string | null },
  attempts: readonly { readonly endMs: number; readonly status: number }[],
): TriedRequest {
  return {
    requestId: requestIdText(row.requestId),
    lastMs: attempts.at(-1)?.endMs ?? row.endMs,
    attempts: attempts.length,
    failed: attempts.filter((attempt) => attempt.status !== 0).length,
    errorType: row.errorType,
  };
}

/** Hours whose memory sizes are those of unused inits in a range: some before and after it, because those ran nothing. */
export function sizeRange({ fromMs, toMs }: TimeRange): TimeRange {
  const hours = { fromMs: fromMs - SIZES_BEFORE_MS, toMs: toMs + SIZES_AFTER_MS };
  return { fromMs: Math.floor(hours.fromMs / HOUR_MS) * HOUR_MS, toMs: Math.ceil(hours.toMs) };
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
