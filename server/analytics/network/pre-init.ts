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
 * Most of the service's time between init and function and after the function, ms: 13 in the example of X-Ray's developer guide.
 * A longer one, or a negative one, shows that the clocks of the two segments disagree.
 */
const MOST_BESIDE_MS = 25;

/**
 * Returns null if the attempt was warm or unfinished, or its service's segment is missing. Starts are compared: the lengths
 * (service − function − Initialization) also contain what the service does after init and after the function. Where
 * the clocks of the segments disagree, the lengths are compared, which no clock changes.
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
  const byStartsMs = msOf(init.startNs - attempt.startNs - queued);
  // Newer documents put the init inside the function's segment, older ones before it. Subtract it once.
  const outside = init.startNs < run.startNs ? lengthNs({ ...init, endNs: min(init.endNs, run.startNs) }) : 0n;
  const byLengthsMs = msOf(lengthNs(attempt) - lengthNs(run) - outside - queued);
  const besideMs = byLengthsMs - byStartsMs;
  const isProactive = init.startNs < attempt.startNs;
  return {
    preInitMs: isProactive || (besideMs >= 0 && besideMs <= MOST_BESIDE_MS) ? byStartsMs : byLengthsMs,
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
