/** Handlers of VPC network latency, of a function (from traces) and of the fleet. */

import { DAY_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { rateInLists } from '../../analytics/metrics/counted-rate.ts';
import { coldStartsOf } from '../../analytics/metrics/counts.ts';
import { FEWEST_COLD } from '../../analytics/metrics/minimum-samples.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { AggregateGroup, FunctionIdentity, InterfaceEvents, TimeRange } from '../../storage/ports.ts';
import { isSelected } from '../../storage/selected.ts';
import type { Context } from '../context.ts';
import { networkRoutes } from '../contract/network.ts';
import { implement } from '../implement.ts';
import { taxOf } from '../presentation/cold-start-tax.ts';
import { networkReason, networkSummary } from '../presentation/network-summary.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';
import { functionOf, rangeOf, selectedBy } from '../query.ts';

/** Maximum segments that are analyzed of the function and its cohort, newest first; a cold start has two. */
const MOST_SEGMENTS = 8000;
/** Maximum API requests, and invocations to join them with, newest first. */
const MOST_REQUESTS = 20_000;
/** Maximum runs for the peak concurrency, newest first. */
const MOST_RUNS = 50_000;
const MOST_FUNCTIONS = 5000;
const METHOD = reasonOf('network-method');

export const networkHandlers = implement(networkRoutes, {
  getFunctionNetwork: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId, vpc } = identity;
    const range = rangeOf(query, context.now());
    const [cold, net, found] = await Promise.all([
      context.store.read.coldStarts({ ...range, functionId, examples: 0 }),
      context.store.read.functionNetwork({ ...range, functionId, mostRequests: MOST_REQUESTS }),
      context.store.read.preInits({ ...range, functionId, mostSegments: MOST_SEGMENTS }),
    ]);
    const { summary, era, comparison, edge, missingRoute } = await context.analysis.run('network', {
      vpc,
      own: found.own,
      // With too few cold starts of its own, nothing is said about the function.
      inside: found.own.length < FEWEST_COLD ? [] : found.inside.map((one) => one.preInitsMs),
      outside: found.outside.map((one) => one.preInitsMs),
      roughlyOutside: found.roughlyOutside,
      rangeEndMs: range.toMs,
      edge: net.edge,
      timedOutMs: net.timedOutMs,
      coldStarts: coldStartsOf(cold.counts),
    });
    const evidence = { ...found, vpc, era, comparison, own: found.own.length };
    const [summarized, reason] = [networkSummary(evidence), networkReason(evidence)];
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      vpc,
      summary: summarized.text,
      summaryCode: codeOf(summarized),
      era,
      preInitMs: summary?.preInitMs ?? null,
      over2s: summary?.over2s ?? null,
      over10s: summary?.over10s ?? null,
      proactive: found.own.filter(({ preInitMs }) => preInitMs < 0).length,
      eniLatencyMs: latencyOf(comparison),
      placementMs: comparison?.placement ?? null,
      edge: edgeOf(edge, net.edgeTruncated),
      platformMs: cold.causes.platformMs,
      firstConnectionMs: taxOf(cold, 1, identity.region, AT_LIST_PRICE).firstConnectionMs,
      eniEvents: eventsOf(net.events),
      capacity: await capacityFor(context, identity, era, range, query),
      missingRoute: {
        ...missingRoute,
        reason: sentenceOf(missingRoute.reason),
        reasonCode: codeOf(missingRoute.reason),
      },
      cohort: {
        functions: comparison?.outside.functions ?? 0,
        coldStarts: comparison?.outside.coldStarts ?? 0,
        functionsInVpc: comparison?.inside.functions ?? 0,
        coldStartsInVpc: comparison?.inside.coldStarts ?? 0,
      },
      truncated: found.truncated,
      method: METHOD.text,
      methodCode: codeOf(METHOD),
      reason: sentenceOf(reason),
      reasonCode: codeOf(reason),
    };
  },
  getFleetNetwork: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const { store } = context;
    const selected = await selectedBy(query, context);
    const selection = {
      ...range,
      selected,
      filters: [],
      widthMs: null,
      sketch: 'init',
      quantiles: [0.5, 0.95, 0.99],
    } as const;
    const [net, byVpc, functions, inventory] = await Promise.all([
      store.read.fleetNetwork({ ...range, selected }),
      store.read.aggregate({ ...selection, rates: true, groupBy: ['vpc'] }),
      store.read.aggregate({ ...selection, sketch: null, quantiles: [], groupBy: ['vpc', 'function'] }),
      store.read.inventory({ limit: MOST_FUNCTIONS }).then((all) => all.filter(isSelected(selected))),
    ]);
    const side = (vpc: boolean | null) =>
      sideOf(
        byVpc.groups.find((one) => one.group[0] === vpc),
        functions.groups.filter((one) => one.group[0] === vpc).length,
      );
    const users = new Map<string, string[]>();
    for (const entry of inventory) {
      for (const subnetId of entry.facts.subnetIds ?? []) {
        users.set(subnetId, [...(users.get(subnetId) ?? []), functionIdOf(entry)]);
      }
    }
    const reason = inventory.length === 0 ? reasonOf('network-vpcs-unknown') : null;
    const subnetIds = [...new Set([...net.bySubnet.map((one) => one.subnetId), ...users.keys()])];
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: net.widthMs },
      vpc: side(true),
      other: side(false),
      unknown: side(null),
      eniEvents: eventsOf(net.events),
      series: net.series.map(({ fromMs, ...counts }) => ({ at: iso(fromMs), ...counts })),
      subnets: subnetIds.map((subnetId) => {
        const seen = net.bySubnet.find((one) => one.subnetId === subnetId);
        return {
          subnetId,
          functions: (users.get(subnetId) ?? []).toSorted(),
          interfacesCreated: seen?.created ?? 0,
          failed: seen?.failed ?? 0,
          lastEventAt: isoOrNull(seen?.lastMs ?? null),
        };
      }),
      reason: sentenceOf(reason),
      reasonCode: codeOf(reason),
    };
  },
});

