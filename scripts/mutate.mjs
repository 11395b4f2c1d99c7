// Mutants of a source text, for mutants.mjs: operators, conditions, constants, texts, calls and statements, one at a time.
import ts from 'typescript';

const pairs = (text) => Object.fromEntries(text.split(' ').map((pair) => pair.split('→')));
const OPERATORS = pairs('<→<= <=→< >→>= >=→> ===→!== !==→=== +→- -→+ *→/ /→* %→* &&→|| ||→&& +=→-= -=→+=');
const CALLS = pairs('min→max max→min some→every every→some floor→ceil ceil→floor');
const DROPPED = new Set(['filter', 'toSorted', 'toReversed', 'slice', 'trim', 'toLowerCase']);
const UNCHANGED = [
  ts.isTypeNode,
  ts.isImportDeclaration,
  ts.isInterfaceDeclaration,
  ts.isTypeAliasDeclaration,
  ts.isThrowStatement,
];

/** Returns the mutants of a text: `{ start, end, text }`, by position. */
export function mutantsOf(source) {
  const found = [];
  const replace = (node, text) => {
    if (text !== node.getText()) found.push({ start: node.getStart(), end: node.end, text });
  };
  const visit = (node) => {
    if (UNCHANGED.some((is) => is(node))) return;
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.getText();
      if (Object.hasOwn(OPERATORS, operator)) replace(node.operatorToken, OPERATORS[operator]);
      if (operator === '??') replace(node, node.right.getText());
    }
    const condition = ts.isConditionalExpression(node)
      ? node.condition
      : ts.isIfStatement(node)
        ? node.expression
        : null;
    if (condition !== null) for (const value of ['true', 'false']) replace(condition, value);
    if (ts.isPrefixUnaryExpression(node) && node.getText().startsWith('!')) replace(node, node.operand.getText());
    if (ts.isNumericLiteral(node)) replace(node, Number(node.text) === 0 ? '1' : `(2 * ${node.text})`);
    if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false');
    if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true');
    if (ts.isStringLiteral(node)) replace(node, node.text === '' ? "'x'" : "''");
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (Object.hasOwn(CALLS, name.text)) replace(name, CALLS[name.text]);
      if (DROPPED.has(name.text)) replace(node, expression.getText());
    }
    const done = ts.isExpressionStatement(node) ? node.expression : null;
    if (done !== null && (ts.isCallExpression(done) || ts.isBinaryExpression(done))) replace(node, ';');
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.tsx', source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found.toSorted((a, b) => a.start - b.start);
}

/** The change with its line, as docs/testing.md lists it. */
export function changeOf(source, { start, end, text }) {
  const short = (part) => part.replaceAll(/\s+/g, ' ').slice(0, 60);
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1).split('\n', 1)[0] ?? '';
  return `\`${short(source.slice(start, end))}\` → \`${short(text)}\` in \`${line.trim()}\``;
}
