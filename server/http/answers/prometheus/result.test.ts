/** The largest answer that is written. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { Expression } from '../../../analytics/promql/expression.ts';
import { Labels } from '../../../analytics/promql/labels.ts';
import type { Series } from '../../../analytics/promql/values.ts';
import { Budget } from '../../../analytics/promql/values.ts';
import { resultOf } from './result.ts';

const STEPS = 10_000;
const SELECTOR = { matchers: [], offsetMs: 0 };
const NEWEST: Expression = { kind: 'selector', selector: SELECTOR };

/** Series with a sample at each step, and one with a single sample at the first. */
function seriesOf(count: number, single: boolean): readonly Series[] {
  const times = Float64Array.from({ length: STEPS }, (_, at) => at * MINUTE_MS);
  const labels = (index: number): Labels => Labels.of([['index', String(index)]]);
  const values = new Float64Array(STEPS);
  const whole = Array.from({ length: count }, (_, index) => ({ labels: labels(index), times, values }));
  const short = { labels: labels(count), times: times.subarray(0, 1), values: values.subarray(0, 1) };
  return single ? [...whole, short] : whole;
}

/** Values in the answer of a query. */
function answered(expression: Expression, series: readonly Series[], stepsMs: Float64Array): number {
  const evaluation = { lookbackMs: 0, maxValues: 2_000_000, budget: new Budget(2_000_000) };
  const found = resultOf(expression, expression.kind !== 'range', { ...evaluation, stepsMs, series: () => series });
  return found.resultType === 'matrix' ? found.result.reduce((sum, { values }) => sum + values.length, 0) : 0;
}

test('a range query answers at most a million values', () => {
  const stepsMs = Float64Array.from({ length: STEPS }, (_, at) => at * MINUTE_MS);
  expect(answered(NEWEST, seriesOf(100, false), stepsMs)).toBe(1_000_000);
  expect(() => answered(NEWEST, seriesOf(100, true), stepsMs)).toThrow(
    'would have 1000001 values, more than the limit of 1000000',
  );
});

test('and so do the samples of a range', () => {
  const at = (step: number): Float64Array => Float64Array.of(step * MINUTE_MS);
  const range: Expression = { kind: 'range', selector: SELECTOR, rangeMs: STEPS * MINUTE_MS };
  expect(answered(range, seriesOf(100, false), at(STEPS - 1))).toBe(1_000_000);
  expect(() => answered(range, seriesOf(100, true), at(STEPS - 1))).toThrow('would have 1000001 values');
  // Samples outside the range are not counted.
  expect(answered({ ...range, rangeMs: MINUTE_MS }, seriesOf(200, false), at(STEPS - 1))).toBe(400);
});
