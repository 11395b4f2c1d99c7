/**
 * Derives the time before a function's init from X-Ray: the service's segment begins with the request, the function's with
 * its first line of code, and Initialization is named. The rest is placement, code download and network attach.
 */

export interface Span {
  readonly name: string;
  /** Epoch nanoseconds. */
  readonly startNs: bigint;
  readonly endNs: bigint | null;
}

export interface LambdaSegment extends Span {
  readonly origin: string | null;
  readonly subsegments: readonly Span[];
}

export interface PreInit {
  /** Negative if the init began before the request, so no caller waited for it. */
  readonly preInitMs: number;
  readonly initMs: number;
  readonly startMs: number;
}

/** Returns null if the attempt was warm or unfinished, or one of its two segments is missing. */
export function preInitOf(segments: readonly LambdaSegment[]): PreInit | null {
  const service = segments.find((segment) => segment.origin === 'AWS::Lambda');
  const run = segments.find((segment) => segment.origin === 'AWS::Lambda::Function');
  const init = run?.subsegments.find((part) => part.name === 'Initialization');
  if (service?.endNs == null || run?.endNs == null || init?.endNs == null) return null;
  // Newer documents put the init inside the function's segment, older ones before it. Subtract it once.
  const outside = init.startNs < run.startNs ? lengthNs({ ...init, endNs: min(init.endNs, run.startNs) }) : 0n;
  const queued = service.subsegments
    .filter((part) => part.name === 'Dwell Time')
    .reduce((sum, part) => sum + lengthNs(part), 0n);
  const preInitNs = lengthNs(service) - lengthNs(run) - outside - queued;
  return {
    preInitMs: init.startNs < service.startNs ? -msOf(service.startNs - init.startNs) : msOf(preInitNs),
    initMs: msOf(lengthNs(init)),
    startMs: Number(service.startNs / 1_000_000n),
  };
}

function lengthNs({ startNs, endNs }: Span): bigint {
  return endNs === null || endNs < startNs ? 0n : endNs - startNs;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function msOf(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
