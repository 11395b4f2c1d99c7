/**
 * The barrier of the SQL console: ClickHouse's own syntax tree of a statement (EXPLAIN AST), of which every node must be known. A statement
 * reads from the documented views and its own common table expressions, calls functions that compute, and has no settings, format or file.
 */
import { SqlRefusal } from '../../sql/refusal.ts';
import { mayCall, mayReadFrom } from './functions.ts';

const NODES: ReadonlySet<string> = new Set([
  ...['SelectWithUnionQuery', 'SelectIntersectExceptQuery', 'SelectQuery', 'Subquery', 'WithElement', 'ExpressionList'],
  ...[
    'TablesInSelectQuery',
    'TablesInSelectQueryElement',
    'TableExpression',
    'TableIdentifier',
    'TableJoin',
    'ArrayJoin',
  ],
  ...['Identifier', 'Literal', 'Function', 'Asterisk', 'QualifiedAsterisk', 'OrderByElement', 'InterpolateElement'],
  ...[
    'WindowDefinition',
    'WindowListElement',
    'ColumnsTransformerList',
    'ColumnsExceptTransformer',
    'ColumnsRegexpMatcher',
  ],
  ...['ColumnsReplaceTransformer', 'ColumnsReplaceTransformer::Replacement', 'ColumnsListMatcher'],
]);
/** Functions whose second argument may be a table. */
const MEMBERSHIP = /^(?:global)?(?:not)?(?:null)?in(?:ignoreset)?$/i;

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly depth: number;
}

/**
 * @param lines of EXPLAIN AST.
 * @param tables names of the tables of the database.
 * @param placeOf where a name is in the statement; null if that is not known.
 * @throws SqlRefusal by the name of what is not allowed
 */
export function checkSyntaxTree(
  lines: readonly string[],
  tables: ReadonlySet<string>,
  views: readonly string[],
  placeOf: (name: string) => number | null,
): void {
  const nodes = lines.filter((line) => line.trim() !== '').map(nodeOf);
  // Its other children would be a file, a format or settings.
  if (!/^SelectWithUnionQuery +\(children 1\)$/.test(lines[0] ?? ''))
    throw new SqlRefusal('expected a statement that returns rows, without INTO OUTFILE, FORMAT and SETTINGS', 0);
  for (const [index, node] of nodes.entries()) {
    const { kind, name } = node;
    if (!NODES.has(kind)) throw new SqlRefusal(`${described(kind)} is not available here`, placeOf(name));
    if (kind === 'Function') checkFunction(node, nodes[index - 1], placeOf);
    if (kind === 'TableIdentifier' || (kind === 'Identifier' && isMember(nodes, index)))
      checkTable(name, tables, views, placeOf);
  }
}

function checkFunction({ name }: Node, before: Node | undefined, placeOf: (name: string) => number | null): void {
  const isTable = before?.kind === 'TableExpression';
  if (isTable ? mayReadFrom(name) : mayCall(name)) return;
  throw new SqlRefusal(
    isTable
      ? `no such view: ${name}(). Queries read the documented views`
      : `${name}: no such function that queries may call`,
    placeOf(name),
  );
}

function checkTable(
  name: string,
  tables: ReadonlySet<string>,
  views: readonly string[],
  placeOf: (name: string) => number | null,
): void {
  if (name.includes('.'))
    throw new SqlRefusal(`names of views have no database before them: ${name}`, placeOf(name.split('.')[0] ?? name));
  if (tables.has(name)) throw new SqlRefusal(`no such view: ${name}. Views: ${views.join(', ')}`, placeOf(name));
}

/** Whether the node is the right side of IN: `Function in`, its ExpressionList, the left side with all below it, and the node. */
function isMember(nodes: readonly Node[], index: number): boolean {
  const depth = nodes[index]?.depth ?? 0;
  const parent = nodes.findLastIndex((node, at) => at < index && node.depth === depth - 2);
  const owner = nodes[parent];
  if (owner?.kind !== 'Function' || !MEMBERSHIP.test(owner.name)) return false;
  const isFirst = nodes[index - 1]?.kind === 'ExpressionList' && nodes[index - 1]?.depth === depth - 1;
  return !isFirst;
}

/** `   Kind name (alias x) (children n)`, in which all but the kind may be absent. */
function nodeOf(line: string): Node {
  const [, indent = '', kind = '', rest = ''] = /^( *)(\S+)(.*)$/s.exec(line) ?? [];
  const name = rest.replace(/ \(children \d+\)$/, '').replace(/ \(alias .*\)$/s, '');
  return { kind, name: name.trim(), depth: indent.length };
}

function described(kind: string): string {
  if (kind === 'Set') return 'SETTINGS';
  if (kind === 'QueryParameter') return 'a parameter';
  if (kind === 'SampleRatio') return 'SAMPLE';
  if (kind === 'ColumnsApplyTransformer') return 'APPLY';
  return kind;
}
