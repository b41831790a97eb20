import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { sourceFiles } from './import-graph.ts';

/** A regular expression that stands in the sources. */
export interface Expression {
  /** `path:line`. */
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/**
 * Every regular expression literal of some folders, and every call of `RegExp` as text: what that one builds is known only when it runs.
 * Of a Svelte file also those in its markup.
 */
export function expressionsOf(root: string, folders: readonly string[]): { readonly literals: readonly Expression[]; readonly built: readonly string[] } {
  const literals: Expression[] = [];
  const built: string[] = [];
  for (const path of sourceFiles(root, folders)) {
    const text = readFileSync(join(root, path), 'utf8');
    if (path.endsWith('.svelte')) {
      collectSvelte(parse(text, { modern: true }), (literal, at) => literals.push({ where: `${path}:${lineOf(text, at)}`, ...literal }));
      if (/\bRegExp\(/.test(text)) built.push(path);
      continue;
    }
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        literals.push({ where: `${path}:${lineOf(text, node.getStart())}`, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
      }
      if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') built.push(path);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { literals, built };
}

function collectSvelte(node: unknown, found: (literal: Pick<Expression, 'source' | 'flags'>, at: number) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ('regex' in node && 'start' in node && typeof node.start === 'number') {
    const { pattern, flags } = node.regex as { pattern: string; flags: string }; // what Svelte's parser makes of a literal
    found({ source: pattern, flags }, node.start);
  }
  for (const child of Object.values(node)) collectSvelte(child, found);
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
