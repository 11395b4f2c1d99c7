/** What an API in front of a function saw of its cold starts, beyond what the function itself reports. */
import { median } from '../statistics/order.ts';

/** One request, joined by the function's request id. Durations in ms. */
export interface EdgeRequest {
  readonly route: string | null;
  readonly integrationLatencyMs: number;
  readonly durationMs: number;
  /** Init or restore that the request waited for; null when warm. */
  readonly waitedMs: number | null;
}

export interface EdgeLatency {
  /** Of each cold request: what it waited beyond init and Duration, less what warm requests of its route do. */
  readonly excessMs: readonly number[];
  readonly warm: number;
  /** Cold requests of routes with too few warm ones to compare with. */
  readonly unmatched: number;
}

/** Warm requests of a route that make a baseline. */
const FEWEST_WARM = 10;

/** Placement, code download and network attach as the caller felt them: integration latency − Duration − init − warm baseline. */
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
