/** One trace with its segments and spans. */
import type { TraceSegmentView } from '../../analytics/network/phases.ts';
import { phasesOf, serviceMap } from '../../analytics/network/phases.ts';
import type { StoredSegment } from '../../storage/feed-views.ts';
import { traceAnswer, traceParams } from '../contract/traces.ts';
import { ProblemError } from '../problems.ts';
import { route } from '../route.ts';
import { iso } from '../time.ts';

export const traceRoutes = [
  route(
    {
      method: 'get',
      path: '/api/v1/traces/:traceId',
      scope: 'read',
      summary: 'One trace: segments and spans, the phases of each Lambda attempt, who called whom',
      params: traceParams,
      answer: traceAnswer,
    },
    async ({ context, params }) => {
      const segments = await context.store.read.trace(params);
      const [first] = segments;
      if (first === undefined) {
        throw new ProblemError(
          'not-found',
          `No segment of ${params.traceId} is stored: import it, or let traces be fetched`,
        );
      }
      const zero = BigInt(first.startNs);
      const ends = segments.map((segment) => (segment.endNs === null ? null : BigInt(segment.endNs)));
      const last = ends.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b), zero as bigint | null);
      const timed = <T extends { startNs: string; endNs: string | null }>(part: T) => ({
        offsetMs: msOf(BigInt(part.startNs) - zero),
        durationMs: part.endNs === null ? null : msOf(BigInt(part.endNs) - BigInt(part.startNs)),
      });
      const views = segments.map(viewOf);
      const map = serviceMap(views);
      return {
        traceId: params.traceId,
        lambda: [...phasesOf(views)],
        map: { nodes: [...map.nodes], edges: [...map.edges] },
        startedAt: iso(Math.floor(msOf(zero))),
        durationMs: last === null ? null : msOf(last - zero),
        segments: segments.map(({ functionId: _functionId, subsegments, ...segment }) => ({
          ...segment,
          ...timed(segment),
          outcome: segment.outcome as 'ok' | 'error' | 'fault' | 'throttle' | null,
          annotations: { ...segment.annotations },
          subsegments: subsegments.map(({ id, parentId, name, namespace, ...part }) => ({
            id,
            parentId,
            name,
            namespace,
            ...timed(part),
          })),
        })),
      };
    },
  ),
];

function viewOf(segment: StoredSegment): TraceSegmentView {
  const timed = <T extends { startNs: string; endNs: string | null }>(part: T) => ({
    ...part,
    startNs: BigInt(part.startNs),
    endNs: part.endNs === null ? null : BigInt(part.endNs),
  });
  return { ...timed(segment), subsegments: segment.subsegments.map(timed) };
}

/** Differences of nanoseconds fit a double; epochs are cut to microseconds first. */
function msOf(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
