/** Metrics of `AWS/Lambda` about simulated requests, as a metric stream delivers them: one JSON object for each metric and minute. */
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../records/demo-scope.ts';
import { MINUTE_MS } from '../records/time.ts';
import type { SimulatedRequest } from './truth.ts';

/** Most requests that are refused in a minute in which all concurrency is in use. */
const MOST_REFUSED = 3;
/** Below this peak, nothing is refused: so small a limit would refuse much more. */
const LEAST_PEAK = 3;

interface Minute {
  invocations: number;
  errors: number;
  /** Most at a time. */
  concurrent: number;
}

/**
 * The account's limit is taken to be the peak of the function: in minutes at the peak, further requests are refused. `knownPeak` is
 * that of the time before, if it is known.
 */
export function metricLines(
  name: string,
  requests: readonly SimulatedRequest[],
  fromMs: number,
  toMs: number,
  knownPeak = 0,
): readonly string[] {
  const minutes = minutesOf(requests, fromMs, toMs);
  const peak = Math.max(knownPeak, ...minutes.map(({ concurrent }) => concurrent));
  return minutes.flatMap(({ invocations, errors, concurrent }, at) => {
    // CloudWatch sends no point of a minute without a value.
    if (invocations === 0) return [];
    const line = (metric: string, value: Readonly<Record<'sum' | 'count' | 'min' | 'max', number>>): string =>
      JSON.stringify({
        metric_stream_name: 'demo',
        account_id: SIMULATED_ACCOUNT,
        region: SIMULATED_REGION,
        namespace: 'AWS/Lambda',
        metric_name: metric,
        dimensions: { FunctionName: name },
        timestamp: fromMs + at * MINUTE_MS,
        value,
        unit: 'Count',
      });
    const refused = concurrent === peak && peak >= LEAST_PEAK ? 1 + (at % MOST_REFUSED) : 0;
    const failed = { sum: errors, count: invocations, min: errors === invocations ? 1 : 0, max: errors > 0 ? 1 : 0 };
    return [
      line('Invocations', { sum: invocations, count: invocations, min: 1, max: 1 }),
      line('Errors', failed),
      line('ConcurrentExecutions', { sum: concurrent, count: 1, min: concurrent, max: concurrent }),
      ...(refused === 0 ? [] : [line('Throttles', { sum: refused, count: refused + invocations, min: 0, max: 1 })]),
    ];
  });
}

function minutesOf(requests: readonly SimulatedRequest[], fromMs: number, toMs: number): readonly Minute[] {
  const minutes = Array.from(
    { length: Math.ceil((toMs - fromMs) / MINUTE_MS) },
    (): Minute => ({
      invocations: 0,
      errors: 0,
      concurrent: 0,
    }),
  );
  const at = (ms: number): Minute | undefined => minutes[Math.floor((ms - fromMs) / MINUTE_MS)];
  const changes: (readonly [ms: number, by: 1 | -1])[] = [];
  for (const { arrivalMs, endMs, failed } of requests) {
    const minute = at(arrivalMs);
    if (minute !== undefined) {
      minute.invocations += 1;
      minute.errors += failed ? 1 : 0;
    }
    changes.push([arrivalMs, 1], [endMs, -1]);
  }
  let running = 0;
  for (const [ms, by] of changes.toSorted(([a, first], [b, second]) => a - b || first - second)) {
    running += by;
    const minute = at(ms);
    if (minute !== undefined) minute.concurrent = Math.max(minute.concurrent, running);
  }
  return minutes;
}
