/** Pre-init time of traced cold starts, from their segments, and the cohort of a function. */
import type { LambdaSegment } from '../../../analytics/network/attempts.ts';
import { pairRuns } from '../../../analytics/network/attempts.ts';
import type { Deployment } from '../../../analytics/network/cohort.ts';
import { matchCohort } from '../../../analytics/network/cohort.ts';
import type { TimedPreInit } from '../../../analytics/network/eni-latency.ts';
import { SHARED_SINCE_MS } from '../../../analytics/network/eni-latency.ts';
import { preInitOf } from '../../../analytics/network/pre-init.ts';
import { parseStored, segmentDetail } from '../../stored-json.ts';
import type { TimeRange } from '../shared-types.ts';
import type { CohortMember, PreInitSamples } from './types.ts';

/** A stored segment of the Lambda service or of the function. */
export interface SegmentRow {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly origin: string;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly detail: string;
}

interface PreInitValues {
  readonly values: readonly TimedPreInit[];
  /** Cold starts of which the function's segment is stored, but not the time that the service spent on them. */
  readonly unmatched: number;
  readonly truncated: boolean;
}

/** Maximum functions on each side of a cohort. */
const MOST_MEMBERS = 50;

/** Reads a function's newest segments of the Lambda service and the function, at most `limit`. */
export type ReadSegments = (functionId: number, limit: number) => Promise<readonly SegmentRow[]>;

/** Returns the pre-init times of a function and of its cohort. `deployments` are the functions of its region. */
export async function samplesOf(
  {
    functionId,
    mostSegments,
    fromMs,
    toMs,
  }: TimeRange & { readonly functionId: number; readonly mostSegments: number },
  deployments: readonly Deployment[],
  read: ReadSegments,
): Promise<PreInitSamples> {
  const valuesOf = async (id: number, most: number): Promise<PreInitValues> =>
    preInitsOf(await read(id, most + 1), most);
  const own = await valuesOf(functionId, mostSegments);
  const known = deployments.find((one) => one.functionId === functionId);
  const cohort = known?.vpc === true ? matchCohort(known, deployments, toMs) : null;
  let { truncated } = own;
  const membersOf = async (ids: readonly number[]): Promise<(CohortMember & PreInitValues)[]> => {
    const chosen = ids.slice(0, MOST_MEMBERS);
    const members: (CohortMember & PreInitValues)[] = [];
    for (const id of chosen) {
      const found = id === functionId ? own : await valuesOf(id, Math.ceil(mostSegments / chosen.length));
      truncated ||= found.truncated;
      members.push({ functionId: id, preInitsMs: found.values.map((one) => one.preInitMs), ...found });
    }
    truncated ||= chosen.length < ids.length;
    return members;
  };
  const compared = cohort !== null && cohort.problem === null;
  const inside = await membersOf(compared ? cohort.inside : []);
  const outside = await membersOf(compared ? cohort.outside : []);
  const roughly = await membersOf(fromMs < SHARED_SINCE_MS ? (cohort?.roughlyOutside ?? []) : []);
  const memberOf = ({ functionId: id, preInitsMs }: CohortMember): CohortMember => ({ functionId: id, preInitsMs });
  return {
    own: own.values,
    inside: inside.map(memberOf),
    outside: outside.map(memberOf),
    roughlyOutside: roughly.flatMap((one) => one.values),
    cohortProblem: cohort?.problem ?? null,
    unmatched: own.unmatched,
    truncated,
  };
}

/** Returns the pre-init time of each cold start. Segments belong together within one trace and function. */
function preInitsOf(rows: readonly SegmentRow[], most: number): PreInitValues {
  const traces = new Map<string, LambdaSegment[]>();
  for (const row of rows.slice(0, most)) {
    const segment = segmentOf(row);
    if (segment === null) continue;
    const segments = traces.get(row.traceId) ?? [];
    traces.set(row.traceId, segments);
    segments.push(segment);
  }
  const cold = [...traces.values()].flatMap(pairRuns).filter(({ run }) => hasInit(run));
  const values = cold.map(preInitOf).filter((found) => found !== null);
  return {
    values: values.map(({ startMs, preInitMs }) => ({ startMs, preInitMs })),
    unmatched: cold.length - values.length,
    truncated: rows.length > most,
  };
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
