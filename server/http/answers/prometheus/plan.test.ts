/** Which time and which rollups a query reads, with thresholds worked out by hand. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { RANGE_FUNCTIONS } from '../../../analytics/promql/expression.ts';
import type { SeriesQuery } from '../../../storage/questions/series/types.ts';
import type { QueryTimes } from './plan.ts';
import { listingPlan, promqlPlan } from './plan.ts';

const NOW_MS = 20_000 * DAY_MS;

function questionOf(query: string, times: Omit<QueryTimes, 'nowMs'>): SeriesQuery | null {
  const { meta: plan } = promqlPlan(query, { ...times, nowMs: NOW_MS });
  if (!plan.ok) throw new Error(plan.error);
  return plan.question;
}

function rangeOf(startMs: number, endMs: number): Omit<QueryTimes, 'nowMs'> {
  return { startMs, endMs, stepMs: MINUTE_MS };
}

test('a query that reads the future alone reads nothing', () => {
  // The lookback of a selector is five minutes.
  expect(questionOf('x', rangeOf(NOW_MS + 6 * MINUTE_MS, NOW_MS + HOUR_MS))).toBeNull();
  expect(questionOf('rate(x[10m])', rangeOf(NOW_MS + 11 * MINUTE_MS, NOW_MS + HOUR_MS))).toBeNull();
  expect(questionOf('x offset -1h', rangeOf(NOW_MS - 30 * MINUTE_MS, NOW_MS))).toBeNull();
});

test('a query that begins in the future reads what it still needs of the past', () => {
  const selector = questionOf('x', rangeOf(NOW_MS + 4 * MINUTE_MS, NOW_MS + HOUR_MS));
  expect(selector).toMatchObject({ fromMs: NOW_MS - MINUTE_MS, toMs: NOW_MS });
  const rate = questionOf('rate(x[10m])', rangeOf(NOW_MS + 9 * MINUTE_MS, NOW_MS + HOUR_MS));
  expect(rate).toMatchObject({ fromMs: NOW_MS - MINUTE_MS, toMs: NOW_MS });
  const offset = questionOf('x offset 1h', rangeOf(NOW_MS + 30 * MINUTE_MS, NOW_MS + HOUR_MS));
  expect(offset).toMatchObject({ fromMs: NOW_MS - 35 * MINUTE_MS, toMs: NOW_MS });
});

/** Width of the buckets that a query reads over a time of the given length that ends now. */
function widthOf(query: string, lengthMs: number, stepMs: number | null): number | undefined {
  return questionOf(query, { startMs: NOW_MS - lengthMs, endMs: NOW_MS, stepMs })?.widthMs;
}

test('hours are read over more than two days, by steps of an hour and ranges of twelve', () => {
  // The range is read too: 36 h and 12 h are two days.
  expect(widthOf('rate(x[12h])', 36 * HOUR_MS, HOUR_MS)).toBe(5 * MINUTE_MS);
  expect(widthOf('rate(x[12h])', 36 * HOUR_MS + 1, HOUR_MS)).toBe(HOUR_MS);
  expect(widthOf('rate(x[12h])', 37 * HOUR_MS, HOUR_MS - 1)).toBe(5 * MINUTE_MS);
  expect(widthOf('rate(x[719m])', 37 * HOUR_MS, HOUR_MS)).toBe(5 * MINUTE_MS);
  expect(widthOf('rate(x[12h]) / rate(x[11h])', 37 * HOUR_MS, HOUR_MS)).toBe(5 * MINUTE_MS);
  // An instant query has no step.
  expect(widthOf('increase(x[48h])', 0, null)).toBe(5 * MINUTE_MS);
  expect(widthOf('increase(x[49h])', 0, null)).toBe(HOUR_MS);
});

test('days are read over more than sixty, by steps of a day and ranges of seven', () => {
  expect(widthOf('rate(x[7d])', 53 * DAY_MS, DAY_MS)).toBe(HOUR_MS);
  expect(widthOf('rate(x[7d])', 53 * DAY_MS + 1, DAY_MS)).toBe(DAY_MS);
  expect(widthOf('rate(x[7d])', 54 * DAY_MS, DAY_MS - 1)).toBe(HOUR_MS);
  expect(widthOf('rate(x[6d])', 55 * DAY_MS, DAY_MS)).toBe(HOUR_MS);
});

test.each(RANGE_FUNCTIONS)('%s reads the buckets on which its result does not depend', (name) => {
  const query = name === 'quantile_over_time' ? 'max(quantile_over_time(0.5, x[12h]))' : `max(${name}(x[12h]))`;
  const wide = ['rate', 'increase', 'delta', 'min_over_time', 'max_over_time', 'last_over_time', 'present_over_time'];
  expect(widthOf(query, 3 * DAY_MS, HOUR_MS)).toBe(wide.includes(name) ? HOUR_MS : 5 * MINUTE_MS);
});

test('one function that counts samples keeps all of a query at five minutes', () => {
  expect(widthOf('rate(x[12h]) + count_over_time(x[12h])', 3 * DAY_MS, HOUR_MS)).toBe(5 * MINUTE_MS);
  // Raw samples are counted by whoever reads them.
  expect(widthOf('x[3d]', 0, null)).toBe(5 * MINUTE_MS);
});

test('five minutes of a long time are more buckets than a query reads', () => {
  // A day has 288 buckets: 520 days have 149,760 and 521 days 150,048.
  expect(widthOf('changes(x[20d])', 500 * DAY_MS, DAY_MS)).toBe(5 * MINUTE_MS);
  expect(() => widthOf('changes(x[21d])', 500 * DAY_MS, DAY_MS)).toThrow(
    'reads 150048 buckets of time, more than the limit of 150000',
  );
});

test('the selectors of a list have at most 50 regular expressions together', () => {
  const times = { startMs: NOW_MS - HOUR_MS, endMs: NOW_MS };
  const selector = 'x{a=~"b.*",c!~"d.*"}';
  const { meta: accepted } = listingPlan(
    Array.from({ length: 25 }, () => selector),
    times,
  );
  expect(accepted.ok).toBe(true);
  const { meta: refused } = listingPlan(
    Array.from({ length: 26 }, () => selector),
    times,
  );
  expect(refused).toMatchObject({ ok: false, errorType: 'bad_data' });
});
