/** Our own Prometheus metrics; docs/metrics.md is tested against this list. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    ingestRequests: new Counter({
      name: 'thermocline_ingest_requests_total',
      help: 'Ingest requests by route and HTTP status',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    ingestEvents: new Counter({
      name: 'thermocline_ingest_events_total',
      help: 'Log events by outcome: accepted, duplicate, ignored, rejected',
      labelNames: ['outcome'] as const,
      registers,
    }),
    ingestSeconds: new Histogram({
      name: 'thermocline_ingest_ack_seconds',
      help: 'Seconds from the first byte of an ingest request to its acknowledgement',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    ingestHeldBytes: new Gauge({
      name: 'thermocline_ingest_held_bytes',
      help: 'Request bodies in memory',
      registers,
    }),
    ignoredAttributes: new Counter({
      name: 'thermocline_ignored_common_attributes_total',
      help: 'Firehose requests whose common attributes could not be read and were ignored',
      registers,
    }),
    apiSeconds: new Histogram({
      name: 'thermocline_api_seconds',
      help: 'Seconds to answer an API request, by route',
      labelNames: ['route', 'status'] as const,
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers,
    }),
  };
}
