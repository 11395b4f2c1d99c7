/** Presents a trace: the phases of each Lambda attempt, and the service map. */
import { ascending, medianOf, quantileOf } from '../statistics/order.ts';
import { FUNCTION_ORIGIN, pairRuns, SERVICE_ORIGIN } from './attempts.ts';
import { preInitOf } from './pre-init.ts';
import { withoutSpans } from './spans.ts';
import type { TraceSegmentView } from './trace-segment-view.ts';

/** One attempt of a function within a trace. Durations in ms; null if its documents do not contain them. */
export interface LambdaPhases {
  readonly serviceSegmentId: string | null;
  readonly functionSegmentId: string | null;
  readonly name: string;
  readonly queuedMs: number | null;
  /** Placement, download of code or image, and network attach; null if warm. Negative if the init began before the request. */
  readonly preInitMs: number | null;
  readonly initMs: number | null;
  readonly invocationMs: number | null;
  readonly overheadMs: number | null;
}

/** Returns the attempts of a trace in order of start. */
export function phasesOf(rows: readonly TraceSegmentView[]): readonly LambdaPhases[] {
  const segments = withoutSpans(rows);
  const services = segments.filter((segment) => segment.origin === SERVICE_ORIGIN);
  const paired = pairRuns(segments).map((pair) => ({ ...pair, cold: preInitOf(pair) }));
  const lone = services.filter((service) => !paired.some((pair) => pair.service === service));
  return [...paired, ...lone.map((service) => ({ run: null, service, cold: null }))]
    .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    .map(({ run, service, cold }) => {
      const part = (segment: TraceSegmentView | null, name: string): number | null =>
        sumMs(segment?.subsegments.filter((one) => one.name === name) ?? []);
      return {
        serviceSegmentId: service?.id ?? null,
        functionSegmentId: run?.id ?? null,
        name: run?.name ?? service?.name ?? '',
        queuedMs: part(service, 'Dwell Time'),
        preInitMs: cold?.preInitMs ?? null,
        initMs: part(run, 'Initialization'),
        invocationMs: part(run, 'Invocation') ?? (run === null ? null : lengthMs(run)),
        overheadMs: part(run, 'Overhead'),
      };
    });
}

export interface ServiceMap {
  readonly nodes: readonly {
    readonly name: string;
    readonly kind: string | null;
    readonly n: number;
    /** Null where no document states an outcome: calls without a segment of their own. */
    readonly failed: number | null;
    readonly p50Ms: number | null;
    /** Null below {@link FEWEST_FOR_P95} times. */
    readonly p95Ms: number | null;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly n: number }[];
}

/**
 * Builds the service map. Lambda's two segments of one function become one node; calls without a segment of their own are
 * nodes too.
 */
export function serviceMap(rows: readonly TraceSegmentView[]): ServiceMap {
  const segments = withoutSpans(rows);
  const nodes = new Map<string, SeenNode>();
  const edges = new Map<string, { from: string; to: string; n: number }>();
  const byId = new Map<string, TraceSegmentView>();
  const ownerOf = new Map<string, TraceSegmentView>();
  for (const segment of segments) {
    byId.set(segment.id, segment);
    for (const part of segment.subsegments) ownerOf.set(part.id, segment);
  }
  const see = (name: string, kind: string | null, outcome: string | null, ms: number | null): void => {
    const node = nodes.get(name) ?? { kind: null, outcomes: [], times: [], n: 0 };
    node.kind ??= kind;
    node.n += 1;
    if (outcome !== null) node.outcomes.push(outcome);
    if (ms !== null) node.times.push(ms);
    nodes.set(name, node);
  };
  const link = (from: string, to: string): void => {
    if (from === to) return;
    const key = JSON.stringify([from, to]);
    edges.set(key, { from, to, n: (edges.get(key)?.n ?? 0) + 1 });
  };
  const answered = new Set(segments.map((segment) => segment.parentId));
  for (const segment of segments) {
    const parent =
      segment.parentId === null ? undefined : (byId.get(segment.parentId) ?? ownerOf.get(segment.parentId));
    const sameFunction = parent?.name === segment.name && segment.origin === FUNCTION_ORIGIN;
    if (!sameFunction) see(segment.name, segment.origin, segment.outcome, lengthMs(segment));
    if (parent !== undefined) link(parent.name, segment.name);
    for (const part of segment.subsegments) {
      if (part.namespace === null || answered.has(part.id)) continue;
      see(part.name, part.namespace, null, lengthMs(part));
      link(segment.name, part.name);
    }
  }
  // Sorted by name, so the result does not depend on the order of traces.
  return {
    nodes: [...nodes].map(nodeOf).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    edges: [...edges.values()].toSorted((a, b) => (`${a.from}\n${a.to}` < `${b.from}\n${b.to}` ? -1 : 1)),
  };
}

interface SeenNode {
  kind: string | null;
  n: number;
  readonly outcomes: string[];
  /** ms */
  readonly times: number[];
}

/** Of fewer, the p95 is close to the longest. */
const FEWEST_FOR_P95 = 20;

function nodeOf([name, { kind, n, outcomes, times }]: readonly [string, SeenNode]): ServiceMap['nodes'][number] {
  const sorted = ascending(times);
  return {
    name,
    kind,
    n,
    failed: outcomes.length === 0 ? null : outcomes.filter((one) => one === 'fault' || one === 'error').length,
    p50Ms: sorted.length === 0 ? null : medianOf(sorted),
    p95Ms: sorted.length < FEWEST_FOR_P95 ? null : quantileOf(sorted, 0.95),
  };
}

function startOf({
  run,
  service,
}: {
  readonly run: TraceSegmentView | null;
  readonly service: TraceSegmentView | null;
}): bigint {
  return service?.startNs ?? run?.startNs ?? 0n;
}

function sumMs(spans: readonly { readonly startNs: bigint; readonly endNs: bigint | null }[]): number | null {
  const lengths = spans.map(lengthMs).filter((ms) => ms !== null);
  return lengths.length === 0 ? null : lengths.reduce((sum, ms) => sum + ms, 0);
}

function lengthMs({ startNs, endNs }: { readonly startNs: bigint; readonly endNs: bigint | null }): number | null {
  return endNs === null ? null : Number((endNs - startNs) / 1000n) / 1000;
}
