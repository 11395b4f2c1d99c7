/** Compares the evaluation of PromQL with that of a genuine Prometheus on the same samples. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import type { Series } from '../../server/analytics/promql/values.ts';
import { Budget, PromqlError } from '../../server/analytics/promql/values.ts';
import { parsePromql } from '../../server/http/answers/prometheus/parse.ts';
import { resultOf } from '../../server/http/answers/prometheus/result.ts';
import { matcherTest } from '../../server/storage/questions/series/matchers.ts';
import { Prometheus } from '../support/prometheus.ts';
import { randomFrom, randomQuery, randomSeries, SAMPLES_FROM_MS, SAMPLES_TO_MS } from '../support/promql-queries.ts';

const QUERIES = 300;
const LOOKBACK_MS = 5 * MINUTE_MS;
const MAX_VALUES = 10_000_000;

interface Question {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Null for an instant query, at `startMs`. */
  readonly stepMs: number | null;
}

function questions(seed: number, count: number): readonly Question[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, at) => {
    const query = randomQuery(random);
    const span = SAMPLES_TO_MS - SAMPLES_FROM_MS + 20 * MINUTE_MS;
    const startMs = SAMPLES_FROM_MS - 10 * MINUTE_MS + Math.floor(random() * span);
    // On a minute, where samples are at the edge of ranges and of the lookback.
    const aligned = random() < 0.5 ? Math.floor(startMs / MINUTE_MS) * MINUTE_MS : startMs;
    if (at % 2 === 0) return { query, startMs: aligned, endMs: aligned, stepMs: null };
    const stepMs = [15_000, 60_000, 137_000, 300_000][Math.floor(random() * 4)] ?? 60_000;
    return { query, startMs: aligned, endMs: aligned + Math.floor(random() * 90) * MINUTE_MS, stepMs };
  });
}

/** Results by their labels: `[ms, value]` of each sample. */
type Points = ReadonlyMap<string, readonly (readonly [ms: number, value: number])[]>;
type Outcome = { readonly failed: string } | { readonly points: Points };

function ours(series: readonly Series[], { query, startMs, endMs, stepMs }: Question): Outcome {
  try {
    const expression = parsePromql(query);
    const steps = stepMs === null ? 1 : Math.floor((endMs - startMs) / stepMs) + 1;
    const stepsMs = Float64Array.from({ length: steps }, (_, at) => startMs + at * (stepMs ?? 0));
    const result = resultOf(expression, stepMs !== null, {
      stepsMs,
      lookbackMs: LOOKBACK_MS,
      maxValues: MAX_VALUES,
      budget: new Budget(MAX_VALUES),
      series: ({ matchers }) => {
        const passes = matcherTest(matchers);
        return series.filter(({ labels }) => passes(labels));
      },
    });
    return { points: pointsOf(result) };
  } catch (error) {
    if (error instanceof PromqlError) return { failed: `${error.errorType}: ${error.message}` };
    throw error;
  }
}

async function theirs(server: Prometheus, { query, startMs, endMs, stepMs }: Question): Promise<Outcome> {
  const { status, errorType, error, data } =
    stepMs === null
      ? await server.ask('/api/v1/query', { query, time: String(startMs / 1000) })
      : await server.ask('/api/v1/query_range', {
          query,
          start: String(startMs / 1000),
          end: String(endMs / 1000),
          step: String(stepMs / 1000),
        });
  if (status === 'error' || data === undefined) return { failed: `${errorType}: ${error}` };
  return { points: pointsOf(data) };
}

function pointsOf({
  resultType,
  result,
}: {
  readonly resultType: string;
  readonly result: readonly unknown[];
}): Points {
  if (resultType === 'scalar') return new Map([['scalar', [pointOf(result as [number, string])]]]);
  return new Map(
    (result as { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[]).map(
      ({ metric, value, values }) => [
        JSON.stringify(Object.entries(metric).toSorted()),
        (values ?? (value === undefined ? [] : [value])).map(pointOf),
      ],
    ),
  );
}

function pointOf([seconds, text]: readonly [number, string]): readonly [number, number] {
  return [Math.round(seconds * 1000), Number(text.replace('Inf', 'Infinity'))];
}

const TOLERANCE = 1e-9;

function isClose(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1e-3);
}

/** What differs; null if nothing does. */
function difference(mine: Outcome, other: Outcome, isRanked: boolean): string | null {
  if ('failed' in mine || 'failed' in other) {
    if ('failed' in mine && 'failed' in other) return null;
    return `ours: ${'failed' in mine ? mine.failed : 'a result'}, theirs: ${'failed' in other ? other.failed : 'a result'}`;
  }
  // Which of equal values are ranked is chance.
  const [a, b] = isRanked ? [byTime(mine.points), byTime(other.points)] : [mine.points, other.points];
  if (JSON.stringify([...a.keys()].toSorted()) !== JSON.stringify([...b.keys()].toSorted()))
    return `labels: ours ${[...a.keys()].join(' ')}, theirs ${[...b.keys()].join(' ')}`;
  for (const [key, points] of a) {
    const others = b.get(key) ?? [];
    const at = points.findIndex(([ms, value], index) => {
      const [otherMs, otherValue] = others[index] ?? [];
      return ms !== otherMs || !isClose(value, otherValue ?? 0);
    });
    if (at !== -1 || points.length !== others.length)
      return `${key}: ours ${points.length} points, ${points[at]?.join(' ')}, theirs ${others.length} points, ${others[at]?.join(' ')}`;
  }
  return null;
}

function byTime(points: Points): Points {
  const found = new Map<string, (readonly [number, number])[]>();
  for (const [ms, value] of [...points.values()].flat()) {
    found.set(String(ms), [...(found.get(String(ms)) ?? []), [0, value]]);
  }
  return new Map([...found].map(([ms, values]) => [ms, values.toSorted(([, x], [, y]) => x - y)]));
}

test(`${QUERIES} random queries have the results of Prometheus`, async () => {
  const series = randomSeries(11);
  const server = await Prometheus.start(series);
  try {
    const all = questions(24, QUERIES);
    const kinds = { failed: 0, empty: 0, full: 0 };
    const different: string[] = [];
    for (const question of all) {
      const [mine, other] = [ours(series, question), await theirs(server, question)];
      const found = difference(mine, other, /^(?:top|bottom)k/.test(question.query));
      if (found !== null) different.push(`${JSON.stringify(question)}\n  ${found}`);
      if ('failed' in mine) kinds.failed += 1;
      else kinds[mine.points.size === 0 ? 'empty' : 'full'] += 1;
    }
    expect(different.slice(0, 5).join('\n')).toBe('');
    expect(different).toEqual([]);
    // Queries that fail or find nothing would compare nothing.
    expect(kinds.full).toBeGreaterThan(QUERIES * 0.6);
    expect(kinds.failed).toBeGreaterThan(0);
    // Proves that the comparison can fail.
    const atMs = SAMPLES_FROM_MS + 130 * MINUTE_MS;
    const question = { query: 'sum(requests_total)', startMs: atMs, endMs: atMs, stepMs: null };
    const without = series.filter(({ labels }) => labels.get('job') !== 'api');
    expect(difference(ours(without, question), await theirs(server, question), false)).toContain('points');
  } finally {
    await server.stop();
  }
});
