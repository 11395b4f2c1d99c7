/** Exact concurrency, computed from intervals, not from counts per minute. */

export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

export interface ConcurrencyBucket {
  readonly fromMs: number;
  readonly max: number;
  readonly mean: number;
}

export interface Concurrency {
  readonly peak: number;
  readonly peakAtMs: number | null;
  readonly buckets: readonly ConcurrencyBucket[];
}

/** Tolerance for overlapping runs of one environment, because log timestamps are imprecise. */
const OVERLAP_MS = 5;

/** Returns how many invocations an environment ran at once, at most. `runs` must ascend by start. */
export function mostAtOnce(runs: readonly Interval[]): number {
  let openUntilMs: number[] = [];
  let most = 0;
  for (const { startMs, endMs } of runs) {
    openUntilMs = openUntilMs.filter((untilMs) => startMs < untilMs - OVERLAP_MS);
    openUntilMs.push(endMs);
    most = Math.max(most, openUntilMs.length);
  }
  return most;
}

/**
 * Sweeps the intervals: each is open at its start and closed at its end; at a tie the end goes first.
 * The peak is exact; mean is time-weighted within each bucket of `widthMs` between `fromMs` and `toMs`.
 */
export function concurrency(
  intervals: readonly Interval[],
  fromMs: number,
  toMs: number,
  widthMs: number,
): Concurrency {
  const starts = Float64Array.from(intervals, (interval) => interval.startMs);
  const ends = Float64Array.from(intervals, (interval) => interval.endMs);
  return concurrencyOf(starts, ends, { fromMs, toMs, widthMs });
}

/** {@link concurrency} of intervals whose starts and ends are in two lists, which it sorts in place. */
export function concurrencyOf(
  starts: Float64Array,
  ends: Float64Array,
  { fromMs, toMs, widthMs }: { readonly fromMs: number; readonly toMs: number; readonly widthMs: number },
): Concurrency {
  const n = Math.max(0, Math.ceil((toMs - fromMs) / widthMs));
  const max = new Float64Array(n);
  const area = new Float64Array(n);
  starts.sort();
  ends.sort();
  let active = 0;
  let peak = 0;
  let peakAtMs: number | null = null;
  let at = fromMs;
  let s = 0;
  let e = 0;
  const advance = (to: number): void => {
    spread(area, max, active, at, Math.min(to, toMs), fromMs, widthMs);
    at = Math.max(at, Math.min(to, toMs));
  };
  while (s < starts.length || e < ends.length) {
    const start = starts[s] ?? Number.POSITIVE_INFINITY;
    const end = ends[e] ?? Number.POSITIVE_INFINITY;
    if (end <= start) {
      advance(end);
      active -= 1;
      e += 1;
    } else {
      advance(start);
      active += 1;
      s += 1;
      if (active > peak && start < toMs) {
        peak = active;
        peakAtMs = start;
      }
      const bucket = Math.floor((start - fromMs) / widthMs);
      if (bucket >= 0 && bucket < n) max[bucket] = Math.max(max[bucket] ?? 0, active);
    }
  }
  const buckets = Array.from({ length: n }, (_, bucket) => ({
    fromMs: fromMs + bucket * widthMs,
    max: max[bucket] ?? 0,
    mean: (area[bucket] ?? 0) / widthMs,
  }));
  return { peak, peakAtMs, buckets };
}

function spread(
  area: Float64Array,
  max: Float64Array,
  active: number,
  from: number,
  to: number,
  originMs: number,
  widthMs: number,
): void {
  if (active === 0) return;
  let at = Math.max(from, originMs);
  while (at < to) {
    const bucket = Math.floor((at - originMs) / widthMs);
    const stop = Math.min(to, originMs + (bucket + 1) * widthMs);
    area[bucket] = (area[bucket] ?? 0) + active * (stop - at);
    max[bucket] = Math.max(max[bucket] ?? 0, active);
    at = stop;
  }
}
