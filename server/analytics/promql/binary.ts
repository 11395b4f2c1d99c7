/** Operators between vectors and scalars, with the matching of Prometheus 2.42 (promql/engine.go). */
import type { ArithmeticOperator, ComparisonOperator, Matching, SetOperator } from './expression.ts';
import type { Labels } from './labels.ts';
import { METRIC_NAME } from './labels.ts';
import { power } from './numbers.ts';
import type { Row } from './values.ts';
import { joinRows, newRow, PromqlError, withValues } from './values.ts';

export type ValueOperator = ArithmeticOperator | ComparisonOperator;

/** An operator with a value: `bool` returns 0 or 1 from a comparison, which otherwise filters. */
export interface Operation {
  readonly op: ValueOperator;
  readonly bool: boolean;
}

function isComparison(op: ValueOperator): op is ComparisonOperator {
  return op.startsWith('=') || op.startsWith('!') || op.startsWith('<') || op.startsWith('>');
}

function compute(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return power(a, b);
    default:
      return op satisfies never;
  }
}

function holds(op: ComparisonOperator, a: number, b: number): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return op satisfies never;
  }
}

/** Returns the result of the operation; null if a comparison filters the left value out. */
function apply({ op, bool }: Operation, a: number, b: number): number | null {
  if (!isComparison(op)) return compute(op, a, b);
  const isTrue = holds(op, a, b);
  if (bool) return isTrue ? 1 : 0;
  return isTrue ? a : null;
}

/** Whether results have lost the name of the metric: they no longer measure what it says. */
function dropsName({ op, bool }: Operation): boolean {
  return bool || !isComparison(op);
}

export function betweenScalars(operation: Operation, a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, step) => apply(operation, value, b[step] ?? 0) ?? 0);
}

/** A comparison that filters keeps the value of the vector, on whichever side it is. */
export function withScalar(
  operation: Operation,
  rows: readonly Row[],
  scalar: Float64Array,
  scalarIsLeft: boolean,
): readonly Row[] {
  const results = rows.map((row) => {
    const labels = dropsName(operation) ? row.labels.withoutName() : row.labels;
    const result = newRow(labels, row.values.length);
    for (let step = 0; step < row.values.length; step += 1) {
      if (row.present[step] !== 1) continue;
      const [value, other] = [row.values[step] ?? 0, scalar[step] ?? 0];
      const found = scalarIsLeft ? apply(operation, other, value) : apply(operation, value, other);
      if (found === null) continue;
      result.values[step] = isComparison(operation.op) && !operation.bool ? value : found;
      result.present[step] = 1;
    }
    return result;
  });
  return joinRows(withValues(results));
}

/** The labels by which rows are paired. */
function signatureOf(labels: Labels, { on, labels: names }: Matching): string {
  return (on ? labels.keep(names) : labels.drop([...names, METRIC_NAME])).key;
}

interface Candidate {
  readonly row: Row;
  readonly signature: string;
}

function candidates(rows: readonly Row[], matching: Matching): readonly Candidate[] {
  return rows.map((row) => ({ row, signature: signatureOf(row.labels, matching) }));
}

interface Results {
  readonly steps: number;
  /** Called before each row that is made. */
  readonly onRow: () => void;
}

