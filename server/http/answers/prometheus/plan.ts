/** Parses a query and decides which rollups it reads. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { Expression, LabelMatcher, RangeFunction } from '../../../analytics/promql/expression.ts';
import { partsOf } from '../../../analytics/promql/expression.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { PatternCount } from '../../../storage/questions/series/matchers.ts';
import type { SeriesQuery } from '../../../storage/questions/series/types.ts';
import { LEVELS } from '../../../storage/rollup/bucket.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import type { Shaped } from '../shaped.ts';
import { parsePromql, parseSelector } from './parse.ts';
import { familiesOf } from './series-source.ts';

export const LOOKBACK_MS = 5 * MINUTE_MS;
/** Most rollup rows that a query reads. */
const MAX_ROWS = 1_000_000;
/** Most buckets in the time that a query reads. */
const MAX_BUCKETS = 150_000;

export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** Null for an instant query, at `endMs`. */
  readonly stepMs: number | null;
  readonly nowMs: number;
}

export interface PromqlFailure {
  readonly ok: false;
  readonly errorType: PromqlError['errorType'];
  readonly error: string;
}

export type PromqlPlan =
  | {
      readonly ok: true;
      readonly expression: Expression;
      /** Null if the query reads no series, or the future alone. */
      readonly question: SeriesQuery | null;
      /** Whether the query reads tags. */
      readonly tags: boolean;
    }
  | PromqlFailure;

export function promqlPlan(query: string, times: QueryTimes): Shaped<null, PromqlPlan> {
  return failing(() => {
    const expression = parsePromql(query);
    const tags = readsTags(readsOf(expression));
    return { ok: true as const, expression, question: questionOf(expression, times), tags };
  });
}

export type ListingPlan =
  | {
      readonly ok: true;
      readonly matchers: readonly (readonly LabelMatcher[])[];
      readonly question: SeriesQuery;
      /** Whether the list has series of tags. */
      readonly tags: boolean;
    }
  | PromqlFailure;

/** Plans a list of the series that match one of the selectors; without selectors, of all. */
export function listingPlan(
  selectors: readonly string[],
  { startMs, endMs }: Pick<QueryTimes, 'startMs' | 'endMs'>,
): Shaped<null, ListingPlan> {
  return failing(() => {
    const patterns = new PatternCount();
    const matchers = selectors.length === 0 ? [[]] : selectors.map((text) => parseSelector(text, patterns).matchers);
    const span = endMs - startMs;
    const level = LEVELS.find(({ widthMs }) => span / widthMs <= 400) ?? LEVELS[2];
    // The last bucket may not be complete yet: its series exist all the same.
    const toMs = endMs + level.widthMs;
    const question = { fromMs: startMs, toMs, widthMs: level.widthMs, selectors: matchers } as const;
    checkBuckets(question);
    const reads = { sketches: 'none', causes: matchers.some((one) => readsFamily(one, 'causes')) } as const;
    const tags = readsTags(matchers.map((one) => ({ matchers: one })));
    return { ok: true as const, matchers, question: { ...question, ...reads, maxRows: MAX_ROWS }, tags };
  });
}

function failing<T>(plan: () => T): Shaped<null, T | PromqlFailure> {
  try {
    return { body: null, meta: plan() };
  } catch (error) {
    if (error instanceof PromqlError) return { body: null, meta: failureOf(error) };
    throw error;
  }
}

export function failureOf({ errorType, message }: PromqlError): PromqlFailure {
  return { ok: false, errorType, error: message };
}

interface Read {
  readonly matchers: readonly LabelMatcher[];
  readonly offsetMs: number;
  /** Null without a range. */
  readonly rangeMs: number | null;
  /** Whether the result depends on how many samples there are. */
  readonly needsSamples: boolean;
}

