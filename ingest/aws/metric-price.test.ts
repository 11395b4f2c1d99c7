import { expect, test } from 'vitest';
import { MINUTE_MS } from '../records/time.ts';
import { monthlyUsd, priceSentence } from './metric-price.ts';

test('$0.01 for each 1,000 metrics', () => {
  // 43,200 minutes of 30 days: 8,640 requests at 5 minutes, each of 1,000 metrics for a cent.
  expect(monthlyUsd(1000, 5 * MINUTE_MS)).toBeCloseTo(86.4, 6);
  expect(monthlyUsd(1000, 30 * MINUTE_MS)).toBeCloseTo(14.4, 6);
});

test.each([
  [0, 5, '0 metrics every 5 minutes: about $0.00 a month (list price of GetMetricData).'],
  [1, 60, '1 metric every 60 minutes: about $0.0072 a month (list price of GetMetricData).'],
  [1, 1, '1 metric every minute: about $0.43 a month (list price of GetMetricData).'],
  [12_500, 5, '12,500 metrics every 5 minutes: about $1,080 a month (list price of GetMetricData).'],
  [400, 5, '400 metrics every 5 minutes: about $34.56 a month (list price of GetMetricData).'],
])('%i metrics every %i minutes', (metrics, minutes, sentence) => {
  expect(priceSentence(metrics, minutes * MINUTE_MS)).toBe(sentence);
});
