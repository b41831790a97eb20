import ts from 'typescript';

/** Comparisons that decide something by size; equality asks what something is. */
const COMPARISONS = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);
const SUMS = new Set([ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken, ts.SyntaxKind.AsteriskToken, ts.SyntaxKind.SlashToken]);

/** None, one, all, the one before: counting, and the ends of a share. */
const COUNTING = new Set(['0', '1']);

/**
 * Numbers in a source text that decide something and have no name: operands of a comparison by size, also inside its sums and
 * products, and limits in Math.min and Math.max. 0 and 1 are free. 2 is free as a factor and against a length, where it counts
 * things (room for two of them); a division by it is a threshold of a half. Each as `path:line text`.
 */
export function bareNumbers(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, numbers: readonly ts.Node[]) => {
    if (numbers.length > 0) found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().replace(/\s+/g, ' ')}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) {
      report(node, [...numbersIn(node.left, isLength(node.right)), ...numbersIn(node.right, isLength(node.left))]);
    } else if (ts.isCallExpression(node) && /^Math\.(?:min|max)$/.test(node.expression.getText())) {
      report(
        node,
        node.arguments.flatMap((one) => numbersIn(one, false)),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isLength(node: ts.Node): boolean {
  return /\.(?:length|size)$/.test(node.getText());
}

/** The bare numbers of an operand; those in calls, indexes and nested comparisons have their own meaning. */
function numbersIn(node: ts.Node, counts: boolean): ts.Node[] {
  if (ts.isNumericLiteral(node)) return COUNTING.has(node.text) || (counts && node.text === '2') ? [] : [node];
  if (ts.isParenthesizedExpression(node)) return numbersIn(node.expression, counts);
  if (ts.isPrefixUnaryExpression(node)) return numbersIn(node.operand, counts);
  if (!ts.isBinaryExpression(node) || !SUMS.has(node.operatorToken.kind)) return [];
  const factor = node.operatorToken.kind === ts.SyntaxKind.AsteriskToken;
  return [node.left, node.right].flatMap((side) => numbersIn(side, counts || factor));
}
