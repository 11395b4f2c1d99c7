/** Calls of functions: which are supported, and the types of their arguments. */
import type { Expression, ResultType } from '../../../analytics/promql/expression.ts';
import { MATH_FUNCTIONS, RANGE_FUNCTIONS, typeOf } from '../../../analytics/promql/expression.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';

const OTHERS: Readonly<Record<string, readonly ResultType[]>> = {
  time: [],
  scalar: ['vector'],
  vector: ['scalar'],
  sort: ['vector'],
  sort_desc: ['vector'],
  clamp: ['vector', 'scalar', 'scalar'],
  clamp_min: ['vector', 'scalar'],
  clamp_max: ['vector', 'scalar'],
  histogram_quantile: ['scalar', 'vector'],
};

/** @throws PromqlError if the function is not supported, or called with other arguments than it takes */
export function callOf(name: string, args: readonly Expression[]): Expression {
  const [first, second, third] = args;
  const overRange = RANGE_FUNCTIONS.find((known) => known === name);
  if (overRange !== undefined) {
    const isQuantile = overRange === 'quantile_over_time';
    check(name, args, isQuantile ? ['scalar', 'matrix'] : ['matrix']);
    const of = isQuantile ? second : first;
    if (of?.kind !== 'range') throw wrongType(name, 'matrix', of);
    return { kind: 'over-range', name: overRange, of, parameter: isQuantile ? (first ?? null) : null };
  }
  const math = MATH_FUNCTIONS.find((known) => known === name);
  if (math !== undefined) {
    check(name, args, ['vector']);
    return { kind: 'math', name: math, of: required(first) };
  }
  if (name === 'round') {
    check(name, args, second === undefined ? ['vector'] : ['vector', 'scalar']);
    return { kind: 'round', of: required(first), to: second ?? { kind: 'number', value: 1 } };
  }
  if (!Object.hasOwn(OTHERS, name)) throw new PromqlError('bad_data', `the function ${name} is not supported`);
  check(name, args, OTHERS[name] ?? []);
  switch (name) {
    case 'time':
      return { kind: 'time' };
    case 'scalar':
    case 'vector':
      return { kind: name, of: required(first) };
    case 'sort':
    case 'sort_desc':
      return { kind: 'sort', of: required(first), descending: name === 'sort_desc' };
    case 'clamp':
      return { kind: 'clamp', of: required(first), min: required(second), max: required(third) };
    case 'clamp_min':
      return { kind: 'clamp', of: required(first), min: required(second), max: null };
    case 'clamp_max':
      return { kind: 'clamp', of: required(first), min: null, max: required(second) };
    default:
      return { kind: 'histogram-quantile', q: required(first), of: required(second) };
  }
}

function check(name: string, args: readonly Expression[], wanted: readonly ResultType[]): void {
  if (args.length !== wanted.length)
    throw new PromqlError(
      'bad_data',
      `parse error: expected ${wanted.length} argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`,
    );
  for (const [at, type] of wanted.entries()) {
    const arg = args[at];
    if (arg === undefined || typeOf(arg) !== type) throw wrongType(name, type, arg);
  }
}

const TYPE_NAMES: Readonly<Record<ResultType, string>> = {
  vector: 'instant vector',
  scalar: 'scalar',
  matrix: 'range vector',
  string: 'string',
};

function wrongType(name: string, wanted: ResultType, arg: Expression | undefined): PromqlError {
  const got = arg === undefined ? 'nothing' : TYPE_NAMES[typeOf(arg)];
  return new PromqlError(
    'bad_data',
    `parse error: expected type ${TYPE_NAMES[wanted]} in call to function ${JSON.stringify(name)}, got ${got}`,
  );
}

function required(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new PromqlError('bad_data', 'parse error: missing argument');
  return expression;
}
