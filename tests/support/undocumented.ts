import ts from 'typescript';

/** Exported functions of a file, declared or held by a constant, that no doc comment stands before: each with its line. */
export function undocumented(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement, index) => {
    const name = functionIn(statement);
    const isOverload = name === functionIn(file.statements[index - 1]);
    if (name === undefined || isOverload || ts.getJSDocCommentsAndTags(statement).length > 0) return [];
    return [`${path}:${file.getLineAndCharacterOfPosition(statement.getStart()).line + 1} ${name}`];
  });
}

/** The name of the function that a statement exports; undefined where it exports none. */
function functionIn(statement: ts.Statement | undefined): string | undefined {
  if (statement === undefined || !ts.canHaveModifiers(statement)) return undefined;
  if (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true) return undefined;
  if (ts.isFunctionDeclaration(statement)) return statement.name?.text ?? 'default';
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declared] = statement.declarationList.declarations;
  const value = declared?.initializer;
  return value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? declared?.name.getText() : undefined;
}