function sideOf(found: AggregateGroup | undefined, functions: number) {
  const [point] = found?.points ?? [];
  const [p50 = null, p95 = null, p99 = null] = point?.quantiles ?? [];
  return {
    functions,
    invocations: point?.counts.n ?? 0,
    coldStartRate: rateInLists(
      { hits: point === undefined ? 0 : coldStartsOf(point.counts), n: point?.counts.n ?? 0 },
      found?.blocks,
      'coldStarts',
    ),
    initMs: { p50, p95, p99, n: point?.n ?? 0 },
  };
}

function latencyOf(comparison: ReturnType<AnalysisTasks['network']>['comparison']) {
  if (comparison === null || comparison.latency === null) return null;
  const { latency, inside, outside } = comparison;
  return {
    ...latency,
    nVpc: inside.coldStarts,
    nOther: outside.coldStarts,
    functionsVpc: inside.functions,
    functionsOther: outside.functions,
  };
}

/** Latency seen by an API in front of the function; null without one. */
function edgeOf({ n, quantiles, warm, unmatched }: ReturnType<AnalysisTasks['network']>['edge'], truncated: boolean) {
  if (n === 0) return null;
  const [p50 = null, p95 = null, p99 = null] = quantiles;
  return { excessMs: { p50, p95, p99, n }, cold: n, warm, unmatched, truncated };
}

function eventsOf({ byName, failures, inLogs }: InterfaceEvents) {
  return { byName: [...byName], failures: [...failures], inLogs: [...inLogs] };
}

async function capacityFor(
  { store, analysis }: Context,
  identity: FunctionIdentity,
  era: 'per-environment' | 'shared' | null,
  range: TimeRange,
  declared: { readonly connectionsPerEnvironment?: number | undefined; readonly maxConnections?: number | undefined },
) {
  if (identity.vpc !== true && declared.maxConnections === undefined) return null;
  const { functionId, memoryMb } = identity;
  const [facts] = await store.read.inventory({ functionId, limit: 1 });
  const { concurrency } = await store.read.environments({ ...range, functionId, limit: 1, maxRuns: MOST_RUNS });
  const subnets = facts?.facts.subnetIds?.length ?? 0;
  return {
    subnets,
    securityGroups: facts?.facts.securityGroupIds?.length ?? 0,
    peakConcurrency: concurrency.peak,
    ...(await analysis.run('capacity', {
      era,
      subnets,
      peakConcurrency: concurrency.peak,
      memoryMb,
      connectionsPerEnvironment: declared.connectionsPerEnvironment ?? null,
      maxConnections: declared.maxConnections ?? null,
      dailyPeaks: peaksByDay(concurrency.buckets),
    })),
  };
}

function peaksByDay(buckets: readonly { readonly fromMs: number; readonly max: number }[]): readonly number[] {
  const peaks = new Map<number, number>();
  for (const { fromMs, max } of buckets) {
    const day = Math.floor(fromMs / DAY_MS);
    peaks.set(day, Math.max(peaks.get(day) ?? 0, max));
  }
  return [...peaks].toSorted(([a], [b]) => a - b).map(([, peak]) => peak);
}
