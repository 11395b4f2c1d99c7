/** Pre-init time of traced cold starts, from their segments. */
import type { LambdaSegment } from '../../../analytics/network/attempts.ts';
import { pairRuns } from '../../../analytics/network/attempts.ts';
import { preInitOf } from '../../../analytics/network/pre-init.ts';

/** A stored segment of the Lambda service or of the function. */
export interface SegmentRow {
  readonly functionId: number;
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly origin: string;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly detail: string;
}

/** Returns the pre-init time of each attempt that has one, ms. Segments belong together within one trace and function. */
export function preInitsOf(rows: readonly SegmentRow[]): readonly number[] {
  const traces = new Map<string, LambdaSegment[]>();
  for (const row of rows) {
    const key = `${row.functionId}/${row.traceId}`;
    const segments = traces.get(key) ?? [];
    traces.set(key, segments);
    segments.push(segmentOf(row));
  }
  const found = [...traces.values()]
    .flatMap(pairRuns)
    .map(preInitOf)
    .filter((one) => one !== null);
  return found.map((one) => one.preInitMs);
}

function segmentOf({ id, parentId, name, origin, startNs, endNs, detail }: SegmentRow): LambdaSegment {
  const { subsegments } = JSON.parse(detail) as {
    subsegments: readonly { id: string; name: string; startNs: string; endNs: string | null }[];
  };
  return {
    id,
    parentId,
    name,
    origin,
    startNs: BigInt(startNs),
    endNs: endNs === null ? null : BigInt(endNs),
    subsegments: subsegments.map((part) => ({
      id: part.id,
      name: part.name,
      startNs: BigInt(part.startNs),
      endNs: part.endNs === null ? null : BigInt(part.endNs),
    })),
  };
}
