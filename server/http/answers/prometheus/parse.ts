/**
 * Parses PromQL into the expressions that the server evaluates, with their types checked. What the grammar knows and the server does not
 * is refused by its name.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Expression, Selector } from '../../../analytics/promql/expression.ts';
import { AGGREGATIONS, typeOf } from '../../../analytics/promql/expression.ts';
import { METRIC_NAME } from '../../../analytics/promql/labels.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { checkMatchers, PatternCount } from '../../../storage/questions/series/matchers.ts';
import { callOf } from './calls.ts';
import { durationMs, textOf } from './literals.ts';
import type { Operator } from './operators.ts';
import { Chain, operatorOf } from './operators.ts';

/** Longest query, in characters. */
export const MAX_QUERY_CHARS = 20_000;
/** Deepest nesting of a query: of brackets, and of operators. */
const MAX_DEPTH = 100;
const MAX_PARTS = 500;

/** `patterns`: those of the request before this query. @throws PromqlError (bad_data) */
export function parsePromql(query: string, patterns = new PatternCount()): Expression {
  if (query.length > MAX_QUERY_CHARS)
    throw bad(`the query has ${query.length} characters, more than the limit of ${MAX_QUERY_CHARS}`);
  checkDepth(query);
  const tree = parser.parse(query);
  checkSyntax(tree, query);
  const top = childrenOf(tree.topNode)[0];
  if (top === undefined) throw bad('unknown position: parse error: no expression found in input');
  return new Reader(query, patterns).expression(top);
}

/** Parses a selector of series: a metric, labels, or both. @throws PromqlError (bad_data) */
export function parseSelector(text: string, patterns = new PatternCount()): Selector {
  const expression = parsePromql(text, patterns);
  if (expression.kind !== 'selector' || expression.selector.offsetMs !== 0)
    throw bad('parse error: expected a vector selector');
  return expression.selector;
}

function bad(message: string): PromqlError {
  return new PromqlError('bad_data', message);
}

/** Refuses deep nesting before the parser reads it. Brackets in texts count too. */
function checkDepth(query: string): void {
  let depth = 0;
  for (const char of query) {
    if (char === '(' || char === '[' || char === '{') depth += 1;
    if (char === ')' || char === ']' || char === '}') depth -= 1;
    if (depth > MAX_DEPTH) throw bad(`the query is nested more than ${MAX_DEPTH} levels deep`);
  }
}

/** Refuses syntax errors, and more parts than a query needs. */
function checkSyntax(tree: Tree, query: string): void {
  let parts = 0;
  tree.iterate({
    enter: ({ type, from, to, name }) => {
      if (type.isError) throw syntaxError(query, from, to);
      if (name.endsWith('Expr') || name === 'FunctionCall') parts += 1;
      if (parts > MAX_PARTS) throw bad(`the query has more than ${MAX_PARTS} operators and calls`);
    },
  });
}

function syntaxError(query: string, from: number, to: number): PromqlError {
  const before = query.slice(0, from);
  const line = before.split('\n').length;
  const column = from - before.lastIndexOf('\n');
  const found = query.slice(from, Math.max(to, from + 1)).slice(0, 40);
  const called = /([A-Za-z_]\w*)\s*$/.exec(before)?.[1];
  const reason =
    found.startsWith('(') && called !== undefined
      ? `unknown function with name "${called.slice(0, 100)}"`
      : `unexpected ${found === '' ? 'end of input' : JSON.stringify(found)}`;
  return bad(`${line}:${column}: parse error: ${reason}`);
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'LineComment') children.push(child);
  return children;
}

class Reader {
  readonly #query: string;
  readonly #patterns: PatternCount;

  constructor(query: string, patterns: PatternCount) {
    this.#query = query;
    this.#patterns = patterns;
  }

  expression(node: SyntaxNode): Expression {
    const chain = new Chain();
    this.#flatten(node, chain);
    return chain.expression();
  }

