/**
 * Derives the time before a function's init from X-Ray: the service's segment begins with the request, the function's with
 * its first line of code, and Initialization is named. The rest is placement, code download and network attach.
 */
import type { LambdaSegment, PairedRun, Span } from './attempts.ts';

export interface PreInit {
  /** Negative if the init began before the request, so no caller waited for it. */
  readonly preInitMs: number;
  readonly initMs: number;
  readonly startMs: number;
}

/** Returns null if the attempt was warm or unfinished, or its service's segment is missing. */
export function preInitOf({ run, service, attempt }: PairedRun<LambdaSegment>): PreInit | null {
  const init = run.subsegments.find((part) => part.name === 'Initialization');
  if (service === null || attempt?.endNs == null || run.endNs === null || init?.endNs == null) return null;
  // Newer documents put the init inside the function's segment, older ones before it. Subtract it once.
  const outside = init.startNs < run.startNs ? lengthNs({ ...init, endNs: min(init.endNs, run.startNs) }) : 0n;
  // An attempt of an asynchronous request begins after its time in the queue.
  const queued =
    attempt !== service
      ? 0n
      : service.subsegments
          .filter((part) => part.name === 'Dwell Time')
          .reduce((sum, part) => sum + lengthNs(part), 0n);
  const preInitNs = lengthNs(attempt) - lengthNs(run) - outside - queued;
  return {
    preInitMs: init.startNs < attempt.startNs ? -msOf(attempt.startNs - init.startNs) : msOf(preInitNs),
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
