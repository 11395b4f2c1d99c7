import { mayBeOneAttempt } from '../records/attempt.ts';
import type { OpenStart } from './invocation-table.ts';
import type { OpenReport, StreamState } from './open-stream.ts';
import { addTo, fileStart } from './open-stream.ts';

const NONE: readonly OpenStart[] = [];

/** Joins the REPORTs of a stream that ended with their STARTs, and returns the STARTs that are left. */
export function settledStarts(state: StreamState, join: (row: number, start: OpenStart) => void): readonly OpenStart[] {
  // Of streams of one line there may be very many.
  if (state.starts === null && state.reports === null) return state.newestStart === null ? NONE : [state.newestStart];
  fileStart(state);
  const { starts, reports } = state;
  if (starts === null || reports === null) return starts ?? NONE;
  const startsById = new Map<string, OpenStart[]>();
  for (const start of starts) addTo(startsById, start.line.requestId, start);
  joinStarts({ starts: startsById, reports }, join);
  return [...startsById.values()].flat();
}

/** STARTs by their request id, and REPORTs that did not follow theirs. */
interface Attempts {
  readonly starts: Map<string, OpenStart[]>;
  readonly reports: readonly OpenReport[];
}

/**
 * Joins each REPORT of a stream with the latest START of its request id that may belong to it: retries in one environment reuse the id.
 * Linear in the lines but for their sorting. What is left of the starts stays in `starts`.
 */
export function joinStarts(
  { starts: startsById, reports: given }: Attempts,
  join: (row: number, start: OpenStart) => void,
): void {
  const reportsById = new Map<string, OpenReport[]>();
  for (const report of given) if (startsById.has(report.requestId)) addTo(reportsById, report.requestId, report);
  for (const [requestId, reports] of reportsById) {
    const starts = startsById.get(requestId) ?? [];
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
    if (open.length === 0) startsById.delete(requestId);
    else startsById.set(requestId, open);
  }
}
