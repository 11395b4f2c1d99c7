import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { PlatformPart, PlatformSums } from './platform-counts.ts';
import { platformCounts } from './platform-counts.ts';

const part = (max: number | null): PlatformPart => ({ count: 2, sum: 0, max });

/** A metric with the largest value of each part. */
function largest(maxima: readonly (number | null)[]): PlatformSums {
  const total = { count: 2 * maxima.length, sum: 0, max: null };
  return { total, parts: maxima.map((max) => (max === null ? null : part(max))) };
}

const minutes = (...ages: readonly (number | null)[]) =>
  largest(ages.map((age) => (age === null ? null : age * MINUTE_MS)));
const iteratorAge = (sums: PlatformSums) => platformCounts(new Map([['iteratorAge', sums]])).iteratorAge;

test('what no point states is not known', () => {
  expect(platformCounts(new Map())).toEqual({
    throttles: null,
    invocations: null,
    concurrency: null,
    spillover: null,
    asyncReceived: null,
    asyncDropped: null,
    deadLetterErrors: null,
    destinationFailures: null,
    iteratorAge: null,
    asyncEventAge: null,
  });
});

test('sums of counts, and the most environments at once', () => {
  const counted = (sum: number, max: number) => ({ total: { count: 9, sum, max }, parts: [] });
  const counts = platformCounts(
    new Map([
      ['throttles', counted(120, 40)],
      ['platformInvocations', counted(3000, 90)],
      ['concurrentExecutions', counted(700, 50)],
      ['provisionedConcurrencySpilloverInvocations', counted(4, 4)],
      ['asyncEventsReceived', counted(60, 6)],
      ['asyncEventsDropped', counted(3, 2)],
      ['deadLetterErrors', counted(2, 1)],
      ['destinationDeliveryFailures', counted(0, 0)],
    ]),
  );
  expect(counts).toMatchObject({
    throttles: 120,
    invocations: 3000,
    concurrency: 50,
    spillover: 4,
    asyncReceived: 60,
    asyncDropped: 3,
    deadLetterErrors: 2,
    destinationFailures: 0,
  });
});

test('an age that rises in five parts grows', () => {
  // S = 10 of 10 pairs; variance 5 · 4 · 15 / 18 = 16.667; z = 9 / 4.0825 = 2.2045; two-sided p = 0.0275.
  const growing = iteratorAge(minutes(1, 2, 3, 5, 9));
  expect(growing).toMatchObject({ firstMs: MINUTE_MS, lastMs: 9 * MINUTE_MS, parts: 5, n: 10, isNearLimit: false });
  expect(growing?.p).toBeCloseTo(0.0275, 4);
});

test('parts without points are no values', () => {
  expect(iteratorAge(minutes(null, 1, 2, null, 3, 5, 9))).toMatchObject({ parts: 5, firstMs: MINUTE_MS });
  // Four values: z = 5 / 2.944 = 1.698, p = 0.0895.
  expect(iteratorAge(minutes(1, null, 2, 3, 9))).toBeNull();
});

test('an age that falls, swings, stays short or does not double does not grow', () => {
  expect(iteratorAge(minutes(9, 5, 3, 2, 1))).toBeNull();
  // Ends above its start: S = 10 - 45.
  expect(iteratorAge(minutes(1, 20, 18, 16, 14, 12, 10, 8, 6, 4, 3))).toBeNull();
  expect(iteratorAge(minutes(1, 9, 2, 8, 3))).toBeNull();
  expect(iteratorAge(minutes(0.1, 0.2, 0.3, 0.5, 0.9))).toBeNull();
  expect(iteratorAge(minutes(10, 11, 12, 13, 14))).toBeNull();
});

test('a metric whose points do not state the largest value says nothing of its growth', () => {
  const unknown = Array.from({ length: 6 }, () => part(null));
  expect(iteratorAge({ total: part(null), parts: unknown })).toBeNull();
});

test('an age is near its limit from half of the default on', () => {
  const hours = (last: number) => largest([1, 2, 3, 4, last].map((age) => age * HOUR_MS));
  // Streams keep records for 24 hours, Lambda asynchronous events for six.
  expect(iteratorAge(hours(11))?.isNearLimit).toBe(false);
  expect(iteratorAge(hours(12))?.isNearLimit).toBe(true);
  const early = (last: number) => largest([0.1, 0.2, 0.3, 0.4, last].map((age) => age * HOUR_MS));
  const ofEvents = (sums: PlatformSums) => platformCounts(new Map([['asyncEventAge', sums]])).asyncEventAge;
  expect(ofEvents(early(2.9))?.isNearLimit).toBe(false);
  expect(ofEvents(early(3))?.isNearLimit).toBe(true);
});
