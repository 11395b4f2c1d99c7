/** Time that a traced invocation spent in calls to other services, from the segments of its trace. */
import { remoteMs } from '../../../analytics/memory/self-time.ts';
import { pairRuns } from '../../../analytics/network/attempts.ts';
import { timed } from '../traces/result.ts';
import type { StoredSegment } from '../traces/types.ts';

/** A stored segment of the Lambda service or of the function. */
export type CallSegment = Pick<
  StoredSegment,
  'id' | 'parentId' | 'name' | 'origin' | 'startNs' | 'endNs' | 'requestId' | 'subsegments'
>;

/**
 * Returns the time in calls of an invocation, ms, or null if its finished segment is not among those of its trace. Attempts
 * of one request share its id: the one that ended closest to `endMs`, the end in the log, is the invocation's.
 */
export function remoteMsOf(segments: readonly CallSegment[], requestId: string, endMs: number): number | null {
  const views = segments.map((one) => ({ ...timed(one), subsegments: one.subsegments.map(timed) }));
  const ends = pairRuns(views).flatMap(({ run, service }) =>
    service?.requestId !== requestId || run.endNs === null
      ? []
      : [{ run, awayMs: Math.abs(Number(run.endNs / 1_000_000n) - endMs) }],
  );
  const [closest] = ends.toSorted((a, b) => a.awayMs - b.awayMs);
  return closest === undefined ? null : remoteMs(closest.run.subsegments);
}
