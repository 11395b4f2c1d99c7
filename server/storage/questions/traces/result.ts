/** Converts stored segments to the form used by analytics: times in nanoseconds as bigint. */
import type { TraceSegmentView } from '../../../analytics/network/trace-segment-view.ts';
import type { StoredSegment } from './types.ts';

export function segmentView(segment: StoredSegment): TraceSegmentView {
  return { ...timed(segment), subsegments: segment.subsegments.map(timed) };
}

/** Stored times are decimal text, since they exceed 2^53. */
export function timed<T extends { readonly startNs: string; readonly endNs: string | null }>(part: T) {
  return { ...part, startNs: BigInt(part.startNs), endNs: part.endNs === null ? null : BigInt(part.endNs) };
}