/** Functions whose results are nearly the same over wider buckets. Counts, sums, averages and steps between samples are not. */
const OVER_WIDER: ReadonlySet<RangeFunction> = new Set([
  'rate',
  'increase',
  'delta',
  'min_over_time',
  'max_over_time',
  'last_over_time',
  'present_over_time',
]);

function readsOf(expression: Expression): readonly Read[] {
  switch (expression.kind) {
    case 'selector':
      return [{ ...expression.selector, rangeMs: null, needsSamples: false }];
    case 'range':
      return [{ ...expression.selector, rangeMs: expression.rangeMs, needsSamples: true }];
    case 'over-range':
      return partsOf(expression)
        .flatMap(readsOf)
        .map((read) => ({ ...read, needsSamples: read.needsSamples && !OVER_WIDER.has(expression.name) }));
    default:
      return partsOf(expression).flatMap(readsOf);
  }
}

function questionOf(expression: Expression, { startMs, endMs, stepMs, nowMs }: QueryTimes): SeriesQuery | null {
  const reads = readsOf(expression);
  if (reads.length === 0) return null;
  const ranges = reads.flatMap(({ rangeMs }) => (rangeMs === null ? [] : [rangeMs]));
  const fromOf = (lookbackMs: number): number =>
    Math.min(...reads.map(({ offsetMs, rangeMs }) => startMs - offsetMs - (rangeMs ?? lookbackMs)));
  // Nothing is known of the future: the bucket in which a counter would begin there has a sample all the same.
  if (fromOf(LOOKBACK_MS) > nowMs) return null;
  const lastMs = Math.min(nowMs, Math.max(...reads.map(({ offsetMs }) => endMs - offsetMs)));
  const widthMs = reads.some(({ needsSamples }) => needsSamples)
    ? LEVELS[0].widthMs
    : widthOf(lastMs - fromOf(LOOKBACK_MS), stepMs, ranges);
  const fromMs = Math.max(0, fromOf(Math.max(LOOKBACK_MS, widthMs)));
  const wants = (what: Family['reads']): boolean => reads.some(({ matchers }) => readsFamily(matchers, what));
  const sketches = wants('duration') ? (wants('cold') ? 'both' : 'duration') : wants('cold') ? 'cold' : 'none';
  const question = { fromMs, toMs: Math.max(fromMs, lastMs), widthMs, selectors: reads.map((one) => one.matchers) };
  checkBuckets(question);
  return { ...question, sketches, causes: wants('causes'), maxRows: MAX_ROWS };
}

function readsFamily(matchers: readonly LabelMatcher[], what: Family['reads']): boolean {
  return familiesOf(matchers).some(({ reads }) => reads === what);
}

function readsTags(selectors: readonly { readonly matchers: readonly LabelMatcher[] }[]): boolean {
  return selectors.some(({ matchers }) => readsFamily(matchers, 'tags'));
}

function checkBuckets({ fromMs, toMs, widthMs }: Pick<SeriesQuery, 'fromMs' | 'toMs' | 'widthMs'>): void {
  const buckets = Math.ceil((toMs - fromMs) / widthMs);
  if (buckets > MAX_BUCKETS)
    throw new PromqlError(
      'execution',
      `the query reads ${buckets} buckets of time, more than the limit of ${MAX_BUCKETS}. Choose a shorter time range, or a longer step and longer ranges`,
    );
}

/** Wider buckets where every step and range spans many of them: they read fewer rows, and change results little. */
const WIDER = [
  { widthMs: DAY_MS, window: 60 * DAY_MS, step: DAY_MS, range: 7 * DAY_MS },
  { widthMs: HOUR_MS, window: 2 * DAY_MS, step: HOUR_MS, range: 12 * HOUR_MS },
] as const;

function widthOf(windowMs: number, stepMs: number | null, ranges: readonly number[]): number {
  const wider = WIDER.find(
    ({ window, step, range }) =>
      windowMs > window && (stepMs === null || stepMs >= step) && ranges.every((one) => one >= range),
  );
  return wider?.widthMs ?? LEVELS[0].widthMs;
}
