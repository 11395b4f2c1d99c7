/** GET /api/v1/functions/:id/network: what the network costs a cold start, where traces show it. */
import { Random } from '../../../ingest/random.ts';
import { eniLatency, eraOf, FEWEST_COLD, summarize } from '../../analytics/network/eni-latency.ts';
import { functionParams } from '../contract/functions.ts';
import { networkAnswer, networkQuery } from '../contract/network.ts';
import { functionOf, rangeOf } from '../query.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { iso } from '../time.ts';

/** Newest segments looked at, of the function and of its cohort; two make a cold start. */
const MOST_SEGMENTS = 8000;

export const networkRoutes: readonly Route[] = [
  route(
    {
      method: 'get',
      path: '/api/v1/functions/:id/network',
      scope: 'read',
      summary: 'Time before init from traces, against like functions outside of a VPC',
      params: functionParams,
      query: networkQuery,
      answer: networkAnswer,
    },
    async ({ context, params, query }) => {
      const { functionId, vpc } = await functionOf(params.id, context.store);
      const range = rangeOf(query, context.now());
      const { own, cohort, cohortFunctions, truncated } = await context.store.read.preInits({
        ...range,
        functionId,
        mostSegments: MOST_SEGMENTS,
      });
      const random = new Random(functionId);
      const summary = summarize(own);
      const shift = vpc === true ? eniLatency(own, cohort, () => random.next()) : null;
      return {
        range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
        vpc,
        era: vpc === true ? eraOf(own, cohort) : null,
        preInitMs: summary?.preInitMs ?? null,
        over2s: summary?.over2s ?? null,
        over10s: summary?.over10s ?? null,
        proactive: own.filter((ms) => ms < 0).length,
        eniLatencyMs: shift,
        cohort: { functions: cohortFunctions, coldStarts: cohort.filter((ms) => ms >= 0).length },
        truncated,
        method: 'X-Ray: service segment − function segment − Initialization − Dwell Time; Hodges-Lehmann shift',
        reason: reasonOf(vpc, own.length, cohort.length),
      };
    },
  ),
];

function reasonOf(vpc: boolean | null, own: number, cohort: number): string | null {
  if (own === 0) {
    return 'Not observable: REPORT begins after the network is attached. Active tracing (X-Ray) of cold starts shows it.';
  }
  if (vpc === null) return 'Whether it is in a VPC is not known: import its configuration (thermocline inventory).';
  if (!vpc) return null;
  if (own < FEWEST_COLD) return `Insufficient data: ${own} traced cold starts, ${FEWEST_COLD} are needed.`;
  if (cohort < FEWEST_COLD) {
    return `Insufficient data: ${cohort} traced cold starts of functions outside of a VPC with the same region, runtime and memory, ${FEWEST_COLD} are needed.`;
  }
  return null;
}
