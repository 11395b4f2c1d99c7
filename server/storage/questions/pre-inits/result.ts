/** Pre-init time of traced cold starts, from their segments. */
import type { LambdaSegment } from '../../../analytics/network/pre-init.ts';
import { preInitOf } from '../../../analytics/network/pre-init.ts';

/** A stored segment of the Lambda service or of the function. */
export interface SegmentRow {
  readonly functionId: number;
  readonly traceId: string;
  readonly requestId: string | null;
  readonly name: string;
  readonly origin: string;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly detail: string;
}

/** Returns the pre-init time of each attempt that has one, ms. */
export function preInitsOf(rows: readonly SegmentRow[]): readonly number[] {
  const attempts = new Map<string, LambdaSegment[]>();
  for (const row of rows) {
    const key = `${row.functionId}/${row.traceId}/${row.requestId ?? ''}`;
    const segments = attempts.get(key) ?? [];
    attempts.set(key, segments);
    segments.push(segmentOf(row));
  }
  const found = [...attempts.values()].map(preInitOf).filter((one) => one !== null);
  return found.map((one) => one.preInitMs);
}

function segmentOf({ name, origin, startNs, endNs, detail }: SegmentRow): LambdaSegment {
  const { subsegments } = JSON.parse(detail) as {
    subsegments: readonly { name: string; startNs: string; endNs: string | null }[];
  };
  return {
    name,
    origin,
    startNs: BigInt(startNs),
    endNs: endNs === null ? null : BigInt(endNs),
    subsegments: subsegments.map((part) => ({
      name: part.name,
      startNs: BigInt(part.startNs),
      endNs: part.endNs === null ? null : BigInt(part.endNs),
    })),
  };
}
