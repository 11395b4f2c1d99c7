/** Scenarios of the referee, and the conversion of their observations to rows of the accuracy table. */

import type { Subject } from '../accuracy/subject.ts';
import type { Line } from '../accuracy/table.ts';
import { atLeast, atMost, percent, quantileOfErrors } from '../accuracy/table.ts';

/** Observed values by name: 1 and 0 for yes and no, or an error or a time. */
export type Observations = Readonly<Record<string, readonly number[]>>;

/** Collects observations under names. A name that was never noted has no observation, which is a failed row. */
export class Notes {
  readonly #values: Record<string, number[]> = {};

  note(name: string, value: number | boolean): void {
    const values = this.#values[name] ?? [];
    this.#values[name] = values;
    values.push(Number(value));
  }

  get observations(): Observations {
    return this.#values;
  }
}

/** Runs a product at a clock; the product is empty at first and removed at the end. */
export type Stage = <T>(clock: { nowMs: number }, use: (subject: Subject) => Promise<T>) => Promise<T>;

export interface Scenario {
  readonly name: string;
  /** Title of its table. */
  readonly title: string;
  /** Maximum number of seeds, for scenarios that are large by design. */
  readonly maxSeeds?: number;
  /** Simulates, queries the product, and records the comparison. `scale` below 1 makes it smaller, for tests. */
  run(stage: Stage, seed: number, notes: Notes, scale: number): Promise<void>;
  readonly rows: readonly Row[];
}

/** A bound on observations of one name. */
export type Row =
  | { readonly kind: 'share'; readonly note: string; readonly what: string; readonly atLeast: number }
  | { readonly kind: 'rare'; readonly note: string; readonly what: string; readonly atMost: number }
  /** The quantile `q` of errors. */
  | {
      readonly kind: 'error';
      readonly note: string;
      readonly what: string;
      readonly q: number;
      readonly atMost: number;
    }
  | { readonly kind: 'seconds'; readonly note: string; readonly what: string; readonly atMost: number }
  /** Printed without a bound. */
  | { readonly kind: 'figure'; readonly note: string; readonly what: string; readonly as: 'share' | 'seconds' };

export function linesOf(rows: readonly Row[], observations: Observations): readonly Line[] {
  return rows.map((row) => lineOf(row, observations[row.note] ?? []));
}

function lineOf(row: Row, values: readonly number[]): Line {
  const truth = `${values.length} planted`;
  const mean = values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
  switch (row.kind) {
    case 'share':
      return atLeast(row.what, truth, mean, values.length, row.atLeast);
    case 'rare':
      return {
        ...atMost(row.what, truth, `${percent(mean)} of ${values.length}`, mean, row.atMost),
        pass: values.length > 0 && mean <= row.atMost,
      };
    case 'error': {
      const shown = (error: number) => (error < NO_ANSWER ? percent(error) : 'no answer');
      const median = quantileOfErrors(values, 0.5);
      const error = quantileOfErrors(values, row.q);
      return {
        ...atMost(
          row.what,
          truth,
          median < NO_ANSWER ? `median ${percent(median)} off` : 'no answer',
          error,
          row.atMost,
        ),
        error: shown(error),
        pass: values.length > 0 && error <= row.atMost,
      };
    }
    case 'seconds': {
      const worst = quantileOfErrors(values, 1);
      const shown = Number.isFinite(worst) ? `${worst.toFixed(1)} s` : 'none';
      return {
        what: row.what,
        truth,
        answer: shown,
        error: shown,
        bound: `≤ ${row.atMost} s`,
        pass: worst <= row.atMost,
      };
    }
    case 'figure': {
      const answer = row.as === 'share' ? percent(mean) : `${quantileOfErrors(values, 0.5).toFixed(1)} s`;
      return { what: row.what, truth, answer, error: '', bound: 'none', pass: true };
    }
  }
}

export function mergeObservations(all: readonly Observations[]): Observations {
  const merged: Record<string, number[]> = {};
  for (const one of all) {
    for (const [name, values] of Object.entries(one)) merged[name] = [...(merged[name] ?? []), ...values];
  }
  return merged;
}

/** Relative error of an answer; a missing one is infinitely wrong. */
export function relativeError(answer: number | null | undefined, truth: number): number {
  return answer === null || answer === undefined ? NO_ANSWER : Math.abs(answer / truth - 1);
}

/** The error of a missing answer: infinite, as far as JSON can say. */
export const NO_ANSWER = Number.MAX_VALUE;

export function holds(
  interval: { low: number | null; high: number | null } | null | undefined,
  truth: number,
): boolean {
  if (interval?.low === null || interval?.high === null || interval === undefined || interval === null) return false;
  return interval.low <= truth && truth <= interval.high;
}
