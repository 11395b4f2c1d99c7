/** Evaluates an expression at all steps of a query at once: each part yields its rows over all steps. */
import { aggregate } from './aggregate.ts';
import { betweenScalars, betweenVectors, combine, withScalar } from './binary.ts';
import type { Expression, MathFunction, Selector } from './expression.ts';
import { histogramQuantile } from './histogram.ts';
import { NO_LABELS } from './labels.ts';
import { newestAt, overRanges } from './select.ts';
import type { Budget, Row, Series, Value } from './values.ts';
import { joinRows, mapRow, PromqlError, withValues } from './values.ts';

export interface Evaluation {
  /** Epoch ms, ascending; one for an instant query. */
  readonly stepsMs: Float64Array;
  /** A sample older than this is not the newest value of its series any more. */
  readonly lookbackMs: number;
  /** Values, steps times rows, that one part of the expression may have. */
  readonly maxValues: number;
  /** Of all parts together: what one operand holds stays while the other is evaluated. */
  readonly budget: Budget;
  /** Series that match a selector, each with samples of the time that it needs. */
  readonly series: (selector: Selector) => readonly Series[];
}

/** Expressions whose rows are counted before or while they are made, or are those of their operand. */
const COUNTS_ITSELF: ReadonlySet<Expression['kind']> = new Set([
  'selector',
  'over-range',
  'arithmetic',
  'comparison',
  'sort',
]);

/** @throws PromqlError */
export function evaluate(expression: Expression, evaluation: Evaluation): Value {
  const value = evaluated(expression, evaluation);
  if (value.kind === 'vector' && !COUNTS_ITSELF.has(expression.kind)) checkCount(value.rows.length, evaluation);
  return value;
}

function evaluated(expression: Expression, evaluation: Evaluation): Value {
  const { stepsMs, lookbackMs, series } = evaluation;
  const steps = stepsMs.length;
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(steps).fill(expression.value) };
    case 'time':
      return { kind: 'scalar', values: stepsMs.map((ms) => ms / 1000) };
    case 'selector': {
      const { selector } = expression;
      const found = series(selector);
      checkCount(found.length, evaluation);
      return vector(withValues(found.map((one) => newestAt(one, stepsMs, selector.offsetMs, lookbackMs))));
    }
    case 'over-range': {
      const { name, of } = expression;
      const { rangeMs, selector } = of;
      const parameter = expression.parameter === null ? null : scalarOf(expression.parameter, evaluation);
      const call = { name, rangeMs, offsetMs: selector.offsetMs, parameter };
      const found = series(selector);
      checkCount(found.length, evaluation);
      return vector(joinRows(withValues(found.map((one) => overRanges(one, stepsMs, call)))));
    }
    case 'negate': {
      const of = evaluate(expression.of, evaluation);
      if (of.kind === 'scalar') return { kind: 'scalar', values: of.values.map((value) => -value) };
      return mapped(of.rows, (value) => -value);
    }
    case 'arithmetic':
    case 'comparison':
      return operated(expression, evaluation);
    case 'set': {
      const { op, left, right, matching } = expression;
      return vector(combine(op, rowsOf(left, evaluation), rowsOf(right, evaluation), matching, steps));
    }
    case 'aggregate': {
      const parameter = expression.parameter === null ? null : scalarOf(expression.parameter, evaluation);
      return vector(aggregate(expression.op, rowsOf(expression.of, evaluation), expression, parameter, steps));
    }
    case 'math': {
      const { name } = expression;
      return mapped(rowsOf(expression.of, evaluation), (value) => calculated(name, value));
    }
    case 'round': {
      const to = scalarOf(expression.to, evaluation);
      return mapped(rowsOf(expression.of, evaluation), (value, step) => {
        const inverse = 1 / (to[step] ?? 1);
        return Math.floor(value * inverse + 0.5) / inverse;
      });
    }
    case 'clamp':
      return clamped(expression, evaluation);
    case 'scalar':
      return { kind: 'scalar', values: onlyValues(rowsOf(expression.of, evaluation), steps) };
    case 'vector': {
      const values = scalarOf(expression.of, evaluation);
      return vector([{ labels: NO_LABELS, values, present: new Uint8Array(steps).fill(1) }]);
    }
    case 'sort':
      // The order of an instant vector is that of its answer.
      return evaluate(expression.of, evaluation);
    case 'histogram-quantile':
      return vector(histogramQuantile(scalarOf(expression.q, evaluation), rowsOf(expression.of, evaluation), steps));
    case 'range':
    case 'string':
      throw new PromqlError('bad_data', `expected type instant vector, got ${expression.kind}`);
    default:
      return expression satisfies never;
  }
}

