import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { MetricAnswer, MetricGroup } from '../../storage/ports.ts';
import { findingsOf } from './findings.ts';
import { platformCountsOf, withoutInvocations } from './platform-subjects.ts';

const RANGE = { fromMs: 0, toMs: 6 * HOUR_MS, widthMs: HOUR_MS };
type Sums = MetricGroup['total'];
const sums = (sum: number, max: number | null = null): Sums => ({ count: 10, sum, min: null, max, quantiles: [] });

/** Metrics of functions: a sum over the range, or the largest value of each part. */
function metricsOf(
  given: Readonly<Record<string, Readonly<Record<string, number | readonly number[]>>>>,
): MetricAnswer {
  const names = new Set(Object.values(given).flatMap((metrics) => Object.keys(metrics)));
  const metrics = [...names].map((name) => ({
    ...{ name, source: 'cloudwatch' as const, unit: 'Count', dimensions: ['FunctionName'], quantilesUnknown: null },
    ...{ others: { sources: [], units: [], dimensions: [] }, lastMs: 0, truncated: false },
    groups: Object.entries(given).flatMap(([id, own]): MetricGroup[] => {
      const value = own[name];
      if (value === undefined) return [];
      if (typeof value === 'number') return [{ group: [id], series: 1, total: sums(value, value), buckets: [] }];
      return [{ group: [id], series: 1, total: sums(0), buckets: value.map((max) => sums(0, max)) }];
    }),
  }));
  return { range: RANGE, metrics };
}

const RISING = [1, 2, 3, 5, 9].map((age) => age * MINUTE_MS);

const found = (given: Parameters<typeof metricsOf>[0]) =>
  findingsOf(withoutInvocations(platformCountsOf(metricsOf(given)), [])).findings;
const one = (own: Readonly<Record<string, number | readonly number[]>>) => found({ '1:r:f': own });
const sentences = (own: Readonly<Record<string, number | readonly number[]>>) =>
  one(own).map(({ sentence }) => sentence);

test('throttled requests, as a share of the requests: neither is part of the other', () => {
  // 120 of 120 + 2,880.
  expect(one({ Throttles: 120, Invocations: 2880, ConcurrentExecutions: 50 })).toMatchObject([
    {
      functionId: '1:r:f',
      kind: 'throttles',
      severity: 'medium',
      sentence: 'f: 120 throttled requests, 4.0 % of 3,000; at most 50 ran at once',
      parameters: { count: 120, of: 3000 },
    },
  ]);
  expect(one({ Throttles: 1, Invocations: 999 })).toMatchObject([
    { severity: 'low', sentence: 'f: 1 throttled request, 0.10 % of 1,000' },
  ]);
  expect(one({ Throttles: 100, Invocations: 900 })).toMatchObject([{ severity: 'high' }]);
});

test('without a count of invocations there is no share of them', () => {
  expect(one({ Throttles: 7 })).toMatchObject([
    { severity: 'medium', sentence: 'f: 7 throttled requests', parameters: { of: null } },
  ]);
});

test('nothing is found where no point came, or where the points say 0', () => {
  expect(found({})).toEqual([]);
  expect(one({ Invocations: 1000, AsyncEventsReceived: 40, ConcurrentExecutions: 9 })).toEqual([]);
  expect(
    one({
      ...{ Throttles: 0, ProvisionedConcurrencySpilloverInvocations: 0, AsyncEventsDropped: 0 },
      ...{ DeadLetterErrors: 0, DestinationDeliveryFailures: 0, Invocations: 10 },
    }),
  ).toEqual([]);
});

test('invocations beside provisioned concurrency', () => {
  expect(one({ ProvisionedConcurrencySpilloverInvocations: 48, Invocations: 400 })).toMatchObject([
    {
      kind: 'provisioned-concurrency',
      severity: 'medium',
      sentence: 'f: 48 invocations found all provisioned concurrency in use, 12 % of 400',
      parameters: { count: 48, of: 400 },
    },
  ]);
  // Points of the number of invocations are missing: no share can be more than all.
  expect(sentences({ ProvisionedConcurrencySpilloverInvocations: 50, Invocations: 30 })).toEqual([
    'f: 50 invocations found all provisioned concurrency in use, 100 % of 30',
  ]);
});

