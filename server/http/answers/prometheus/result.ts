/** The result of a query in the form of Prometheus' API. */

import type { Evaluation } from '../../../analytics/promql/evaluate.ts';
import { evaluate } from '../../../analytics/promql/evaluate.ts';
import type { Expression } from '../../../analytics/promql/expression.ts';
import { typeOf } from '../../../analytics/promql/expression.ts';
import { nanFirst } from '../../../analytics/promql/numbers.ts';
import type { Row } from '../../../analytics/promql/values.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';

/** Unix time in seconds, and the value as text: JSON has no NaN. */
export type Sample = readonly [seconds: number, value: string];
type Metric = Readonly<Record<string, string>>;

export type QueryData =
  | { readonly resultType: 'scalar' | 'string'; readonly result: Sample }
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Metric; readonly value: Sample }[] }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { readonly metric: Metric; readonly values: readonly Sample[] }[];
    };

/** Most values of an answer: some 30 MB of JSON. */
const MAX_ANSWERED = 1_000_000;

/** `isRange`: at several steps; otherwise at one. @throws PromqlError */
export function resultOf(expression: Expression, isRange: boolean, evaluation: Evaluation): QueryData {
  const type = typeOf(expression);
  if (isRange && type !== 'scalar' && type !== 'vector')
    throw new PromqlError(
      'bad_data',
      `invalid expression type ${type === 'matrix' ? '"range vector"' : `"${type}"`} for range query, must be Scalar or instant Vector`,
    );
  const { stepsMs } = evaluation;
  const atMs = stepsMs[0] ?? 0;
  if (expression.kind === 'string') return { resultType: 'string', result: [atMs / 1000, expression.value] };
  if (expression.kind === 'range') return rawSamples(expression, atMs, evaluation);
  const value = evaluate(expression, evaluation);
  if (value.kind === 'scalar') {
    if (!isRange) return { resultType: 'scalar', result: sampleOf(atMs, value.values[0] ?? 0) };
    const values = [...value.values].map((one, step) => sampleOf(stepsMs[step] ?? 0, one));
    return { resultType: 'matrix', result: [{ metric: {}, values }] };
  }
  const rows = value.rows.filter(({ present }) => present.includes(1));
  if (isRange) {
    checkAnswer(rows.reduce((sum, { present }) => sum + countOf(present), 0));
    const ordered = rows.toSorted((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
    const result = ordered.map((row) => ({ metric: row.labels.toObject(), values: samplesOf(row, stepsMs) }));
    return { resultType: 'matrix', result };
  }
  const result = inOrder(expression, rows).map(({ labels, values }) => ({
    metric: labels.toObject(),
    value: sampleOf(atMs, values[0] ?? 0),
  }));
  return { resultType: 'vector', result };
}

/** Rows in the order that `sort`, `topk` and `bottomk` promise; in that of the labels otherwise. */
function inOrder(expression: Expression, rows: readonly Row[]): readonly Row[] {
  const firstOf = ({ values }: Row): number => values[0] ?? 0;
  const falls =
    expression.kind === 'sort' ? expression.descending : expression.kind === 'aggregate' && expression.op === 'topk';
  const rises = expression.kind === 'sort' ? !falls : expression.kind === 'aggregate' && expression.op === 'bottomk';
  if (falls) return rows.toSorted((a, b) => nanFirst(firstOf(b), firstOf(a)));
  if (rises) return rows.toSorted((a, b) => -nanFirst(firstOf(b), firstOf(a)));
  return rows.toSorted((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
}

function rawSamples(
  { selector, rangeMs }: Extract<Expression, { kind: 'range' }>,
  atMs: number,
  { series }: Evaluation,
): QueryData {
  const endMs = atMs - selector.offsetMs;
  const isInRange = (ms: number): boolean => ms >= endMs - rangeMs && ms <= endMs;
  const found = series(selector);
  checkAnswer(found.reduce((sum, { times }) => sum + countOf(times.map((ms) => Number(isInRange(ms)))), 0));
  const result = found.flatMap(({ labels, times, values }) => {
    const samples = [...times].flatMap((ms, at) => (isInRange(ms) ? [sampleOf(ms, values[at] ?? 0)] : []));
    return samples.length === 0 ? [] : [{ metric: labels.toObject(), values: samples }];
  });
  return { resultType: 'matrix', result };
}

/** Before samples are written as texts, which need far more memory than numbers. @throws PromqlError */
function checkAnswer(values: number): void {
  if (values <= MAX_ANSWERED) return;
  throw new PromqlError(
    'execution',
    `the answer would have ${values} values, more than the limit of ${MAX_ANSWERED}. Aggregate or select fewer series, or choose a longer step or a shorter time range`,
  );
}

/** How many are 1: all others are 0. */
function countOf(present: ArrayLike<number>): number {
  let count = 0;
  for (let at = 0; at < present.length; at += 1) count += present[at] ?? 0;
  return count;
}

function samplesOf({ values, present }: Row, stepsMs: Float64Array): readonly Sample[] {
  const samples: Sample[] = [];
  for (let step = 0; step < values.length; step += 1)
    if (present[step] === 1) samples.push(sampleOf(stepsMs[step] ?? 0, values[step] ?? 0));
  return samples;
}

function sampleOf(ms: number, value: number): Sample {
  return [ms / 1000, numberText(value)];
}

/** A number as Prometheus writes it: as JavaScript does, but for infinities. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