function vector(rows: readonly Row[]): Value {
  return { kind: 'vector', rows };
}

function mapped(rows: readonly Row[], compute: (value: number, step: number) => number): Value {
  return vector(joinRows(rows.map((row) => mapRow(row, row.labels.withoutName(), compute))));
}

function rowsOf(expression: Expression, evaluation: Evaluation): readonly Row[] {
  const value = evaluate(expression, evaluation);
  if (value.kind === 'vector') return value.rows;
  throw new PromqlError('bad_data', 'expected type instant vector, got scalar');
}

function scalarOf(expression: Expression, evaluation: Evaluation): Float64Array {
  const value = evaluate(expression, evaluation);
  if (value.kind === 'scalar') return value.values;
  throw new PromqlError('bad_data', 'expected type scalar, got instant vector');
}

function operated(
  expression: Extract<Expression, { kind: 'arithmetic' | 'comparison' }>,
  evaluation: Evaluation,
): Value {
  const operation = { op: expression.op, bool: expression.kind === 'comparison' && expression.bool };
  const left = evaluate(expression.left, evaluation);
  const right = evaluate(expression.right, evaluation);
  const besideScalar = (rows: readonly Row[], scalar: Float64Array, scalarIsLeft: boolean): Value => {
    checkCount(rows.length, evaluation);
    return vector(withScalar(operation, rows, scalar, scalarIsLeft));
  };
  if (left.kind === 'scalar') {
    return right.kind === 'scalar'
      ? { kind: 'scalar', values: betweenScalars(operation, left.values, right.values) }
      : besideScalar(right.rows, left.values, true);
  }
  if (right.kind === 'scalar') return besideScalar(left.rows, right.values, false);
  const steps = evaluation.stepsMs.length;
  // Pairs that differ from step to step can be many more than the rows of either side.
  let rows = 0;
  const onRow = (): void => {
    rows += 1;
    checkPart(rows, evaluation);
    evaluation.budget.take(steps);
  };
  return vector(betweenVectors(operation, left.rows, right.rows, expression.matching, { steps, onRow }));
}

function clamped(expression: Extract<Expression, { kind: 'clamp' }>, evaluation: Evaluation): Value {
  const min = expression.min === null ? null : scalarOf(expression.min, evaluation);
  const max = expression.max === null ? null : scalarOf(expression.max, evaluation);
  const rows = rowsOf(expression.of, evaluation).map((row) => ({
    ...row,
    present: row.present.map((own, step) =>
      min !== null && max !== null && (max[step] ?? 0) < (min[step] ?? 0) ? 0 : own,
    ),
  }));
  return mapped(withValues(rows), (value, step) => {
    const below = max === null ? value : Math.min(max[step] ?? 0, value);
    return min === null ? below : Math.max(min[step] ?? 0, below);
  });
}

/** The value of the only row at each step; NaN where there are none or several. */
function onlyValues(rows: readonly Row[], steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => {
    const there = rows.filter((row) => row.present[step] === 1);
    return there.length === 1 ? (there[0]?.values[step] ?? Number.NaN) : Number.NaN;
  });
}

function calculated(name: MathFunction, value: number): number {
  switch (name) {
    case 'abs':
      return Math.abs(value);
    case 'ceil':
      return Math.ceil(value);
    case 'floor':
      return Math.floor(value);
    case 'sqrt':
      return Math.sqrt(value);
    case 'exp':
      return Math.exp(value);
    case 'ln':
      return Math.log(value);
    case 'log2':
      return Math.log2(value);
    case 'log10':
      return Math.log10(value);
    case 'sgn':
      return Math.sign(value);
    default:
      return name satisfies never;
  }
}

/** Counts rows that are made. @throws PromqlError if they are too many, by themselves or with all others of the query */
function checkCount(rows: number, evaluation: Evaluation): void {
  checkPart(rows, evaluation);
  evaluation.budget.take(rows * evaluation.stepsMs.length);
}

function checkPart(rows: number, { stepsMs, maxValues }: Evaluation): void {
  if (rows * stepsMs.length <= maxValues) return;
  throw new PromqlError(
    'execution',
    `query processing would load too many samples into memory: ${rows} series at ${stepsMs.length} steps exceed the limit of ${maxValues} values. Select fewer series, or a longer step`,
  );
}
