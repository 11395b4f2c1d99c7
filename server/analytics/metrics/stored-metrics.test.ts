/**
 * Names, statistics and units by "Types of metrics for Lambda functions" and "Monitoring durable functions" of AWS's documentation: counts are
 * read by their sum, concurrency and ages by their maximum.
 */
import { describe, expect, test } from 'vitest';
import { PLATFORM_METRIC_NAMES, PLATFORM_METRICS } from './platform.ts';
import type { QueryMetricName, StoredMetricName } from './stored-metrics.ts';
import { aggregationProblem, isStored, metricProblems, queryAggregations, queryUnitOf } from './stored-metrics.ts';

const DOCUMENTED: readonly (readonly [
  metric: StoredMetricName,
  name: string,
  statistic: string,
  unit: string | null,
])[] = [
  ['throttles', 'Throttles', 'sum', 'count'],
  ['concurrentExecutions', 'ConcurrentExecutions', 'max', 'count'],
  ['iteratorAge', 'IteratorAge', 'max', 'ms'],
  ['offsetLag', 'OffsetLag', 'max', 'count'],
  ['asyncEventsReceived', 'AsyncEventsReceived', 'sum', 'count'],
  ['asyncEventAge', 'AsyncEventAge', 'max', 'ms'],
  ['asyncEventsDropped', 'AsyncEventsDropped', 'sum', 'count'],
  ['deadLetterErrors', 'DeadLetterErrors', 'sum', 'count'],
  ['destinationDeliveryFailures', 'DestinationDeliveryFailures', 'sum', 'count'],
  ['recursiveInvocationsDropped', 'RecursiveInvocationsDropped', 'sum', 'count'],
  ['provisionedConcurrentExecutions', 'ProvisionedConcurrentExecutions', 'max', 'count'],
  ['provisionedConcurrencyUtilization', 'ProvisionedConcurrencyUtilization', 'max', 'ratio'],
  ['provisionedConcurrencySpilloverInvocations', 'ProvisionedConcurrencySpilloverInvocations', 'sum', 'count'],
  ['platformInvocations', 'Invocations', 'sum', 'count'],
  ['platformErrors', 'Errors', 'sum', 'count'],
  ['durableExecutionsRunning', 'ApproximateRunningDurableExecutions', 'max', 'count'],
  ['durableExecutionsStarted', 'DurableExecutionStarted', 'sum', 'count'],
  ['durableExecutionsSucceeded', 'DurableExecutionSucceeded', 'sum', 'count'],
  ['durableExecutionsFailed', 'DurableExecutionFailed', 'sum', 'count'],
  ['durableExecutionsTimedOut', 'DurableExecutionTimedOut', 'sum', 'count'],
  ['durableExecutionsStopped', 'DurableExecutionStopped', 'sum', 'count'],
  ['durableExecutionDuration', 'DurableExecutionDuration', 'max', 'ms'],
  ['durableExecutionOperations', 'DurableExecutionOperations', 'max', 'count'],
  ['durableExecutionStorageWrittenBytes', 'DurableExecutionStorageWrittenBytes', 'max', 'bytes'],
];

test.each(DOCUMENTED)('%s is %s, by its %s, in %s', (metric, name, statistic, unit) => {
  expect(PLATFORM_METRICS).toHaveProperty(metric, { name, statistic, unit });
  expect(isStored(metric)).toBe(true);
  expect(queryUnitOf(metric)).toBe(unit);
  expect(queryAggregations(metric)).toEqual([statistic]);
});

test('all are listed above', () => {
  expect(PLATFORM_METRIC_NAMES).toHaveLength(DOCUMENTED.length);
});

test('a custom metric has the unit of its series, and is summed unless something else is asked for', () => {
  expect(queryUnitOf('custom')).toBeNull();
  expect(queryAggregations('custom')).toEqual(['sum']);
});

describe('what a query cannot ask', () => {
  test.each<[QueryMetricName, readonly string[], boolean]>([
    ['throttles', ['sum', 'average', 'min', 'max', 'count', 'perSecond'], true],
    ['throttles', ['p99'], false],
    ['custom', ['p99'], true],
    ['custom', ['value'], false],
    ['durationMs', ['p99'], true],
    ['durationMs', ['sum'], false],
  ])('%s by %j: %s', (metric, aggregations, isFine) => {
    expect(aggregationProblem(metric, aggregations) === null).toBe(isFine);
  });

  test.each<[Parameters<typeof metricProblems>[0], readonly string[]]>([
    [{ metric: 'custom', filters: [], groupBy: [] }, ['custom']],
    [{ metric: 'throttles', custom: { namespace: 'Shop', name: 'Orders' }, filters: [], groupBy: [] }, ['custom']],
    [{ metric: 'custom', custom: { namespace: 'Shop', name: 'Orders' }, filters: [], groupBy: ['function'] }, []],
    [{ metric: 'invocations', filters: [{ field: 'memoryMb' }], groupBy: ['version'] }, []],
  ])('%j', (query, fields) => {
    expect(metricProblems(query).map(({ field }) => field)).toEqual(fields);
  });

  test('of a stored metric only the function, its account and its region are known', () => {
    const problems = metricProblems({ metric: 'throttles', filters: [{ field: 'memoryMb' }], groupBy: ['version'] });
    expect(problems.map(({ message }) => message)).toEqual([
      'throttles has function, account, region only',
      'throttles has function, account, region only',
    ]);
  });
});
