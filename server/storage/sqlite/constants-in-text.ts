/**
 * Writes constants of a query into its text. SQLite looks at bound values when it plans a LIMIT or compares a condition with
 * that of a partial index, and then compiles the statement anew whenever a value is bound: each time it runs.
 */
import type { KyselyPlugin, LimitNode, RootOperationNode, ValueNode } from 'kysely';
import { OperationNodeTransformer, RawNode } from 'kysely';

const MOST_INTEGER = 2 ** 31 - 1;

class ConstantsInText extends OperationNodeTransformer {
  protected override transformValue(node: ValueNode): ValueNode {
    return isPlain(node.value) ? { ...node, immediate: true } : node;
  }

  /** With the plus, SQLite does not look at the value of a bound limit. */
  protected override transformLimit(node: LimitNode): LimitNode {
    const { limit } = super.transformLimit(node);
    return { kind: 'LimitNode', limit: RawNode.create(['+', ''], [limit]) };
  }
}

/** Names of kinds and states. Statements of exports are built with texts of requests, which are bound: nothing of them is SQL. */
const NAME = /^[A-Za-z_-]{0,40}$/;

/** The driver binds larger integers as floating-point numbers, which SQLite divides otherwise. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string'
    ? NAME.test(value)
    : Number.isInteger(value) && Math.abs(Number(value)) <= MOST_INTEGER;
}

const transformer = new ConstantsInText();

/** For statements that are compiled once and run many times. Values that are bound when they run stay bound. */
export const constantsInText: KyselyPlugin = {
  transformQuery: ({ node, queryId }): RootOperationNode => transformer.transformNode(node, queryId),
  transformResult: ({ result }) => Promise.resolve(result),
};
