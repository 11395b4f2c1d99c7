/** Pre-init time of traced cold starts, from their segments. */
import type { LambdaSegment } from '../../../analytics/network/attempts.ts';
import { pairRuns } from '../../../analytics/network/attempts.ts';
import { preInitOf } from '../../../analytics/network/pre-init.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';

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

export interface PreInitValues {
  /** Ms. */
  readonly values: readonly number[];
  /** Cold starts of which the function's segment is stored, but not the time that the service spent on them. */
  readonly unmatched: number;
}

/** Returns the pre-init time of each cold start. Segments belong together within one trace and function. */
export function preInitsOf(rows: readonly SegmentRow[]): PreInitValues {
  const traces = new Map<string, LambdaSegment[]>();
  for (const row of rows) {
    const segment = segmentOf(row);
    if (segment === null) continue;
    const key = `${row.functionId}/${row.traceId}`;
    const segments = traces.get(key) ?? [];
    traces.set(key, segments);
    segments.push(segment);
  }
  const cold = [...traces.values()].flatMap(pairRuns).filter(({ run }) => hasInit(run));
  const values = cold.map((pair) => preInitOf(pair)?.preInitMs ?? null).filter((ms) => ms !== null);
  return { values, unmatched: cold.length - values.length };
}

function hasInit({ subsegments }: LambdaSegment): boolean {
  return subsegments.some((part) => part.name === 'Initialization');
}

function segmentOf({ id, parentId, name, origin, startNs, endNs, detail }: SegmentRow): LambdaSegment | null {
  const parsed = parseStored(segmentDetail, detail, `trace_segment ${id}`);
  if (parsed === null) return null;
  return {
    id,
    parentId,
    name,
    origin,
    startNs: BigInt(startNs),
    endNs: endNs === null ? null : BigInt(endNs),
    subsegments: parsed.subsegments.map((part) => ({
      id: part.id,
      name: part.name,
      startNs: BigInt(part.startNs),
      endNs: part.endNs === null ? null : BigInt(part.endNs),
    })),
  };
}
