/** Expressions of PromQL, as far as this server evaluates them. The parser has checked their types. */

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly op: MatchOperator;
  readonly value: string;
}

export interface Selector {
  readonly matchers: readonly LabelMatcher[];
  readonly offsetMs: number;
}

export const ARITHMETIC = ['+', '-', '*', '/', '%', '^'] as const;
export const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='] as const;
export const SET_OPERATORS = ['and', 'or', 'unless'] as const;
export type ArithmeticOperator = (typeof ARITHMETIC)[number];
export type ComparisonOperator = (typeof COMPARISONS)[number];
export type SetOperator = (typeof SET_OPERATORS)[number];

/** How the series of two vectors are paired. */
export interface Matching {
  /** Labels to compare; with `on` false, all but these. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Side of which several series may share a partner; null for one-to-one. */
  readonly many: 'left' | 'right' | null;
  /** Labels that a result takes from the other side. */
  readonly include: readonly string[];
}

export const AGGREGATIONS = [
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'group',
  'stddev',
  'stdvar',
  'quantile',
  'topk',
  'bottomk',
] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export const RANGE_FUNCTIONS = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'changes',
  'resets',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'sum_over_time',
  'count_over_time',
  'last_over_time',
  'present_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
] as const;
export type RangeFunction = (typeof RANGE_FUNCTIONS)[number];

export const MATH_FUNCTIONS = ['abs', 'ceil', 'floor', 'sqrt', 'exp', 'ln', 'log2', 'log10', 'sgn'] as const;
export type MathFunction = (typeof MATH_FUNCTIONS)[number];

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'time' }
  | { readonly kind: 'selector'; readonly selector: Selector }
  | { readonly kind: 'range'; readonly selector: Selector; readonly rangeMs: number }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly op: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly matching: Matching;
    }
  | {
      readonly kind: 'comparison';
      readonly op: ComparisonOperator;
      /** Returns 0 or 1 instead of filtering. */
      readonly bool: boolean;
      readonly left: Expression;
      readonly right: Expression;
      readonly matching: Matching;
    }
  | {
      readonly kind: 'set';
      readonly op: SetOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly matching: Matching;
    }
  | {
      readonly kind: 'aggregate';
      readonly op: Aggregation;
      readonly without: boolean;
      readonly labels: readonly string[];
      /** Of `quantile`, `topk` and `bottomk`. */
      readonly parameter: Expression | null;
      readonly of: Expression;
    }
  | {
      readonly kind: 'over-range';
      readonly name: RangeFunction;
      readonly of: Extract<Expression, { kind: 'range' }>;
      /** Of `quantile_over_time`. */
      readonly parameter: Expression | null;
    }
  | { readonly kind: 'math'; readonly name: MathFunction; readonly of: Expression }
  | { readonly kind: 'round'; readonly of: Expression; readonly to: Expression }
  | {
      readonly kind: 'clamp';
      readonly of: Expression;
      readonly min: Expression | null;
      readonly max: Expression | null;
    }
  | { readonly kind: 'scalar'; readonly of: Expression }
  | { readonly kind: 'vector'; readonly of: Expression }
  | { readonly kind: 'sort'; readonly of: Expression; readonly descending: boolean }
  | { readonly kind: 'histogram-quantile'; readonly q: Expression; readonly of: Expression };

export type ResultType = 'scalar' | 'vector' | 'matrix' | 'string';

/** The expressions that an expression is made of. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'time':
    case 'selector':
    case 'range':
      return [];
    case 'arithmetic':
    case 'comparison':
    case 'set':
      return [expression.left, expression.right];
    case 'aggregate':
    case 'over-range':
      return expression.parameter === null ? [expression.of] : [expression.parameter, expression.of];
    case 'round':
      return [expression.of, expression.to];
    case 'clamp':
      return [expression.of, expression.min, expression.max].filter((one) => one !== null);
    case 'histogram-quantile':
      return [expression.q, expression.of];
    case 'negate':
    case 'math':
    case 'scalar':
    case 'vector':
    case 'sort':
      return [expression.of];
    default:
      return expression satisfies never;
  }
}

/** Returns the type of an expression's result. */
export function typeOf(expression: Expression): ResultType {
  switch (expression.kind) {
    case 'number':
    case 'time':
    case 'scalar':
      return 'scalar';
    case 'string':
      return 'string';
    case 'range':
      return 'matrix';
    case 'negate':
      return typeOf(expression.of);
    case 'arithmetic':
    case 'comparison':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector';
    case 'selector':
    case 'set':
    case 'aggregate':
    case 'over-range':
    case 'math':
    case 'round':
    case 'clamp':
    case 'vector':
    case 'sort':
    case 'histogram-quantile':
      return 'vector';
    default:
      return expression satisfies never;
  }
}
