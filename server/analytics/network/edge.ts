/** Cold-start latency as an API in front of a function sees it, beyond what the function itself reports. */
import { median } from '../statistics/order.ts';

/** One request, joined by the function's request id. Durations in ms. */
export interface EdgeRequest {
  readonly route: string | null;
  readonly integrationLatencyMs: number;
  readonly durationMs: number;
  /** Init or restore that the request waited for; null if warm. */
  readonly waitedMs: number | null;
}

export interface EdgeLatency {
  /** For each cold request: its wait beyond init and Duration, minus that of warm requests of its route, ms. */
  readonly excessMs: readonly number[];
  readonly warm: number;
  /** Cold requests whose route has too few warm requests to compare with. */
  readonly unmatched: number;
}

/** Minimum number of warm requests per route for a baseline. */
const FEWEST_WARM = 10;

/** Placement, code download and network attach as callers felt them: integration latency − Duration − init − warm baseline. */
export function edgeLatency(requests: readonly EdgeRequest[]): EdgeLatency {
  const beyond = (one: EdgeRequest): number => one.integrationLatencyMs - one.durationMs - (one.waitedMs ?? 0);
  const warm = new Map<string | null, number[]>();
  for (const one of requests) {
    if (one.waitedMs !== null) continue;
    const values = warm.get(one.route) ?? [];
    warm.set(one.route, values);
    values.push(beyond(one));
  }
  const baselines = new Map(
    [...warm].filter(([, values]) => values.length >= FEWEST_WARM).map(([route, values]) => [route, median(values)]),
  );
  const cold = requests.filter((one) => one.waitedMs !== null);
  const excessMs = cold.flatMap((one) => {
    const baseline = baselines.get(one.route);
    return baseline === undefined ? [] : [beyond(one) - baseline];
  });
  const warmed = [...warm.values()].reduce((sum, values) => sum + values.length, 0);
  return { excessMs, warm: warmed, unmatched: cold.length - excessMs.length };
}
