import { mayBeOneAttempt } from '../records/attempt.ts';
import type { OpenStart } from './invocation-table.ts';
import type { StreamState } from './open-stream.ts';

/**
 * Joins each REPORT of a stream with the latest START of its request id that may belong to it: retries in one environment reuse the id.
 * Linear in the lines but for their sorting. What is left of the starts stays in `starts`.
 */
export function joinStarts(
  { starts: startsById, reportsById }: Pick<StreamState, 'starts' | 'reportsById'>,
  join: (row: number, start: OpenStart) => void,
): void {
  for (const [requestId, reports] of reportsById ?? []) {
    const starts = startsById?.get(requestId);
    if (starts === undefined) continue;
    const inOrder = reports.length > 1 ? reports.toSorted((a, b) => a.endMs - b.endMs) : reports;
    const early = starts.length > 1 ? starts.toSorted((a, b) => a.startMs - b.startMs) : starts;
    /** Those that began before the REPORT, the latest last. */
    const open: OpenStart[] = [];
    let next = 0;
    const openUntil = (endMs: number): void => {
      for (let start = early[next]; start !== undefined && start.startMs <= endMs; start = early[next]) {
        open.push(start);
        next += 1;
      }
    };
    for (const { row, endMs, durationMs } of inOrder) {
      openUntil(endMs);
      const start = open.at(-1);
      // If the latest began too early, so did all others.
      if (start === undefined || !mayBeOneAttempt(start.startMs, endMs, durationMs)) continue;
      join(row, start);
      open.pop();
    }
    openUntil(Number.POSITIVE_INFINITY);
    if (open.length === 0) startsById?.delete(requestId);
    else startsById?.set(requestId, open);
  }
}
