/**
 * Brings spans of OpenTelemetry into the form of X-Ray's segments: the span of an invocation (or of a request to another service) becomes a
 * segment, what happened inside of it its subsegments, and the span of an init the subsegment Initialization. Where X-Ray has the
 * function's segment of the same attempt, its spans belong to that one: the attempt is counted once.
 */
import { FUNCTION_ORIGIN, SERVICE_ORIGIN } from './attempts.ts';
import type { TraceSegmentView } from './trace-segment-view.ts';

type Part = TraceSegmentView['subsegments'][number];

/** The name under which ingest stores the kind of a span. */
const KIND = 'span.kind';
const INIT = 'Initialization';

/** The segments of one or more traces, with spans among them in the form of segments, in order of start. */
export function withoutSpans(rows: readonly TraceSegmentView[]): readonly TraceSegmentView[] {
  const spans = new Map(rows.filter(isSpan).map((span) => [span.id, span]));
  const roots = [...spans.values()].filter(isRoot);
  if (roots.length === 0) return rows;
  const invocationOf = invocationFinder(roots);
  const rootOf = rootFinder(spans);
  const partsOf = new Map<string, Part[]>(roots.map((root) => [root.id, []]));
  const taken = new Set<TraceSegmentView>(roots);
  for (const span of spans.values()) {
    if (isRoot(span)) continue;
    const root = isInit(span) ? invocationOf(span) : rootOf(span);
    if (root === null) continue;
    partsOf.get(root.id)?.push(partOf(span));
    taken.add(span);
  }
  const runOf = runFinder(rows);
  const added = new Map<string, Part[]>();
  const segments: TraceSegmentView[] = [];
  for (const root of roots) {
    const parts = partsOf.get(root.id) ?? [];
    const run = root.requestId == null ? null : runOf(root);
    if (run === null) {
      const origin = root.requestId == null ? root.origin : FUNCTION_ORIGIN;
      segments.push({ ...root, origin, subsegments: [...root.subsegments, ...parts] });
      continue;
    }
    const hasInit = run.subsegments.some((part) => part.name === INIT);
    const own = added.get(run.id) ?? [];
    own.push(partOf(root));
    for (const part of parts) if (!hasInit || part.name !== INIT) own.push(part);
    added.set(run.id, own);
  }
  const others = rows
    .filter((row) => !taken.has(row))
    .map((row) => ({ ...row, subsegments: [...row.subsegments, ...(added.get(row.id) ?? [])] }));
  return [...others, ...segments].toSorted((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
}

function isSpan({ origin, subsegments, annotations }: TraceSegmentView): boolean {
  return origin === null && subsegments.length === 0 && annotations !== undefined;
}

/** The span of a request that a service received, or of an invocation. */
function isRoot({ requestId, annotations }: TraceSegmentView): boolean {
  const kind = annotations?.[KIND];
  return requestId != null || kind === 'server' || kind === 'consumer';
}

/** The span that the collector's receiver of the Telemetry API makes of an init. */
function isInit({ annotations, requestId }: TraceSegmentView): boolean {
  return annotations?.['faas.coldstart'] === true && requestId == null;
}

/** Finds the invocation that waited for an init: the coldstart processor gives both the same parent. Null if that is not certain. */
function invocationFinder(roots: readonly TraceSegmentView[]): (init: TraceSegmentView) => TraceSegmentView | null {
  const invocations = roots.filter((root) => root.requestId != null);
  const [only = null] = invocations.length === 1 ? invocations : [];
  /** Null where several have the parent. */
  const byParent = new Map<string | null, TraceSegmentView | null>();
  for (const one of invocations) byParent.set(one.parentId, byParent.has(one.parentId) ? null : one);
  return ({ parentId }) => (parentId === null ? only : (byParent.get(parentId) ?? only));
}

/** Finds the span of the request or invocation that a span is inside of, or null. Parents may form a circle. */
function rootFinder(spans: ReadonlyMap<string, TraceSegmentView>): (span: TraceSegmentView) => TraceSegmentView | null {
  const known = new Map<string, TraceSegmentView | null>();
  return (span) => {
    const path: string[] = [];
    let at: TraceSegmentView | undefined = span;
    while (at !== undefined && !isRoot(at) && !known.has(at.id)) {
      path.push(at.id);
      known.set(at.id, null);
      at = at.parentId === null ? undefined : spans.get(at.parentId);
    }
    const found = at === undefined ? null : isRoot(at) ? at : (known.get(at.id) ?? null);
    for (const id of path) known.set(id, found);
    return found;
  };
}

/** Finds X-Ray's segment of the attempt that a span is of: by the parent of the span, or by the request. */
function runFinder(rows: readonly TraceSegmentView[]): (span: TraceSegmentView) => TraceSegmentView | null {
  const requests = new Map(
    rows.flatMap((row) => (row.origin === SERVICE_ORIGIN && row.requestId != null ? [[row.id, row.requestId]] : [])),
  );
  const byId = new Map<string, TraceSegmentView>();
  const byRequest = new Map<string, TraceSegmentView>();
  for (const run of rows) {
    if (run.origin !== FUNCTION_ORIGIN) continue;
    for (const { id } of [run, ...run.subsegments]) byId.set(id, run);
    const requestId = run.parentId === null ? undefined : requests.get(run.parentId);
    if (requestId !== undefined) byRequest.set(requestId, run);
  }
  return ({ parentId, requestId }) => byId.get(parentId ?? '') ?? byRequest.get(requestId ?? '') ?? null;
}

function partOf(span: TraceSegmentView): Part {
  const { id, startNs, endNs, annotations } = span;
  const kind = annotations?.[KIND];
  const isCall = kind === 'client' || kind === 'producer';
  const name = isInit(span) ? INIT : isCall ? calledName(span) : span.name;
  return { id, name, startNs, endNs, namespace: isCall ? 'remote' : null };
}

/** Attributes that name the service that was called, the most telling first. */
const CALLED = [
  'peer.service',
  'rpc.service',
  'messaging.destination.name',
  'db.system.name',
  'db.system',
  'server.address',
  'net.peer.name',
  'http.host',
];

function calledName({ annotations, name }: TraceSegmentView): string {
  for (const key of CALLED) {
    const value = annotations?.[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return name;
}
