/**
 * Derives the time before a function's init from X-Ray: the service's segment begins with the request, and Initialization
 * with the init. In between are placement, code download and network attach.
 */
import type { LambdaSegment, PairedRun, Span } from './attempts.ts';

export interface PreInit {
  /** Negative if the init began before the request, so no caller waited for it. */
  readonly preInitMs: number;
  readonly initMs: number;
  readonly startMs: number;
}

/**
 * Returns null if the attempt was warm or unfinished, or its service's segment is missing. Starts are compared, not lengths:
 * the service's segment also contains the time between the init and the function's segment, and what the service does
 * after it (13 of 400 ms in the example of X-Ray's developer guide).
 */
export function preInitOf({ run, service, attempt }: PairedRun<LambdaSegment>): PreInit | null {
  const init = run.subsegments.find((part) => part.name === 'Initialization');
  if (service === null || attempt?.endNs == null || run.endNs === null || init?.endNs == null) return null;
  // An attempt of an asynchronous request begins after its time in the queue.
  const queued =
    attempt !== service
      ? 0n
      : service.subsegments
          .filter((part) => part.name === 'Dwell Time')
          .reduce((sum, part) => sum + lengthNs(part), 0n);
  return {
    preInitMs: msOf(init.startNs - attempt.startNs - queued),
    initMs: msOf(lengthNs(init)),
    startMs: Number(service.startNs / 1_000_000n),
  };
}

function lengthNs({ startNs, endNs }: Span): bigint {
  return endNs === null || endNs < startNs ? 0n : endNs - startNs;
}

function msOf(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}
