/** Aggregations over the rows of a vector, by label. */
import type { Aggregation } from './expression.ts';
import { type Labels, METRIC_NAME } from './labels.ts';
import { Mean, nanFirst, quantileOf, varianceAcross } from './numbers.ts';
import type { Row } from './values.ts';
import { newRow, PromqlError, withValues } from './values.ts';

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

/** `parameter`: of `quantile`, `topk` and `bottomk`, at each step. */
export function aggregate(
  op: Aggregation,
  rows: readonly Row[],
  { without, labels: names }: Grouping,
  parameter: Float64Array | null,
  steps: number,
): readonly Row[] {
  const groups = new Map<string, { readonly labels: Labels; readonly rows: Row[] }>();
  for (const row of rows) {
    const labels = without ? row.labels.drop([...names, METRIC_NAME]) : row.labels.keep(names);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, rows: [row] });
    else group.rows.push(row);
  }
  if (op === 'topk' || op === 'bottomk') {
    return withValues(
      [...groups.values()].flatMap((group) => ranked(group.rows, op === 'topk' ? 1 : -1, parameter, steps)),
    );
  }
  return withValues(
    [...groups.values()].map((group) => {
      const result = newRow(group.labels, steps);
      // One list for all steps: thousands of rows have values at each.
      const values: number[] = [];
      for (let step = 0; step < steps; step += 1) {
        values.length = 0;
        for (const row of group.rows) if (row.present[step] === 1) values.push(row.values[step] ?? 0);
        if (values.length === 0) continue;
        result.values[step] = aggregated(op, values, parameter?.[step] ?? 0);
        result.present[step] = 1;
      }
      return result;
    }),
  );
}

function aggregated(op: Exclude<Aggregation, 'topk' | 'bottomk'>, values: readonly number[], q: number): number {
  switch (op) {
    case 'sum':
      return values.reduce((sum, value) => sum + value);
    case 'avg': {
      const mean = new Mean(values[0]);
      for (const value of values.slice(1)) mean.add(value);
      return mean.value;
    }
    case 'min':
      return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best));
    case 'max':
      return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best));
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'stddev':
      return Math.sqrt(varianceAcross(values));
    case 'stdvar':
      return varianceAcross(values);
    case 'quantile':
      return quantileOf(q, values);
    default:
      return op satisfies never;
  }
}

/** The rows with the largest (`sign` 1) or smallest values at each step, with all of their labels. NaN ranks last. */
function ranked(rows: readonly Row[], sign: 1 | -1, parameter: Float64Array | null, steps: number): readonly Row[] {
  const results = rows.map((row) => ({ ...row, present: new Uint8Array(steps) }));
  for (let step = 0; step < steps; step += 1) {
    const wanted = parameter?.[step] ?? 0;
    if (Number.isNaN(wanted) || Math.abs(wanted) >= 2 ** 63)
      throw new PromqlError('execution', `Scalar value ${wanted} overflows int64`);
    if (wanted < 1) continue;
    const there = rows.flatMap((row, at) => (row.present[step] === 1 ? [{ at, value: row.values[step] ?? 0 }] : []));
    const order = (a: number, b: number): number => (sign === 1 ? nanFirst(b, a) : nanLast(a, b));
    const best = there.toSorted((a, b) => order(a.value, b.value) || a.at - b.at).slice(0, Math.trunc(wanted));
    for (const { at } of best) {
      const present = results[at]?.present;
      if (present !== undefined) present[step] = 1;
    }
  }
  return results;
}

function nanLast(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return -nanFirst(a, b);
  return nanFirst(a, b);
}
