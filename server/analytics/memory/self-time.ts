/**
 * What a function computes itself, and what it waits for others: only the first follows the memory size. Where traces tell
 * the two apart, the curve is fitted to the first and the second is added back.
 */
import type { FittedModel, SizePoint } from './duration-model.ts';
import { fitDuration } from './duration-model.ts';

/** Mean time in calls to others, of the traced invocations at a size. */
export interface RemoteTime {
  readonly meanMs: number;
  readonly n: number;
}

/** Traced invocations of each size, at least. */
export const FEWEST_TRACED = 20;

export interface TimedCall {
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  /** `aws`, `remote`; null for the function's own parts. */
  readonly namespace: string | null;
}

/** Time in which at least one call to another service was under way, ms: calls side by side count once. */
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

/** `remoteMs` is part of `fixedMs`: what was added back; null where whole durations were fitted. */
export interface TracedModel extends FittedModel {
  readonly remoteMs: number | null;
}

/** A point of the curve, and what traces say of it. */
export interface TracedPoint extends SizePoint {
  readonly remote: RemoteTime | null;
}

/** The model of whole durations, fitted to self time where every size has enough traces. */
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