test('events that were lost', () => {
  expect(sentences({ AsyncEventsDropped: 3, AsyncEventsReceived: 60 })).toEqual([
    'f: 3 asynchronous events dropped without a successful invocation, of 60',
  ]);
  expect(one({ DeadLetterErrors: 1 })).toMatchObject([
    {
      kind: 'dead-letters',
      severity: 'high',
      sentence: 'f: 1 event could not be sent to its dead-letter queue',
      parameters: { count: 1 },
    },
  ]);
  expect(one({ DestinationDeliveryFailures: 2 })).toMatchObject([
    { kind: 'destinations', sentence: 'f: 2 events could not be sent to its destination', parameters: { count: 2 } },
  ]);
});

test('records and events that wait longer and longer', () => {
  const rising = [1, 2, 3, 5, 9].map((age) => age * MINUTE_MS);
  expect(one({ IteratorAge: rising })).toMatchObject([
    {
      kind: 'iterator-age',
      severity: 'medium',
      sentence:
        'f: records of its stream wait longer and longer, up to 1.00 min at first and 9.00 min at last (rising over 5 parts of the range, p = 0.027, n=10)',
      parameters: { n: 10, parts: 5 },
    },
  ]);
  // Three hours are half of the six that Lambda tries an event for.
  expect(one({ AsyncEventAge: rising.map((age) => age * 20) })).toMatchObject([
    { kind: 'async-event-age', severity: 'high' },
  ]);
  expect(one({ IteratorAge: rising.toReversed() })).toEqual([]);
});

test('lost events rank first, then ages, then shares of requests', () => {
  const rising = [1, 2, 3, 5, 9].map((age) => age * MINUTE_MS);
  const all = found({
    '1:r:spilled': { ProvisionedConcurrencySpilloverInvocations: 50, Invocations: 100 },
    '1:r:throttled': { Throttles: 10, Invocations: 90 },
    '1:r:lost': { DeadLetterErrors: 1 },
    '1:r:waiting': { IteratorAge: rising },
    '1:r:more': { AsyncEventsDropped: 2 },
  });
  expect(all.map(({ functionId }) => functionId)).toEqual(
    ['more', 'lost', 'waiting', 'throttled', 'spilled'].map((name) => `1:r:${name}`),
  );
});

test('functions with invocations are not subjects a second time', () => {
  const platform = platformCountsOf(metricsOf({ '1:r:a': { Throttles: 1 }, '1:r:b:c': { Throttles: 1 } }));
  const added = withoutInvocations(platform, [{ id: '1:r:a' }]);
  expect(added.map(({ id, name }) => [id, name])).toEqual([['1:r:b:c', 'b:c']]);
});

test.each([
  [
    'throttles',
    { Throttles: 3, Invocations: 7 },
    'Requests to f were throttled: 3 of 10',
    'Compare the concurrency of f',
  ],
  [
    'provisioned-concurrency',
    { ProvisionedConcurrencySpilloverInvocations: 5, Invocations: 4 },
    'Invocations of f found all provisioned concurrency in use: 5 of 5',
    'See when f needs more provisioned concurrency',
  ],
  [
    'dropped-events',
    { AsyncEventsDropped: 3, AsyncEventsReceived: 60 },
    'Asynchronous events of f were dropped without a successful invocation: 3',
    'See when events of f were dropped',
  ],
  [
    'dead-letters',
    { DeadLetterErrors: 1 },
    'Events of f could not be sent to a dead-letter queue: 1',
    'dead-letter queue of f',
  ],
  [
    'destinations',
    { DestinationDeliveryFailures: 2 },
    'Events of f could not be sent to a destination: 2',
    'destination of f',
  ],
  [
    'iterator-age',
    { IteratorAge: RISING },
    'Records of a stream wait longer and longer for f',
    'See since when f falls behind its stream',
  ],
  [
    'async-event-age',
    { AsyncEventAge: RISING },
    'Asynchronous events wait longer and longer for f',
    'See since when events of f wait',
  ],
])('the group %s has a sentence, and a next step on the tab of metrics', (code, own, sentence, step) => {
  const { groups } = findingsOf(withoutInvocations(platformCountsOf(metricsOf({ '1:r:f': own })), []));
  expect(groups).toMatchObject([
    { code, sentence, next: { code: 'metrics', functionId: '1:r:f', sentence: expect.stringContaining(step) } },
  ]);
});
