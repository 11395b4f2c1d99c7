/** Metrics of `checkout` for the contract tests: points of CloudWatch and lines of the embedded metric format, with values known by hand. */
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { Dimensions, MetricStatistics } from '../../ingest/records/metric.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { line, orders, point } from './metric-records.ts';

/** Start of the hour of the metrics. */
export const METRICS_MS = Date.UTC(2026, 10, 20) - 8 * HOUR_MS;

const place = { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION };
const OWN: Dimensions = [['FunctionName', 'checkout']];
const VERSION: Dimensions = [...OWN, ['Resource', 'checkout:7']];

/** One minute of a metric of `checkout`, `n` minutes after the start. */
function minute(name: string, n: number, sum: number, given: Partial<MetricStatistics> = {}): MetricStatistics {
  const startMs = METRICS_MS + n * MINUTE_MS;
  return point({ ...place, name, startMs, count: 1, sum, min: sum, max: sum, dimensions: OWN, ...given });
}

/** A printed number of orders, `n` minutes after the start: of the service, and of the service and the tenant. */
function order(n: number, value: number, tenant: string): TelemetryRecord {
  const service: Dimensions = [['service', 'shop']];
  const sets = [service, [...service, ['tenant', tenant]] as const];
  return line(n, { atMs: METRICS_MS + n * MINUTE_MS, metrics: [orders([[value, 1]], sets)] });
}

/** Two of them are replaced by {@link NEWER_METRIC_RECORDS}, and the rest of the lines come again there. */
export const METRIC_RECORDS: readonly TelemetryRecord[] = [
  ...[2, 0, 5, 1].map((sum, n) => minute('Throttles', n * 2, sum)),
  ...[2, 0, 5, 1].map((sum, n) => minute('Throttles', n * 2, sum, { dimensions: VERSION })),
  ...[9, 9, 9, 9].map((sum, n) => minute('Throttles', n * 2, sum, { dimensions: [] })),
  minute('Invocations', 0, 3),
  minute('Invocations', 6, 1),
  minute('Errors', 6, 1),
  minute('ConcurrentExecutions', 0, 4, { count: 2, sum: 7, min: 3, max: 4 }),
  minute('ConcurrentExecutions', 1, 6, { min: null }),
  minute('Latency', 0, 20, { namespace: 'Shop', unit: 'Milliseconds', percentiles: [[99, 20]] }),
  minute('Latency', 9, 30, { namespace: 'Shop', unit: 'Seconds' }),
  ...[1, 2, 3, 40].map((value, n) => order(n * 3, value, n < 3 ? 'a' : 'b')),
  line(90, {
    atMs: METRICS_MS,
    metrics: [
      {
        ...orders([
          [-4, 1],
          [2, 3],
        ]),
        name: 'Balance',
      },
    ],
  }),
  line(91, { atMs: METRICS_MS, requestId: 'r-1', metrics: [orders([[1, 1]], [[['request', 'r-1']]])] }),
];

export const NEWER_METRIC_RECORDS: readonly TelemetryRecord[] = [
  minute('Throttles', 0, 3),
  minute('Throttles', 4, 4, { source: 'pull', unit: null }),
  ...[1, 2, 3, 40].map((value, n) => order(n * 3, value, n < 3 ? 'a' : 'b')),
];
