/** A stored segment as the analytics of traces take it: times as whole nanoseconds. */
import type { TraceSegmentView } from '../analytics/network/phases.ts';
import type { StoredSegment } from './feed-views.ts';

export function segmentView(segment: StoredSegment): TraceSegmentView {
  const timed = <T extends { startNs: string; endNs: string | null }>(part: T) => ({
    ...part,
    startNs: BigInt(part.startNs),
    endNs: part.endNs === null ? null : BigInt(part.endNs),
  });
  return { ...timed(segment), subsegments: segment.subsegments.map(timed) };
}
