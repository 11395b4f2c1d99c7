/** Random samples and PromQL queries about them, from a seed. */
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { Labels } from '../../server/analytics/promql/labels.ts';
import type { Series } from '../../server/analytics/promql/values.ts';

export const SAMPLES_FROM_MS = Date.UTC(2024, 2, 5);
const MINUTES = 300;
export const SAMPLES_TO_MS = SAMPLES_FROM_MS + MINUTES * MINUTE_MS;

/** Uniform between 0 and 1; mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

function oneOf<T>(random: Random, all: readonly [T, ...T[]]): T {
  return all[Math.floor(random() * all.length)] ?? all[0];
}

/** Series with gaps, resets, NaN and infinities, some of which begin late or end early. */
export function randomSeries(seed: number): readonly Series[] {
  const random = randomFrom(seed);
  const all: Series[] = [];
  const add = (name: string, labels: Readonly<Record<string, string>>, next: (previous: number) => number): void => {
    const times: number[] = [];
    const values: number[] = [];
    let value = next(Number.NaN);
    const first = random() < 0.3 ? Math.floor(random() * 120) : 0;
    const last = random() < 0.3 ? MINUTES - Math.floor(random() * 120) : MINUTES;
    const jitterMs = oneOf(random, [0, 0, 7321]);
    for (let minute = first; minute < last; minute += 1) {
      if (random() < 0.02) minute += Math.floor(random() * 12);
      times.push(SAMPLES_FROM_MS + minute * MINUTE_MS + Math.floor(random() * jitterMs));
      values.push(value);
      value = next(value);
    }
    const entries = Object.entries({ ...labels, __name__: name });
    all.push({ labels: Labels.of(entries), times: Float64Array.from(times), values: Float64Array.from(values) });
  };
  for (const job of ['api', 'batch', 'web']) {
    for (const instance of ['a:1', 'b:2']) {
      for (const code of ['200', '404', '500']) {
        add('requests_total', { job, instance, code }, (before) => {
          if (Number.isNaN(before)) return Math.floor(random() * 1000);
          return random() < 0.01 ? 0 : before + (random() < 0.2 ? 0 : Math.floor(random() * 50));
        });
      }
      add('temperature', { job, instance }, () => {
        const kind = random();
        if (kind < 0.01) return oneOf(random, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
        return Math.round(random() * 4000 - 1000) / 100;
      });
    }
    add('build', { job, version: `v${job.length}` }, () => 1);
    const counts = [0, 0, 0, 0, 0];
    const bounds = job === 'web' ? ['0.1', '0.5', '1', '5'] : ['0.1', '0.5', '1', '5', '+Inf'];
    for (const [at, le] of bounds.entries()) {
      add('latency_bucket', { job, le }, (before) => {
        counts[at] = (counts[at] ?? 0) + Math.floor(random() * 5) + at * 3;
        return Number.isNaN(before) ? 0 : (counts[at] ?? 0);
      });
    }
  }
  return all;
}

/** A random query about {@link randomSeries}. */
export function randomQuery(random: Random): string {
  if (random() < 0.08) {
    const sides = oneOf(random, ['topk', 'bottomk']);
    return `${sides}${grouping(random)}(${oneOf(random, ['1', '2', '5'])}, ${oneOf(random, [selector(random, false), overRange(random)])})`;
  }
  return vector(random, 3);
}

function vector(random: Random, depth: number): string {
  const kinds: [() => string, ...(() => string)[]] = [
    () => selector(random, true),
    () => overRange(random),
    () => overRange(random),
  ];
  if (depth > 0) {
    kinds.push(
      () => aggregation(random, depth - 1),
      () => aggregation(random, depth - 1),
      () => aggregation(random, depth - 1),
      () => withScalar(random, depth - 1),
      () => withScalar(random, depth - 1),
      () => matched(random, depth - 1),
      () => matched(random, depth - 1),
      () => matched(random, depth - 1),
      () => quantile(random),
      () => `-${vector(random, depth - 1)}`,
      () => mathematics(random, depth - 1),
    );
  }
  return oneOf(random, kinds)();
}

function selector(random: Random, hasOffset: boolean): string {
  const metric = oneOf(random, ['requests_total', 'requests_total', 'temperature', 'build', 'latency_bucket']);
  const matchers: [string, ...string[]] = [
    'job="api"',
    'job!="api"',
    'job=~"a.*|web"',
    'job!~"w.b"',
    'instance=~".+:1"',
    'code=""',
    'code=~"[45].."',
    'missing=""',
  ];
  const chosen = matchers.filter(() => random() < 0.1);
  const offset = hasOffset && random() < 0.2 ? ` offset ${oneOf(random, ['5m', '1h', '37s', '-10m'])}` : '';
  return `${metric}${chosen.length === 0 ? '' : `{${chosen.join(',')}}`}${offset}`;
}

function overRange(random: Random): string {
  const range = oneOf(random, ['3m', '5m', '10m', '17m30s', '1h']);
  const of = `${selector(random, false)}[${range}]${random() < 0.15 ? ' offset 10m' : ''}`;
  const name = oneOf(random, [
    ...(['rate', 'rate', 'rate', 'increase', 'increase', 'delta', 'irate', 'idelta', 'changes', 'resets'] as const),
    ...(['avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time'] as const),
    ...(['last_over_time', 'present_over_time', 'stddev_over_time', 'stdvar_over_time', 'quantile_over_time'] as const),
  ]);
  if (name === 'quantile_over_time') return `${name}(${oneOf(random, ['0.5', '0.9', '-1', '2', '0'])}, ${of})`;
  return `${name}(${of})`;
}

function grouping(random: Random): string {
  return oneOf(random, ['', ' by (job)', ' by (job, code)', ' without (instance)', ' without (code, le)', ' by (le)']);
}

function aggregation(random: Random, depth: number): string {
  const op = oneOf(random, ['sum', 'sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'quantile']);
  const parameter = op === 'quantile' ? `${oneOf(random, ['0.5', '0.25', '1', '1.5', 'NaN'])}, ` : '';
  return `${op}${grouping(random)} (${parameter}${vector(random, depth)})`;
}

function operator(random: Random): string {
  const arithmetic = oneOf(random, ['+', '-', '*', '/', '/', '%', '^']);
  const comparison = oneOf(random, ['==', '!=', '<', '>', '<=', '>=']);
  if (random() < 0.6) return arithmetic;
  return random() < 0.5 ? comparison : `${comparison} bool`;
}

function withScalar(random: Random, depth: number): string {
  const number = oneOf(random, [
    '1',
    '0',
    '2.5',
    '-3',
    '1e3',
    '100',
    'Inf',
    'NaN',
    'scalar(sum(build))',
    '(2 ^ 3 - 1)',
  ]);
  const one = vector(random, depth);
  const op = operator(random);
  return random() < 0.5 ? `(${one}) ${op} ${number}` : `${number} ${op} (${one})`;
}

function matched(random: Random, depth: number): string {
  const [left, right] = [vector(random, depth), vector(random, depth)];
  const kind = random();
  if (kind < 0.3) {
    const how = oneOf(random, ['', ' on (job)', ' ignoring (code)', ' on ()']);
    return `(${left}) ${oneOf(random, ['and', 'or', 'unless'])}${how} (${right})`;
  }
  const op = operator(random);
  if (kind < 0.5)
    return `(${left}) ${op}${oneOf(random, ['', ' on (job, instance, code)', ' ignoring (code, le)'])} (${right})`;
  const total = `sum by (job) (${right})`;
  if (kind < 0.7) return `${left} ${op} on (job) group_left ${oneOf(random, [total, 'build'])}`;
  if (kind < 0.85) return `(${left}) ${op} on (job) group_left (version) build`;
  return `${total} ${op} on (job) group_right () (${left})`;
}

function quantile(random: Random): string {
  const q = oneOf(random, ['0.5', '0.9', '0.99', '0', '1', '-1', '2']);
  const rate = `rate(latency_bucket[${oneOf(random, ['5m', '20m'])}])`;
  return `histogram_quantile(${q}, ${oneOf(random, [rate, `sum by (le) (${rate})`, `sum by (le, job) (${rate})`, 'latency_bucket'])})`;
}

function mathematics(random: Random, depth: number): string {
  const one = vector(random, depth);
  return oneOf(random, [
    ...([
      `abs(${one})`,
      `ceil(${one})`,
      `floor(${one})`,
      `round(${one})`,
      `round(${one}, 0.5)`,
      `sqrt(${one})`,
    ] as const),
    ...([
      `clamp(${one}, -1, 50)`,
      `clamp_min(${one}, 3)`,
      `clamp_max(${one}, 9)`,
      `sgn(${one})`,
      `ln(${one})`,
    ] as const),
    `(${one})`,
  ]);
}
