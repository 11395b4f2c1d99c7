/** Answers of the Prometheus-compatible API, as threads write them. */
import type { Expression, LabelMatcher } from '../../../analytics/promql/expression.ts';
import type { Labels } from '../../../analytics/promql/labels.ts';
import type { Series } from '../../../analytics/promql/values.ts';
import { Budget, PromqlError } from '../../../analytics/promql/values.ts';
import type { ReaderResult } from '../../../storage/packed.ts';
import type { Shaped } from '../shaped.ts';
import type { FamilyContext } from './families.ts';
import type { PromqlFailure, QueryTimes } from './plan.ts';
import { failureOf, LOOKBACK_MS } from './plan.ts';
import { resultOf } from './result.ts';
import { labelSetsOf, seriesOf } from './series-source.ts';

/** Most values, series times steps, that a part of an expression may have. */
const MAX_VALUES = 10_000_000;
/** Most values of all parts of an expression together, with the samples of its selectors: some 300 MB. */
const MAX_VALUES_OF_ALL = 30_000_000;

/** A text of JSON, and the failure if it is one. */
type Answer = Shaped<string, PromqlFailure | null>;

export interface QueryForm extends Omit<QueryTimes, 'nowMs'> {
  readonly expression: Expression;
  readonly context: FamilyContext;
}

/** `rollups`: null for a query that reads no series. */
export function promqlResult(rollups: ReaderResult<'series'> | null, form: QueryForm): Answer {
  const { expression, startMs, endMs, stepMs, context } = form;
  const steps = stepMs === null ? 1 : Math.floor((endMs - startMs) / stepMs) + 1;
  const found = new Map<string, readonly Series[]>();
  const budget = new Budget(MAX_VALUES_OF_ALL);
  return succeeding(() =>
    resultOf(expression, stepMs !== null, {
      stepsMs: Float64Array.from({ length: steps }, (_, at) => startMs + at * (stepMs ?? 0)),
      lookbackMs: Math.max(LOOKBACK_MS, rollups?.range.widthMs ?? 0),
      maxValues: MAX_VALUES,
      budget,
      series: ({ matchers }) => {
        const key = JSON.stringify(matchers);
        const series = found.get(key) ?? (rollups === null ? [] : seriesOf(rollups, matchers, context, budget));
        found.set(key, series);
        return series;
      },
    }),
  );
}

export interface ListingForm {
  /** `values`: of one label. */
  readonly list: 'series' | 'labels' | 'values';
  readonly label: string;
  readonly matchers: readonly (readonly LabelMatcher[])[];
  /** Entries of the answer; null for all. */
  readonly limit: number | null;
  readonly context: FamilyContext;
}

export function promqlListing(rollups: ReaderResult<'series'>, form: ListingForm): Answer {
  const { list, label, matchers, limit, context } = form;
  return succeeding(() => {
    const sets = new Map(
      matchers.flatMap((each) => labelSetsOf(rollups, each, context)).map((labels) => [labels.key, labels]),
    );
    const all = entriesOf(list, label, [...sets.values()]);
    return limit === null ? all : all.slice(0, limit);
  });
}

function entriesOf(list: ListingForm['list'], label: string, sets: readonly Labels[]): readonly unknown[] {
  if (list === 'series') return sets.map((labels) => labels.toObject());
  const texts =
    list === 'values'
      ? sets.map((labels) => labels.get(label)).filter((value) => value !== '')
      : sets.flatMap(({ entries }) => entries.map(([name]) => name));
  return [...new Set(texts)].toSorted();
}

function succeeding(answer: () => unknown): Answer {
  try {
    return { body: JSON.stringify({ status: 'success', data: answer() }), meta: null };
  } catch (error) {
    if (error instanceof PromqlError) return { body: '', meta: failureOf(error) };
    throw error;
  }
}
