/** Handlers of traces and the service map. */

import { iso } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { segmentView } from '../../storage/questions/traces/result.ts';
import { traceRoutes } from '../contract/traces.ts';
import { implement } from '../implement.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf, selectedBy } from '../query.ts';

export const traceHandlers = implement(traceRoutes, {
  getTrace: async ({ context, params }) => {
    const segments = await context.store.read.trace(params);
    const [first] = segments;
    if (first === undefined) {
      throw new ProblemError(
        'not-found',
        `No segment of trace ${params.traceId} is stored. Import the trace, or fetch it with thermocline traces`,
      );
    }
    const zero = BigInt(first.startNs);
    const ends = segments.map((segment) => (segment.endNs === null ? null : BigInt(segment.endNs)));
    const last = ends.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b), zero as bigint | null);
    const timed = <T extends { startNs: string; endNs: string | null }>(part: T) => ({
      offsetMs: msOf(BigInt(part.startNs) - zero),
      durationMs: part.endNs === null ? null : msOf(BigInt(part.endNs) - BigInt(part.startNs)),
    });
    const { phases, map } = await context.analysis.run('trace', segments.map(segmentView));
    return {
      traceId: params.traceId,
      lambda: [...phases],
      map: { nodes: [...map.nodes], edges: [...map.edges] },
      startedAt: iso(Math.floor(msOf(zero))),
      durationMs: last === null ? null : msOf(last - zero),
      limitExceeded: limitOf(segments),
      segments: segments.map(({ functionId: _functionId, limitExceeded: _limit, subsegments, ...segment }) => ({
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
  getServiceMap: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const found = await context.store.read.serviceMap({
      ...range,
      functionId:
        query.function === undefined ? undefined : (await functionOf(query.function, context.store)).functionId,
      selected: await selectedBy(query, context),
      mostTraces: MOST_TRACES,
    });
    const reason = found.traces === 0 ? reasonOf('map-no-traces') : null;
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      nodes: [...found.map.nodes],
      edges: [...found.map.edges],
      traces: found.traces,
      truncated: found.truncated,
      reason: sentenceOf(reason),
      reasonCode: codeOf(reason),
    };
  },
});

/** True if any segment came with a trace over the limit; null if none came with a statement about it. */
function limitOf(segments: readonly { readonly limitExceeded: boolean | null }[]): boolean | null {
  const said = segments.map((segment) => segment.limitExceeded).filter((limit) => limit !== null);
  return said.length === 0 ? null : said.includes(true);
}

/** Maximum traces of a service map. */
const MOST_TRACES = 400;

/** Nanoseconds as milliseconds, with microsecond precision. */
function msOf(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
