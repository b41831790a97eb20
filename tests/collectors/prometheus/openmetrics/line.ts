// Past the door of collectors/prometheus: the strict reader unescapes labels as the product does.
import { closingBrace, closingQuote, unescape } from '../../../../collectors/prometheus/labels.ts';

/** One sample line of OpenMetrics 1.0. */
export interface StrictSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly time: number | null;
  readonly exemplar: boolean;
}

/** `# TYPE name rest`. */
export interface Metadata {
  readonly keyword: 'HELP' | 'TYPE' | 'UNIT';
  readonly name: string;
  readonly rest: string;
}

/** Longest label set of an exemplar, in characters of names and values (OpenMetrics 1.0, Exemplars). */
const EXEMPLAR_LABELS = 128;

const METADATA = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="/;
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A metadata line, or why it is none. */
export function readMetadata(line: string): Metadata | string {
  const match = METADATA.exec(line);
  const [, keyword, name = '', rest = ''] = match ?? [];
  if (keyword !== 'HELP' && keyword !== 'TYPE' && keyword !== 'UNIT') return 'a comment is # HELP, # TYPE, # UNIT or # EOF, with a name and a space after it';
  return { keyword, name, rest };
}

/** A sample line by the letter of the grammar, or why it is none. */
export function readStrictSample(line: string): StrictSample | string {
  const name = METRIC_NAME.exec(line)?.[0];
  if (name === undefined) return 'not the name of a metric';
  let at = name.length;
  let labels: ReadonlyMap<string, string> = new Map();
  if (line[at] === '{') {
    const close = closingBrace(line, at);
    if (close < 0) return 'labels without closing brace';
    const read = readStrictLabels(line.slice(at + 1, close));
    if (typeof read === 'string') return read;
    labels = read;
    at = close + 1;
  }
  if (line[at] !== ' ') return 'one space stands before the value';
  const mark = line.indexOf(' # ', at);
  const [valueText = '', timeText, ...more] = (mark < 0 ? line.slice(at + 1) : line.slice(at + 1, mark)).split(' ');
  const value = number(valueText);
  if (value === null) return 'not a number';
  const time = timeText === undefined ? null : real(timeText);
  if (more.length > 0 || (timeText !== undefined && time === null)) return 'not a time stamp';
  if (mark < 0) return { name, labels, value, time, exemplar: false };
  const fault = exemplarFault(line.slice(mark + 3));
  return fault ?? { name, labels, value, time, exemplar: true };
}

function readStrictLabels(inside: string): Map<string, string> | string {
  const labels = new Map<string, string>();
  let at = 0;
  while (at < inside.length) {
    const rest = inside.slice(at);
    const opened = LABEL.exec(rest);
    const name = opened?.[1];
    if (opened === null || name === undefined) return 'a label is name="value"';
    const close = closingQuote(rest, opened[0].length - 1);
    if (close < 0) return 'a label value without closing quote';
    if (labels.has(name)) return 'a label stands twice';
    labels.set(name, unescape(rest.slice(opened[0].length, close)));
    const next = rest[close + 1];
    if (next === undefined) return labels;
    if (next !== ',' || rest.length === close + 2) return 'labels are separated by one comma, with none at the end';
    at += close + 2;
  }
  return labels;
}

function exemplarFault(text: string): string | null {
  if (!text.startsWith('{')) return 'an exemplar begins with its labels';
  const close = closingBrace(text, 0);
  if (close < 0 || text[close + 1] !== ' ') return 'an exemplar is {labels}, a space, a value';
  const labels = readStrictLabels(text.slice(1, close));
  if (typeof labels === 'string') return labels;
  let length = 0;
  for (const [name, value] of labels) length += Array.from(name).length + Array.from(value).length;
  if (length > EXEMPLAR_LABELS) return 'the labels of an exemplar have at most 128 characters';
  const [value = '', time, ...more] = text.slice(close + 2).split(' ');
  if (number(value) === null) return 'the value of an exemplar is a number';
  if (more.length > 0 || (time !== undefined && real(time) === null)) return 'the time of an exemplar is a number';
  return null;
}

/** A number as OpenMetrics writes it; null for other text. */
export function number(text: string): number | null {
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return real(text);
  }
}

function real(text: string): number | null {
  return REAL.test(text) ? Number.parseFloat(text) : null;
}
