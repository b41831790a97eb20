import { closingBrace, parseLabels } from '../prometheus/index.ts';

/** What a PromQL expression (a query, or a legend that repeats one) says of the series that it makes. */
export interface Expression {
  readonly name: string;
  /** True where the values are per second already. */
  readonly rate: boolean;
  /** Labels that the selector fixes; an aggregation drops them from the result. */
  readonly labels: ReadonlyMap<string, string>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const RATES: ReadonlySet<string> = new Set(['rate', 'irate']);
/** Functions that leave the unit and the meaning of a series alone. */
const SAME: ReadonlySet<string> = new Set([
  'avg_over_time',
  'max_over_time',
  'min_over_time',
  'last_over_time',
  'sort',
  'sort_desc',
  'label_replace',
  'keep_last_value',
  'default_rollup',
]);
const AGGREGATES: ReadonlySet<string> = new Set(['sum', 'avg', 'max', 'min']);

/**
 * Understands a selector, `rate` or `irate` of one, averages over time, and aggregations of these. A text says why an expression is
 * not understood: arithmetic and other functions change what the values mean, and that is not guessed.
 */
export function readExpression(text: string): Expression | string {
  const trimmed = unwrap(text.trim());
  const call = /^([a-z_]+)\s*(?:\b(?:by|without)\s*\([^()]*\)\s*)?\(/.exec(trimmed);
  if (call !== null) return readCall(trimmed, call[1] ?? '', call[0].length - 1);
  return readSelector(trimmed);
}

function readCall(text: string, name: string, open: number): Expression | string {
  const close = closingParenthesis(text, open);
  if (close < 0) return 'a parenthesis is not closed';
  const after = text.slice(close + 1).trim();
  const inside = text.slice(open + 1, close);
  if (AGGREGATES.has(name)) {
    if (after !== '' && !/^(by|without)\s*\([^()]*\)$/.test(after)) return `arithmetic ("${after}")`;
    return readExpression(inside);
  }
  if (after !== '') return `arithmetic ("${after}")`;
  if (RATES.has(name)) {
    const inner = readExpression(withoutRange(inside));
    return typeof inner === 'string' ? inner : inner.rate ? 'a rate of a rate' : { ...inner, rate: true };
  }
  if (SAME.has(name)) return readExpression(withoutRange(firstArgument(inside)));
  return `the function ${name}()`;
}

function readSelector(text: string): Expression | string {
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return 'no metric is named';
  let rest = text.slice(name.length).trim();
  let labels: ReadonlyMap<string, string> = new Map();
  if (rest.startsWith('{')) {
    const close = closingBrace(rest, 0);
    if (close < 0) return 'a brace is not closed';
    labels = fixedLabels(rest.slice(1, close));
    rest = rest.slice(close + 1).trim();
  }
  rest = rest.replace(/^offset\s+\S+$/, '');
  return rest === '' ? { name, rate: false, labels } : `arithmetic ("${rest}")`;
}

/** Only `label="value"` fixes a label; matchers with `!=`, `=~` or Grafana's variables do not. */
function fixedLabels(inside: string): ReadonlyMap<string, string> {
  const fixed = outsideQuotes(inside).filter((matcher) => /^\s*[a-zA-Z_]\w*\s*="[^$]*"\s*$/.test(matcher));
  return parseLabels(fixed.join(','))?.labels ?? new Map<string, string>();
}

function withoutRange(text: string): string {
  const trimmed = text.trim();
  const close = trimmed.lastIndexOf(']');
  const open = trimmed.indexOf('[', trimmed.lastIndexOf(']', close - 1) + 1);
  const after = trimmed.slice(close + 1).trim();
  return close < 0 || open < 0 || open > close || (after !== '' && !/^offset\s+\S+$/.test(after)) ? trimmed : trimmed.slice(0, open);
}

/** The parts between commas that stand outside quotes. */
function outsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') quoted = !quoted;
    if (mark !== ',' || quoted) continue;
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  return [...parts, text.slice(from)];
}

function firstArgument(text: string): string {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') quoted = !quoted;
    else if (!quoted && '([{'.includes(mark)) depth += 1;
    else if (!quoted && ')]}'.includes(mark)) depth -= 1;
    else if (!quoted && mark === ',' && depth === 0) return text.slice(0, at);
  }
  return text;
}

function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (mark === '(') depth += 1;
    else if (mark === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function unwrap(text: string): string {
  if (!text.startsWith('(')) return text;
  return closingParenthesis(text, 0) === text.length - 1 ? unwrap(text.slice(1, -1).trim()) : text;
}
