/** Which time and which rollups a query reads, with thresholds worked out by hand. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { SeriesQuery } from '../../../storage/questions/series/types.ts';
import type { QueryTimes } from './plan.ts';
import { promqlPlan } from './plan.ts';

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
