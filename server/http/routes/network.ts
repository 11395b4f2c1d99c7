/** Handlers of VPC network latency, of a function (from traces) and of the fleet. */
import { DAY_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import { coldStartsOf } from '../../analytics/metrics/counts.ts';
import { FEWEST_COLD } from '../../analytics/metrics/minimum-samples.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import type { AggregateGroup, FunctionIdentity, InterfaceEvents, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import { networkRoutes } from '../contract/network.ts';
import { implement } from '../implement.ts';
import { taxOf } from '../presentation/cold-start-tax.ts';
import { functionIdOf } from '../presentation/present.ts';
import { seedOf } from '../presentation/seed.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum segments that are analyzed of the function and its cohort, newest first; a cold start has two. */
const MOST_SEGMENTS = 8000;
/** Maximum API requests, and invocations to join them with, newest first. */
const MOST_REQUESTS = 20_000;
/** Maximum runs for the peak concurrency, newest first. */
const MOST_RUNS = 50_000;
const MOST_FUNCTIONS = 5000;

export const networkHandlers = implement(networkRoutes, {
  getFunctionNetwork: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId, vpc } = identity;
    const range = rangeOf(query, context.now());
    const [cold, net] = await Promise.all([
      context.store.read.coldStarts({ ...range, functionId, examples: 0 }),
      context.store.read.functionNetwork({ ...range, functionId, mostRequests: MOST_REQUESTS }),
    ]);
    const { own, cohort, cohortFunctions, unmatched, truncated } = await context.store.read.preInits({
      ...range,
      functionId,
      mostSegments: MOST_SEGMENTS,
    });
    const { summary, era, eniLatency, edge, missingRoute } = await context.analysis.run('network', {
      vpc,
      own,
      cohort,
      edge: net.edge,
      timedOutMs: net.timedOutMs,
      coldStarts: coldStartsOf(cold.counts),
      seed: seedOf(identity),
    });
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      vpc,
      era,
      preInitMs: summary?.preInitMs ?? null,
      over2s: summary?.over2s ?? null,
      over10s: summary?.over10s ?? null,
      proactive: own.filter((ms) => ms < 0).length,
      eniLatencyMs: eniLatency,
      edge: edgeOf(edge, net.edgeTruncated),
      platformMs: cold.causes.platformMs,
      firstConnectionMs: taxOf(cold, 1, identity.region).firstConnectionMs,
      eniEvents: eventsOf(net.events),
      capacity: await capacityFor(context, identity, era, range, query),
      missingRoute,
      cohort: { functions: cohortFunctions, coldStarts: cohort.filter((ms) => ms >= 0).length },
      truncated,
      method: 'X-Ray: service segment − function segment − Initialization − Dwell Time; Hodges-Lehmann shift',
      reason: reasonOf(vpc, own.length, cohort.length, unmatched),
    };
  },
  getFleetNetwork: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const { store } = context;
    const ask = { ...range, filters: [], widthMs: null, sketch: 'init', quantiles: [0.5, 0.95, 0.99] } as const;
    const [net, byVpc, functions, inventory] = await Promise.all([
      store.read.fleetNetwork(range),
      store.read.aggregate({ ...ask, groupBy: ['vpc'] }),
      store.read.aggregate({ ...ask, sketch: null, quantiles: [], groupBy: ['vpc', 'function'] }),
      store.read.inventory({ limit: MOST_FUNCTIONS }),
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
      reason:
        inventory.length === 0
          ? 'It is not known which functions are in a VPC. Import their configuration (thermocline inventory).'
          : null,
    };
  },
});

function sideOf(found: AggregateGroup | undefined, functions: number) {
  const [point] = found?.points ?? [];
  const [p50 = null, p95 = null, p99 = null] = point?.quantiles ?? [];
  return {
    functions,
    invocations: point?.counts.n ?? 0,
    coldStartRate: wilson(point === undefined ? 0 : coldStartsOf(point.counts), point?.counts.n ?? 0),
    initMs: { p50, p95, p99, n: point?.n ?? 0 },
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

function reasonOf(vpc: boolean | null, own: number, cohort: number, unmatched: number): string | null {
  if (own === 0 && unmatched > 0) {
    return `The time before init is unknown: the segment of the Lambda service (AWS::Lambda) that the function's segment names as parent is not stored, or not finished, for any of the traced cold starts (n=${unmatched}). Import or fetch whole traces.`;
  }
  if (own === 0) {
    return 'Not observable in logs: REPORT begins after the network is attached. Enable active tracing (X-Ray).';
  }
  if (vpc === null)
    return 'It is not known whether the function is in a VPC. Import its configuration (thermocline inventory).';
  if (!vpc) return null;
  if (own < FEWEST_COLD) return `Insufficient data: ${own} traced cold starts; ${FEWEST_COLD} are required.`;
  if (cohort < FEWEST_COLD) {
    return `Insufficient data: ${cohort} traced cold starts of functions outside a VPC with the same region, runtime and memory; ${FEWEST_COLD} are required.`;
  }
  return null;
}
