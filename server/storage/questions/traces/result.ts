/** A stored segment as the analytics of traces take it: times as whole nanoseconds. */
import type { TraceSegmentView } from '../../../analytics/network/phases.ts';
import type { StoredSegment } from './types.ts';

export function segmentView(segment: StoredSegment): TraceSegmentView {
  return { ...timed(segment), subsegments: segment.subsegments.map(timed) };
}

/** Times as they are stored are text: they exceed what a number holds. */
export function timed<T extends { readonly startNs: string; readonly endNs: string | null }>(part: T) {
  return { ...part, startNs: BigInt(part.startNs), endNs: part.endNs === null ? null : BigInt(part.endNs) };
}
