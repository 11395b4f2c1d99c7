/**
 * Splits duration into the function's own time and calls to other services. Only the former depends on memory size. If
 * traces separate the two, the curve is fitted to own time, and the time of the calls is added back.
 */
import type { FittedModel, SizePoint } from './duration-model.ts';
import { fitDuration } from './duration-model.ts';

/** Mean time in calls to other services over the traced invocations at a size. */
export interface RemoteTime {
  readonly meanMs: number;
  readonly n: number;
}

/** Minimum number of traced invocations per size. */
export const FEWEST_TRACED = 20;

export interface TimedCall {
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  /** `aws` or `remote`; null for parts of the function itself. */
  readonly namespace: string | null;
}

/** Returns the time during which at least one call to another service was in progress, ms. Parallel calls count once. */
export function remoteMs(calls: readonly TimedCall[]): number {
  const remote = calls
    .flatMap(({ startNs, endNs, namespace }) =>
      namespace === null || endNs === null || endNs <= startNs ? [] : [{ startNs, endNs }],
    )
    .toSorted((a, b) => (a.startNs < b.startNs ? -1 : 1));
  let [total, untilNs] = [0n, 0n];
  for (const { startNs, endNs } of remote) {
    const fromNs = startNs > untilNs ? startNs : untilNs;
    if (endNs > fromNs) total += endNs - fromNs;
    if (endNs > untilNs) untilNs = endNs;
  }
  return Number(total / 1000n) / 1000;
}

/** `remoteMs` is the part of `fixedMs` that was added back; null if whole durations were fitted. */
export interface TracedModel extends FittedModel {
  readonly remoteMs: number | null;
}

/** A point of the curve with the remote time from traces. */
export interface TracedPoint extends SizePoint {
  readonly remote: RemoteTime | null;
}

/** Returns the model of whole durations, fitted to own time if every size has enough traces. */
export function fitTraced(points: readonly TracedPoint[]): TracedModel | null {
  const known = points.map((point) => point.remote).filter((remote) => remote !== null);
  if (known.length === points.length && known.every((remote) => remote.n >= FEWEST_TRACED)) {
    const own = fitDuration(
      points.map((point) => ({ ...point, durationMs: point.durationMs - (point.remote?.meanMs ?? 0) })),
    );
    if (own !== null) {
      const n = known.reduce((sum, remote) => sum + remote.n, 0);
      const addedMs = known.reduce((sum, remote) => sum + remote.n * remote.meanMs, 0) / n;
      return { ...own, fixedMs: own.fixedMs + addedMs, remoteMs: addedMs };
    }
  }
  const whole = fitDuration(points);
  return whole === null ? null : { ...whole, remoteMs: null };
}