  #text({ from, to }: SyntaxNode): string {
    return this.#query.slice(from, to);
  }

  /** The grammar lets `offset` and signs of numbers bind wrongly: operands and operators are taken in their order and bound again. */
  #flatten(node: SyntaxNode, chain: Chain): void {
    const children = childrenOf(node);
    const [first, second] = children;
    switch (node.name) {
      case 'BinaryExpr': {
        const last = children.at(-1);
        if (first === undefined || last === undefined) throw bad('parse error: incomplete operator');
        this.#flatten(first, chain);
        chain.operator(this.#operator(children.slice(1, -1)));
        this.#flatten(last, chain);
        return;
      }
      case 'UnaryExpr':
        if (first === undefined || second === undefined) throw bad('parse error: incomplete operator');
        chain.sign(this.#text(first));
        this.#flatten(second, chain);
        return;
      case 'OffsetExpr': {
        if (first === undefined) throw bad('parse error: incomplete offset');
        this.#flatten(first, chain);
        chain.offset(this.#offsetMs(children.at(-1)));
        return;
      }
      case 'NumberDurationLiteral': {
        const text = this.#text(node);
        const signs = /^[+\-\s]*/.exec(text)?.[0] ?? '';
        for (const sign of signs.replaceAll(/\s/g, '')) chain.sign(sign);
        chain.operand({ kind: 'number', value: numberOf(text.slice(signs.length)) });
        return;
      }
      default:
        chain.operand(this.#operand(node, children));
    }
  }

  #operand(node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
    const [first] = children;
    switch (node.name) {
      case 'ParenExpr':
        if (first === undefined) throw bad('parse error: empty parentheses');
        return this.expression(first);
      case 'StringLiteral':
        return { kind: 'string', value: textOf(this.#text(node)) };
      case 'VectorSelector':
        return { kind: 'selector', selector: this.#selector(children) };
      case 'MatrixSelector':
        return this.#range(children);
      case 'AggregateExpr':
        return this.#aggregation(children);
      case 'FunctionCall': {
        const name = first === undefined ? '' : this.#text(first);
        return callOf(name, this.#arguments(children[1]));
      }
      default:
        throw bad(`${NAMES[node.name] ?? node.name} are not supported`);
    }
  }

  #operator(nodes: readonly SyntaxNode[]): Operator {
    const [name] = nodes;
    let bool = false;
    let isOn = false;
    let labels: readonly string[] = [];
    let many: 'left' | 'right' | null = null;
    let include: readonly string[] = [];
    for (const node of nodes.slice(1)) {
      if (node.name === 'BoolModifier') bool = true;
      for (const part of childrenOf(node)) {
        if (part.name === 'On') isOn = true;
        if (part.name === 'GroupLeft') many = 'left';
        if (part.name === 'GroupRight') many = 'right';
        if (part.name === 'GroupingLabels' && many === null) labels = this.#labels(part);
        else if (part.name === 'GroupingLabels') include = this.#labels(part);
      }
    }
    return operatorOf(name === undefined ? '' : this.#text(name), bool, { on: isOn, labels, many, include });
  }

  #labels(node: SyntaxNode): readonly string[] {
    return childrenOf(node).map((child) => {
      if (child.name !== 'LabelName') throw bad('quoted label names are not supported');
      return this.#text(child);
    });
  }

  #offsetMs(node: SyntaxNode | undefined): number {
    const text = node === undefined ? '' : this.#text(node).trim();
    const isNegative = text.startsWith('-');
    const ms = durationMs(isNegative ? text.slice(1).trim() : text);
    return isNegative ? -ms : ms;
  }

  #range([of, range]: readonly SyntaxNode[]): Expression {
    if (of?.name !== 'VectorSelector' || range === undefined) throw bad('ranges must be preceded by a vector selector');
    const rangeMs = durationMs(this.#text(range));
    if (rangeMs === 0) throw bad('duration must be greater than 0');
    return { kind: 'range', selector: this.#selector(childrenOf(of)), rangeMs };
  }

  #selector(nodes: readonly SyntaxNode[]): Selector {
    const matchers: { name: string; op: '=' | '!=' | '=~' | '!~'; value: string }[] = [];
    for (const node of nodes) {
      if (node.name === 'Identifier') matchers.push({ name: METRIC_NAME, op: '=', value: this.#text(node) });
      if (node.name !== 'LabelMatchers') continue;
      for (const matcher of childrenOf(node)) {
        const [name, op, value] = childrenOf(matcher);
        if (matcher.name !== 'UnquotedLabelMatcher' || name === undefined || op === undefined || value === undefined)
          throw bad('quoted label names are not supported');
        const sign = this.#text(op);
        if (sign !== '=' && sign !== '!=' && sign !== '=~' && sign !== '!~')
          throw bad(`unknown matcher ${JSON.stringify(sign)}`);
        matchers.push({ name: this.#text(name), op: sign, value: textOf(this.#text(value)) });
      }
    }
    this.#patterns.add(matchers);
    checkMatchers(matchers);
    return { matchers, offsetMs: 0 };
  }

  #arguments(body: SyntaxNode | undefined): readonly Expression[] {
    return body === undefined ? [] : childrenOf(body).map((node) => this.expression(node));
  }

  #aggregation(nodes: readonly SyntaxNode[]): Expression {
    const part = (name: string): SyntaxNode | undefined => nodes.find((node) => node.name === name);
    const opNode = part('AggregateOp');
    const name = opNode === undefined ? '' : this.#text(opNode).toLowerCase();
    const op = AGGREGATIONS.find((known) => known === name);
    if (op === undefined) throw bad(`the aggregation ${name} is not supported`);
    const modifier = part('AggregateModifier');
    const [word, names] = modifier === undefined ? [] : childrenOf(modifier);
    const args = this.#arguments(part('FunctionCallBody'));
    const takes = op === 'quantile' || op === 'topk' || op === 'bottomk' ? 2 : 1;
    const of = args.at(-1);
    if (args.length !== takes || of === undefined)
      throw bad(
        `parse error: wrong number of arguments for aggregate expression provided, expected ${takes}, got ${args.length}`,
      );
    expectType(of, 'vector', `aggregation expression`);
    const parameter = takes === 2 ? (args[0] ?? null) : null;
    if (parameter !== null) expectType(parameter, 'scalar', 'aggregation parameter');
    const without = word?.name === 'Without';
    return { kind: 'aggregate', op, without, labels: names === undefined ? [] : this.#labels(names), parameter, of };
  }
}

/** Parts of the language as users call them. */
const NAMES: Readonly<Record<string, string>> = {
  SubqueryExpr: 'subqueries',
  StepInvariantExpr: '@ modifiers',
  AnchoredExpr: 'anchored modifiers',
  SmoothedExpr: 'smoothed modifiers',
};

function expectType(expression: Expression, wanted: 'vector' | 'scalar', where: string): void {
  const type = typeOf(expression);
  if (type !== wanted) throw bad(`parse error: expected type ${TYPES[wanted]} in ${where}, got ${TYPES[type]}`);
}

const TYPES = { vector: 'instant vector', scalar: 'scalar', matrix: 'range vector', string: 'string' } as const;

function numberOf(text: string): number {
  if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw bad(`the number ${JSON.stringify(text.slice(0, 40))} is not supported`);
}
