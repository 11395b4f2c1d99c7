/** Evaluation on samples whose results were worked out by hand; test/integration/promql.test.ts compares it with Prometheus. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { evaluate } from './evaluate.ts';
import type { Expression, RangeFunction } from './expression.ts';
import { Labels } from './labels.ts';
import type { Series, Value } from './values.ts';
import { Budget } from './values.ts';

const EVERY_MS = 5 * MINUTE_MS;

/** A sample every five minutes from time 0 on. */
function seriesOf(values: readonly number[], labels: Readonly<Record<string, string>> = {}): Series {
  const entries = Object.entries({ ...labels, __name__: 'x' });
  const times = Float64Array.from(values, (_, at) => at * EVERY_MS);
  return { labels: Labels.of(entries), times, values: Float64Array.from(values) };
}

const selector = { matchers: [], offsetMs: 0 };

function at(
  expression: Expression,
  minutes: readonly number[],
  series: readonly Series[],
  { maxValues = 1000, limit = 1000 } = {},
): Value {
  const stepsMs = Float64Array.from(minutes, (minute) => minute * MINUTE_MS);
  const budget = new Budget(limit);
  return evaluate(expression, { stepsMs, lookbackMs: EVERY_MS, maxValues, budget, series: () => series });
}

function over(name: RangeFunction, rangeMinutes: number): Expression {
  const of = { kind: 'range', selector, rangeMs: rangeMinutes * MINUTE_MS } as const;
  return { kind: 'over-range', name, of, parameter: null };
}

/** Values of the only row; null where it has none. */
function row(value: Value): readonly (number | null)[] {
  if (value.kind === 'scalar') return [...value.values];
  const [only] = value.rows;
  expect(value.rows.length).toBeLessThanOrEqual(1);
  return only === undefined ? [] : [...only.values].map((one, step) => (only.present[step] === 1 ? one : null));
}

test('an increase over whole buckets is their sum', () => {
  const counter = [100, 110, 130, 160, 200, 200, 205];
  expect(row(at(over('increase', 15), [20, 30], [seriesOf(counter)]))).toEqual([90, 45]);
  expect(row(at(over('rate', 10), [20], [seriesOf(counter)]))).toEqual([70 / 600]);
});

test('a rate needs two samples', () => {
  expect(row(at(over('rate', 4), [22], [seriesOf([1, 2, 3, 4, 5])]))).toEqual([]);
  expect(row(at(over('increase', 5), [20], [seriesOf([1, 2, 3, 4, 8])]))).toEqual([4]);
});

test('a reset counts from zero', () => {
  expect(row(at(over('increase', 15), [15], [seriesOf([10, 20, 5, 7])]))).toEqual([17]);
  expect(row(at(over('resets', 15), [15], [seriesOf([10, 20, 5, 7])]))).toEqual([1]);
});

test('an increase is extrapolated to the ends of the range, but not below zero', () => {
  // Samples at 10 and 15 min, range 7 to 17 min: 10 in 5 min, and 3 + 2 min more.
  expect(row(at(over('increase', 10), [17], [seriesOf([0, 100, 110, 120])]))).toEqual([20]);
  // From 1 at 10 min the counter would have been zero half a minute before.
  expect(row(at(over('increase', 10), [17], [seriesOf([0, 0, 1, 11])]))).toEqual([15]);
});

test('the newest sample counts for five minutes', () => {
  const newest: Expression = { kind: 'selector', selector };
  expect(row(at(newest, [4, 5, 9, 10, 11], [seriesOf([7, 8])]))).toEqual([7, 8, 8, 8, null]);
});

test('sums by label, without the series that are not there', () => {
  const of: Expression = { kind: 'selector', selector };
  const by = (labels: readonly string[]): Expression => ({
    kind: 'aggregate',
    op: 'sum',
    without: false,
    labels,
    parameter: null,
    of,
  });
  const series = [seriesOf([1, 2], { a: 'p', b: '1' }), seriesOf([10], { a: 'p', b: '2' })];
  expect(row(at(by(['a']), [0, 5, 6], series))).toEqual([11, 12, 2]);
  const apart = at(by(['b']), [0], series);
  expect(apart.kind === 'vector' ? apart.rows.map(({ labels }) => labels.toObject()) : []).toEqual([
    { b: '1' },
    { b: '2' },
  ]);
});

test('quantiles are interpolated inside the bucket', () => {
  const buckets = [
    ['0.1', 10],
    ['0.5', 30],
    ['+Inf', 40],
  ] as const;
  const series = buckets.map(([le, count]) => seriesOf([count], { le }));
  const of: Expression = { kind: 'selector', selector };
  const quantile = (q: number): Expression => ({ kind: 'histogram-quantile', q: { kind: 'number', value: q }, of });
  // Rank 20 is halfway between 10 and 30.
  expect(row(at(quantile(0.5), [0], series))[0]).toBeCloseTo(0.3, 12);
  expect(row(at(quantile(0.9), [0], series))).toEqual([0.5]);
});

