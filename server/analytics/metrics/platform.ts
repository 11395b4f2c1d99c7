/**
 * Metrics that the Lambda service publishes in CloudWatch, each with the statistic that it is read with
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html; those of durable executions:
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-monitoring.html).
 */

export type MetricStatistic = 'sum' | 'max';

export interface PlatformMetric {
  /** As CloudWatch names it. */
  readonly name: string;
  readonly statistic: MetricStatistic;
  readonly unit: 'count' | 'ms' | 'ratio' | 'bytes' | 'percent';
}

const sum = (name: string): PlatformMetric => ({ name, statistic: 'sum', unit: 'count' });
const max = (name: string, unit: PlatformMetric['unit'] = 'count'): PlatformMetric => ({
  name,
  statistic: 'max',
  unit,
});

/** By the name that structured queries and rules use. */
export const PLATFORM_METRICS = {
  throttles: sum('Throttles'),
  concurrentExecutions: max('ConcurrentExecutions'),
  iteratorAge: max('IteratorAge', 'ms'),
  offsetLag: max('OffsetLag'),
  asyncEventsReceived: sum('AsyncEventsReceived'),
  asyncEventAge: max('AsyncEventAge', 'ms'),
  asyncEventsDropped: sum('AsyncEventsDropped'),
  deadLetterErrors: sum('DeadLetterErrors'),
  destinationDeliveryFailures: sum('DestinationDeliveryFailures'),
  recursiveInvocationsDropped: sum('RecursiveInvocationsDropped'),
  provisionedConcurrentExecutions: max('ProvisionedConcurrentExecutions'),
  provisionedConcurrencyUtilization: max('ProvisionedConcurrencyUtilization', 'ratio'),
  provisionedConcurrencySpilloverInvocations: sum('ProvisionedConcurrencySpilloverInvocations'),
  platformInvocations: sum('Invocations'),
  platformErrors: sum('Errors'),
  durableExecutionsRunning: max('ApproximateRunningDurableExecutions'),
  durableExecutionsStarted: sum('DurableExecutionStarted'),
  durableExecutionsSucceeded: sum('DurableExecutionSucceeded'),
  durableExecutionsFailed: sum('DurableExecutionFailed'),
  durableExecutionsTimedOut: sum('DurableExecutionTimedOut'),
  durableExecutionsStopped: sum('DurableExecutionStopped'),
  durableExecutionDuration: max('DurableExecutionDuration', 'ms'),
  durableExecutionOperations: max('DurableExecutionOperations'),
  durableExecutionStorageWrittenBytes: max('DurableExecutionStorageWrittenBytes', 'bytes'),
} as const satisfies Readonly<Record<string, PlatformMetric>>;

export type PlatformMetricName = keyof typeof PLATFORM_METRICS;

export const PLATFORM_METRIC_NAMES = Object.keys(PLATFORM_METRICS) as readonly PlatformMetricName[];
