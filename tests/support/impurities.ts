import ts from 'typescript';

/** Uses of a clock, the process, the console or `await` in a file that must be pure, each with its line. */
export function impurities(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const note = (node: ts.Node, what: string): void => {
    found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node)) note(node, 'awaits');
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) note(node, 'reads the clock');
    if (ts.isPropertyAccessExpression(node)) {
      const owner = node.expression.getText();
      if ((owner === 'Date' || owner === 'performance') && node.name.text === 'now') note(node, 'reads the clock');
      if (owner === 'console') note(node, 'prints');
      if (owner === 'process') note(node, 'uses the process');
      if (owner === 'Math' && node.name.text === 'random') note(node, 'is random');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
