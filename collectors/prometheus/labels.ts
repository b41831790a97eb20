import type { Labels } from './names/index.ts';

/** What stands between the braces of a series. */
export interface LabelBlock {
  readonly labels: Labels;
  /** The metric's name where it stands quoted inside the braces (Prometheus 3: `{"dcgm.power", gpu="0"}`). */
  readonly name: string | null;
}

/** The position of the brace that closes the block opened at `open`, or −1. Braces in quoted values do not count. */
export function closingBrace(text: string, open: number): number {
  let at = open + 1;
  for (;;) {
    const close = text.indexOf('}', at);
    if (close < 0) return -1;
    const quote = text.indexOf('"', at);
    if (quote < 0 || close < quote) return close;
    const end = closingQuote(text, quote);
    if (end < 0) return -1;
    at = end + 1;
  }
}

/** The position of the quote that ends the string opened at `open`, or −1. */
export function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return -1;
}

const NAME = /^[ \t]*([a-zA-Z_][a-zA-Z0-9_.:-]*)[ \t]*=[ \t]*$/;

/** Reads the text between the braces; null where it is not `name="value"` pairs. */
export function parseLabels(inside: string): LabelBlock | null {
  const labels = new Map<string, string>();
  let name: string | null = null;
  let at = 0;
  for (;;) {
    const open = inside.indexOf('"', at);
    if (open < 0) return isEnd(inside.slice(at)) ? { labels, name } : null;
    const close = closingQuote(inside, open);
    if (close < 0) return null;
    const before = inside.slice(at, open);
    const text = unescape(inside.slice(open + 1, close));
    let next = close + 1;
    if (before.trim() === '') {
      const equals = /^[ \t]*=[ \t]*"/.exec(inside.slice(next));
      if (equals === null) {
        name = text;
      } else {
        const opened = next + equals[0].length - 1;
        const closed = closingQuote(inside, opened);
        if (closed < 0) return null;
        labels.set(text, unescape(inside.slice(opened + 1, closed)));
        next = closed + 1;
      }
    } else {
      const label = NAME.exec(before)?.[1];
      if (label === undefined) return null;
      labels.set(label, text);
    }
    const comma = /^[ \t]*(,|$)/.exec(inside.slice(next));
    if (comma === null) return null;
    at = next + comma[0].length;
    if (comma[1] === '') return { labels, name };
  }
}

/** `\\`, `\"` and `\n` of the exposition formats; other backslashes stand for themselves. */
export function unescape(text: string): string {
  if (text.indexOf('\\') < 0) return text;
  return text.replace(/\\([\\n"])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));
}

function isEnd(rest: string): boolean {
  return /^[ \t,]*$/.test(rest);
}