test('two partners are refused, unless the matching says so', () => {
  const on = { on: true, labels: ['a'], many: null, include: [] };
  const of: Expression = { kind: 'selector', selector };
  const ratio = (many: 'left' | null): Expression => ({
    kind: 'arithmetic',
    op: '/',
    left: of,
    right: { kind: 'aggregate', op: 'sum', without: false, labels: ['a'], parameter: null, of },
    matching: { ...on, many },
  });
  const series = [seriesOf([1], { a: 'p', b: '1' }), seriesOf([3], { a: 'p', b: '2' })];
  expect(() => at(ratio(null), [0], series)).toThrow('many-to-one matching must be explicit');
  const shares = at(ratio('left'), [0], series);
  expect(shares.kind === 'vector' ? shares.rows.map(({ values }) => values[0]) : []).toEqual([0.25, 0.75]);
});

test('a query that would need too much memory is refused with the limit', () => {
  const many = Array.from({ length: 11 }, (_, index) => seriesOf([1], { index: String(index) }));
  expect(() => at({ kind: 'selector', selector }, [0, 1], many, { maxValues: 20 })).toThrow(
    'exceed the limit of 20 values',
  );
});

const newest: Expression = { kind: 'selector', selector };
const all = { on: false, labels: [], many: null, include: [] } as const;
const two = [seriesOf([1], { a: 'p' }), seriesOf([2], { a: 'q' })];

test.each<readonly [string, Expression, number]>([
  // Two series at two steps are four values.
  ['a selector', newest, 4],
  ['a range', over('count_over_time', 5), 4],
  ['a function of a selector', { kind: 'math', name: 'abs', of: newest }, 8],
  ['a sorted selector', { kind: 'sort', of: newest, descending: false }, 4],
  ['a sum', { kind: 'aggregate', op: 'sum', without: false, labels: [], parameter: null, of: newest }, 4 + 2],
  ['a set', { kind: 'set', op: 'and', left: newest, right: newest, matching: all }, 3 * 4],
  ['pairs', { kind: 'arithmetic', op: '+', left: newest, right: newest, matching: all }, 3 * 4],
  [
    'a vector and a number',
    { kind: 'comparison', op: '>', bool: false, left: newest, right: { kind: 'number', value: 0 }, matching: all },
    2 * 4,
  ],
])('all parts of a query together have a limit: %s', (_, expression, values) => {
  expect(at(expression, [0, 1], two, { limit: values })).toMatchObject({ kind: 'vector' });
  expect(() => at(expression, [0, 1], two, { limit: values - 1 })).toThrow(`exceed the limit of ${values - 1}.`);
});

test('nested operators hold their left operands while the right ones are evaluated', () => {
  let nested: Expression = newest;
  for (let depth = 0; depth < 15; depth += 1)
    nested = { kind: 'set', op: 'and', left: newest, right: nested, matching: all };
  // 16 selectors and 15 results.
  expect(() => at(nested, [0, 1], two, { maxValues: 4, limit: 31 * 4 - 1 })).toThrow('all parts exceed the limit');
  expect(at(nested, [0, 1], two, { maxValues: 4, limit: 31 * 4 })).toMatchObject({ kind: 'vector' });
});

test('pairs that differ from step to step are counted while they are made', () => {
  // At each of four steps another series is the partner, and its label makes another row: 4 rows of 4 values.
  const partners = Array.from({ length: 4 }, (_, index) => {
    const labels = Labels.of(Object.entries({ a: 'p', b: String(index) }));
    return { labels, times: Float64Array.of(index * 2 * EVERY_MS), values: Float64Array.of(1) };
  });
  const many = [
    seriesOf(
      Array.from({ length: 8 }, () => 1),
      { a: 'p', c: '1' },
    ),
  ];
  const series = (name: string) => (name === 'many' ? many : partners);
  const selected = (name: string): Expression => ({
    kind: 'selector',
    selector: { matchers: [{ name: 'side', op: '=', value: name }], offsetMs: 0 },
  });
  const expression: Expression = {
    kind: 'arithmetic',
    op: '*',
    left: selected('many'),
    right: selected('one'),
    matching: { on: true, labels: ['a'], many: 'left', include: ['b'] },
  };
  const evaluated = (maxValues: number, limit: number): Value =>
    evaluate(expression, {
      stepsMs: Float64Array.from({ length: 4 }, (_, index) => index * 2 * EVERY_MS),
      ...{ lookbackMs: MINUTE_MS, maxValues, budget: new Budget(limit) },
      series: ({ matchers }) => series(matchers[0]?.value ?? ''),
    });
  // 4 values of one side, 16 of the other, and 16 results.
  expect(evaluated(16, 36)).toMatchObject({ kind: 'vector', rows: { length: 4 } });
  expect(() => evaluated(16, 35)).toThrow('exceed the limit of 35.');
});
