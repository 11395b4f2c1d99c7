/** Values of expressions at every step of a query, and the errors of evaluation. */
import type { Labels } from './labels.ts';

/** Samples of a series, in order of time. */
export interface Series {
  readonly labels: Labels;
  /** Epoch ms. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A series at the steps of a query. */
export interface Row {
  readonly labels: Labels;
  readonly values: Float64Array;
  /** 1 where the series has a value. A value may be NaN. */
  readonly present: Uint8Array;
}

export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly rows: readonly Row[] };

/** An error of a query, with its type as Prometheus names it. */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly errorType: 'bad_data' | 'execution';

  constructor(errorType: PromqlError['errorType'], message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** What one query may hold: samples of its series, and values of all parts of its expression. */
export class Budget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** Call before the values are made. @throws PromqlError if more than the limit are */
  take(values: number): void {
    this.#left -= values;
    if (this.#left >= 0) return;
    throw new PromqlError(
      'execution',
      `query processing would load too many samples into memory: the samples of all series and the values of all parts exceed the limit of ${this.#limit}. Select fewer series, a longer step or a shorter time range, or use fewer operators`,
    );
  }
}

export function newRow(labels: Labels, steps: number): Row {
  return { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

/** A row with the same presence whose values are computed from those of another. */
export function mapRow(row: Row, labels: Labels, compute: (value: number, step: number) => number): Row {
  const values = new Float64Array(row.values.length);
  for (let step = 0; step < values.length; step += 1) {
    if (row.present[step] === 1) values[step] = compute(row.values[step] ?? 0, step);
  }
  return { labels, values, present: row.present };
}

/**
 * Joins rows of equal labels, which may exist at different steps. @throws PromqlError if two exist at the same step
 */
export function joinRows(rows: readonly Row[]): readonly Row[] {
  const byKey = new Map<string, Row>();
  let joined = false;
  for (const row of rows) {
    const { key } = row.labels;
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, row);
    else {
      joined = true;
      byKey.set(key, joinTwo(first, row));
    }
  }
  return joined ? [...byKey.values()] : rows;
}

function joinTwo(a: Row, b: Row): Row {
  const values = a.values.slice();
  const present = a.present.slice();
  for (let step = 0; step < values.length; step += 1) {
    if (b.present[step] !== 1) continue;
    if (present[step] === 1) throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
    values[step] = b.values[step] ?? 0;
    present[step] = 1;
  }
  return { labels: a.labels, values, present };
}

/** Rows that have a value at one step or more. */
export function withValues(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ present }) => present.includes(1));
}
