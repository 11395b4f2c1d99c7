/** Metrics of CloudWatch from which findings follow. Requests name them without loading what analyses them. */
import type { PlatformMetricName } from './platform.ts';

/** The metrics that `platformCounts` reads. */
export const COUNTED_METRICS = [
  'throttles',
  'platformInvocations',
  'concurrentExecutions',
  'provisionedConcurrencySpilloverInvocations',
  'asyncEventsReceived',
  'asyncEventsDropped',
  'deadLetterErrors',
  'destinationDeliveryFailures',
  'iteratorAge',
  'asyncEventAge',
] as const satisfies readonly PlatformMetricName[];

export type CountedMetric = (typeof COUNTED_METRICS)[number];
