import ts from 'typescript';

/** A text of the sources as a person could read it: figures are examples, `[a | b]` are alternatives, `‹x›` what only a run knows. */
export interface Sentence {
  readonly line: number;
  readonly text: string;
}

/** What the functions that write figures write. */
const EXAMPLES: Readonly<Record<string, string>> = {
  formatPercent: '42 %',
  formatFactor: '1.80 ×',
  formatDuration: '12 min',
  formatGpuHours: '3.2 GPU-hours',
  formatAgainst: '30.1 of 42.9 GB',
  formatOffset: '+1 h',
  requestsText: '14',
  gpuName: 'GPU 2',
  shrinkingText: '1 ÷ (1 − 0.70 + 0.70 × 0.50) = 1.54 ×',
  overlappingText: 'at best the longer of waiting (30 %) and the rest (70 %) is left: 1.43 ×',
  scratchName: '$TMPDIR',
  thousands: '64 thousand',
  sharesText: 'memory 3 %, compute 1 %',
  whoActs: 'Tell support the node and the GPU. ',
  gb: '12.5 GB',
  tera: '65.0 T/s',
  gbit: '100 Gbit/s',
  ms: '8.4 ms',
  toFixed: '14',
  toPrecision: '1.8',
};
const UNITS: Readonly<Record<string, string>> = {
  bytes: '15.0 GB',
  'bytes/s': '1.24 TB/s',
  'flop/s': '312 TFLOP/s',
  'tokens/s': '900 tokens/s',
  hertz: '1.41 GHz',
  watts: '310 W',
  celsius: '83 °C',
  count: '12',
  seconds: '1.2 s',
};

/** The texts of one source file that have two words or more: messages, not names. `place` is only its name. */
export function sentencesOf(place: string, source: string): Sentence[] {
  const file = ts.createSourceFile(place, source, ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (isText(node)) {
      const text = written(node)
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim();
      if (isSentence(text)) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, text });
      // What a figure is made of may say something of its own.
      ts.forEachChild(node, visitInner);
      return;
    }
    ts.forEachChild(node, visit);
  };
  const visitInner = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) ts.forEachChild(node, visit);
    else ts.forEachChild(node, visitInner);
  };
  visit(file);
  return found;
}

function isText(node: ts.Node): node is ts.Expression {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(node.left) || isText(node.right));
}

function isSentence(text: string): boolean {
  return /[A-Za-zα-ω’‹[%]{2,}[ :,]+\S*[A-Za-z]{2,}/.test(text) && /[a-z]{2,} /.test(text);
}

function written(node: ts.Node): string {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return written(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map((span) => written(span.expression) + span.literal.text).join('');
  if (ts.isBinaryExpression(node) && isText(node)) return written(node.left) + written(node.right);
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [written(node.whenTrue), written(node.whenFalse)];
    return yes === '' ? `[${no}]` : no === '' ? `[${yes}]` : `[${yes} | ${no}]`;
  }
  if (ts.isCallExpression(node)) return called(node);
  return `‹${named(node)}›`;
}

function called(node: ts.CallExpression): string {
  const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText();
  const unit = node.arguments.find((one) => ts.isStringLiteral(one));
  if (name === 'formatValue' || name === 'formatFigure') return (unit !== undefined && ts.isStringLiteral(unit) ? UNITS[unit.text] : undefined) ?? '12';
  const example = EXAMPLES[name];
  if (example !== undefined) return example;
  return `‹${ts.isPropertyAccessExpression(node.expression) ? named(node.expression.expression) : name}›`;
}

/** The last word of an expression: `context.gpu.label` is a label. */
function named(node: ts.Node): string {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node)) return ts.isPropertyAccessExpression(node.expression) ? named(node.expression.expression) : named(node.expression);
  if (ts.isElementAccessExpression(node) || ts.isNonNullExpression(node)) return named(node.expression);
  if (ts.isBinaryExpression(node)) return ts.isNumericLiteral(node.left) ? named(node.right) : named(node.left);
  if (ts.isParenthesizedExpression(node)) return named(node.expression);
  return ts.isIdentifier(node) ? node.text : 'x';
}
