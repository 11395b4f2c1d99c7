/** Binds operands and operators by the precedences of PromQL, and checks the types of operands. */
import type { Expression, Matching } from '../../../analytics/promql/expression.ts';
import { ARITHMETIC, COMPARISONS, SET_OPERATORS, typeOf } from '../../../analytics/promql/expression.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';

export interface Operator {
  readonly name: string;
  readonly bool: boolean;
  readonly matching: Matching;
}

const PRECEDENCES: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  COMPARISONS,
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];
const POWER = 5;
/** A sign binds as strongly as a product: weaker than a power. */
const SIGN = 4;

function precedenceOf({ name }: Operator): number {
  return PRECEDENCES.findIndex((level) => level.includes(name));
}

/** @throws PromqlError if the operator is not supported, or its matching not valid */
export function operatorOf(text: string, bool: boolean, matching: Matching): Operator {
  const name = text.toLowerCase();
  const operator = { name, bool, matching };
  if (precedenceOf(operator) === -1) throw bad(`the operator ${name} is not supported`);
  if (bool && !(COMPARISONS as readonly string[]).includes(name))
    throw bad('parse error: bool modifier can only be used on comparison operators');
  if ((SET_OPERATORS as readonly string[]).includes(name) && matching.many !== null)
    throw bad('parse error: no grouping allowed for set operations');
  const both = matching.include.find((label) => matching.on && matching.labels.includes(label));
  if (both !== undefined)
    throw bad(`parse error: label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`);
  return operator;
}

function bad(message: string): PromqlError {
  return new PromqlError('bad_data', message);
}

type Item =
  | { readonly kind: 'operand'; readonly expression: Expression }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'sign'; readonly sign: string };

/** Operands, operators and signs in the order in which they are written. */
export class Chain {
  readonly #items: Item[] = [];
  #at = 0;

  operand(expression: Expression): void {
    this.#items.push({ kind: 'operand', expression });
  }

  operator(operator: Operator): void {
    this.#items.push({ kind: 'operator', operator });
  }

  sign(sign: string): void {
    this.#items.push({ kind: 'sign', sign });
  }

  /** The offset belongs to the operand before it. */
  offset(offsetMs: number): void {
    const last = this.#items.at(-1);
    const expression = last?.kind === 'operand' ? last.expression : null;
    if (expression?.kind !== 'selector' && expression?.kind !== 'range')
      throw bad('parse error: offset modifier must be preceded by an instant vector selector or range vector selector');
    if (expression.selector.offsetMs !== 0) throw bad('parse error: offset may not be set multiple times');
    const selector = { ...expression.selector, offsetMs };
    this.#items[this.#items.length - 1] = { kind: 'operand', expression: { ...expression, selector } };
  }

  expression(): Expression {
    this.#at = 0;
    return this.#bind(0);
  }

  #bind(lowest: number): Expression {
    let left = this.#operandOrSign();
    for (;;) {
      const item = this.#items[this.#at];
      if (item?.kind !== 'operator') return left;
      const precedence = precedenceOf(item.operator);
      if (precedence < lowest) return left;
      this.#at += 1;
      // Powers bind to the right, everything else to the left.
      left = operation(item.operator, left, this.#bind(precedence === POWER ? precedence : precedence + 1));
    }
  }

  #operandOrSign(): Expression {
    const item = this.#items[this.#at];
    this.#at += 1;
    if (item?.kind === 'operand') return item.expression;
    if (item?.kind !== 'sign') throw bad('parse error: incomplete operator');
    const of = this.#bind(SIGN + 1);
    const type = typeOf(of);
    if (type !== 'scalar' && type !== 'vector')
      throw bad(
        `parse error: unary expression only allowed on expressions of type scalar or instant vector, got ${type}`,
      );
    if (item.sign === '+') return of;
    return of.kind === 'number' ? { kind: 'number', value: -of.value } : { kind: 'negate', of };
  }
}

function operation({ name, bool, matching }: Operator, left: Expression, right: Expression): Expression {
  const types = [typeOf(left), typeOf(right)];
  if (types.some((type) => type === 'matrix' || type === 'string'))
    throw bad('parse error: binary expression must contain only scalar and instant vector types');
  const scalars = types.filter((type) => type === 'scalar').length;
  if (scalars > 0 && (matching.on || matching.labels.length > 0 || matching.many !== null))
    throw bad('parse error: vector matching only allowed between instant vectors');
  const set = SET_OPERATORS.find((one) => one === name);
  if (set !== undefined) {
    if (scalars > 0)
      throw bad(`parse error: set operator ${JSON.stringify(name)} not allowed in binary scalar expression`);
    return { kind: 'set', op: set, left, right, matching };
  }
  const comparison = COMPARISONS.find((one) => one === name);
  if (comparison !== undefined) {
    if (scalars === 2 && !bool) throw bad('parse error: comparisons between scalars must use BOOL modifier');
    return { kind: 'comparison', op: comparison, bool, left, right, matching };
  }
  const arithmetic = ARITHMETIC.find((one) => one === name);
  if (arithmetic === undefined) throw bad(`the operator ${name} is not supported`);
  return { kind: 'arithmetic', op: arithmetic, left, right, matching };
}
