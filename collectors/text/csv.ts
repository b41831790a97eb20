import { TEXT_BOUNDS } from '../bounds/index.ts';

/** Characters of a cell that are looked at: the names of kernels have some hundred. */
const MAX_CELL = TEXT_BOUNDS.cell;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;

/**
 * The cells of one CSV line, blanks around them removed. A cell may be quoted, a doubled quote inside it is a quote.
 * An unclosed quote runs to the end of the line: the row then has too few cells and is refused as ragged.
 */
export function splitCsv(line: string, separator = ','): string[] {
  if (line.indexOf('"') < 0) return splitPlain(line, separator);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(line.charCodeAt(at))) at += 1;
    if (line.charCodeAt(at) === QUOTE) {
      const quoted = readQuoted(line, at);
      const next = line.indexOf(separator, quoted.end);
      const tail = line.slice(quoted.end, next < 0 ? line.length : next).trim();
      cells.push(cut(quoted.text + tail));
      if (next < 0) return cells;
      at = next + 1;
      continue;
    }
    const next = line.indexOf(separator, at);
    cells.push(cut(line.slice(at, next < 0 ? line.length : next).trim()));
    if (next < 0) return cells;
    at = next + 1;
  }
}

/** The 1-based column at which cell `index` (0-based) of a CSV line starts, blanks skipped; the end of the line where it is missing. */
export function cellColumn(line: string, index: number, separator = ','): number {
  let at = 0;
  for (let cell = 0; ; cell += 1) {
    while (isBlank(line.charCodeAt(at))) at += 1;
    if (cell === index) return at + 1;
    const from = line.charCodeAt(at) === QUOTE ? readQuoted(line, at).end : at;
    const next = line.indexOf(separator, from);
    if (next < 0) return line.length + 1;
    at = next + 1;
  }
}

/** `power.draw [W]`, `time (ms)` → the name and what stands in the brackets at the cell's end; null for a cell without such. */
export function bracketed(cell: string): { readonly name: string; readonly unit: string } | null {
  const last = cell.length - 1;
  if (!isClosing(cell.charAt(last))) return null;
  let open = -1;
  for (let at = last - 1; at >= 0 && !isClosing(cell.charAt(at)); at -= 1) if ('[('.includes(cell.charAt(at))) open = at;
  return open < 0 ? null : { name: cell.slice(0, open).trimEnd(), unit: cell.slice(open + 1, last) };
}

function isClosing(letter: string): boolean {
  return letter === ']' || letter === ')';
}

function splitPlain(line: string, separator: string): string[] {
  const cells: string[] = [];
  let start = 0;
  for (;;) {
    let end = line.indexOf(separator, start);
    const last = end < 0;
    if (last) end = line.length;
    let from = start;
    let to = end;
    while (from < to && isBlank(line.charCodeAt(from))) from += 1;
    while (to > from && isBlank(line.charCodeAt(to - 1))) to -= 1;
    cells.push(line.slice(from, Math.min(to, from + MAX_CELL)));
    if (last) return cells;
    start = end + 1;
  }
}

function cut(cell: string): string {
  return cell.length > MAX_CELL ? cell.slice(0, MAX_CELL) : cell;
}

function readQuoted(line: string, open: number): { text: string; end: number } {
  let text = '';
  let at = open + 1;
  for (;;) {
    const close = line.indexOf('"', at);
    if (close < 0) return { text: text + line.slice(at), end: line.length };
    text += line.slice(at, close);
    if (line.charCodeAt(close + 1) !== QUOTE) return { text, end: close + 1 };
    text += '"';
    at = close + 2;
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