/** Pairs the rows of two vectors. @throws PromqlError if a row has several partners and the matching does not say so */
export function betweenVectors(
  operation: Operation,
  left: readonly Row[],
  right: readonly Row[],
  matching: Matching,
  { steps, onRow }: Results,
): readonly Row[] {
  const swapped = matching.many === 'right';
  const many = candidates(swapped ? right : left, matching);
  const one = candidates(swapped ? left : right, matching);
  const results = new Map<string, Row>();
  const labelsOf = resultLabels(operation, matching);
  const rowOf = (labels: Labels): Row => {
    let result = results.get(labels.key);
    if (result === undefined) {
      onRow();
      result = newRow(labels, steps);
      results.set(labels.key, result);
    }
    return result;
  };
  for (let step = 0; step < steps; step += 1) {
    const partners = new Map<string, Row>();
    const hasMany = many.some(({ row }) => row.present[step] === 1);
    if (!hasMany) continue;
    for (const { row, signature } of one) {
      if (row.present[step] !== 1) continue;
      const other = partners.get(signature);
      if (other !== undefined) throw duplicatePartner(signature, [other, row], swapped ? 'left' : 'right');
      partners.set(signature, row);
    }
    const paired = new Map<string, Set<string>>();
    for (const { row, signature } of many) {
      const partner = partners.get(signature);
      if (row.present[step] !== 1 || partner === undefined) continue;
      const [a, b] = swapped ? [partner, row] : [row, partner];
      const value = apply(operation, a.values[step] ?? 0, b.values[step] ?? 0);
      if (value === null) continue;
      const labels = labelsOf(row, partner);
      const taken = paired.get(signature) ?? new Set();
      if (matching.many === null ? taken.size > 0 : taken.has(labels.key)) throw ambiguous(matching);
      paired.set(signature, taken.add(labels.key));
      write(rowOf(labels), step, value);
    }
  }
  return [...results.values()];
}

function write(result: Row, step: number, value: number): void {
  if (result.present[step] === 1)
    throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
  result.values[step] = value;
  result.present[step] = 1;
}

/** The labels of a result, computed once for each pair of rows. */
function resultLabels(operation: Operation, matching: Matching): (many: Row, one: Row) => Labels {
  const known = new WeakMap<Row, WeakMap<Row, Labels>>();
  return (many, one) => {
    let ofMany = known.get(many);
    if (ofMany === undefined) {
      ofMany = new WeakMap();
      known.set(many, ofMany);
    }
    let labels = ofMany.get(one);
    if (labels === undefined) {
      labels = labelsOfPair(operation, matching, many.labels, one.labels);
      ofMany.set(one, labels);
    }
    return labels;
  };
}

function labelsOfPair(operation: Operation, matching: Matching, many: Labels, one: Labels): Labels {
  let labels = dropsName(operation) ? many.withoutName() : many;
  if (matching.many === null) return matching.on ? labels.keep(matching.labels) : labels.drop(matching.labels);
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}

function duplicatePartner(signature: string, rows: readonly Row[], side: 'left' | 'right'): PromqlError {
  const names = rows.map(({ labels }) => labels.key).join(', ');
  return new PromqlError(
    'execution',
    `found duplicate series for the match group ${signature} on the ${side} hand-side of the operation: [${names}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

function ambiguous({ many }: Matching): PromqlError {
  return new PromqlError(
    'execution',
    many === null
      ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
      : 'multiple matches for labels: grouping labels must ensure unique matches',
  );
}

/** `and`, `or` and `unless`: rows of the left vector with, or without, partners; `or` adds the rows of the right that have none. */
export function combine(
  op: SetOperator,
  left: readonly Row[],
  right: readonly Row[],
  matching: Matching,
  steps: number,
): readonly Row[] {
  const lefts = candidates(left, matching);
  const rights = candidates(right, matching);
  if (op === 'or') {
    const taken = presenceBySignature(lefts, steps);
    return joinRows(withValues([...left, ...rights.map((one) => where(one, taken, (has) => !has))]));
  }
  const partners = presenceBySignature(rights, steps);
  return withValues(lefts.map((one) => where(one, partners, (has) => has === (op === 'and'))));
}

/** At which steps any row of a signature has a value. */
function presenceBySignature(all: readonly Candidate[], steps: number): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { row, signature } of all) {
    const own = found.get(signature) ?? new Uint8Array(steps);
    for (let step = 0; step < steps; step += 1) if (row.present[step] === 1) own[step] = 1;
    found.set(signature, own);
  }
  return found;
}

/** The row where a partner is, or is not, there. */
function where(
  { row, signature }: Candidate,
  partners: ReadonlyMap<string, Uint8Array>,
  keeps: (hasPartner: boolean) => boolean,
): Row {
  const others = partners.get(signature);
  return { ...row, present: row.present.map((own, step) => (own === 1 && keeps(others?.[step] === 1) ? 1 : 0)) };
}
