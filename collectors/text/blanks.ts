const BLANK = 32; // and what stands below it: tabs, line ends

/** The words of a line between blanks and tabs; with `most`, the rest of the line stays together as the last word. */
export function splitBlanks(line: string, most = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code > BLANK) {
      if (start < 0) start = at;
      continue;
    }
    if (start < 0) continue;
    if (words.length + 1 >= most) break;
    words.push(line.slice(start, at));
    start = -1;
  }
  if (start >= 0) words.push(line.slice(start).trimEnd());
  return words;
}

/** The 1-based column at which word `index` (0-based) starts; the end of the line where it is missing. */
export function wordColumn(line: string, index: number): number {
  let seen = -1;
  let inside = false;
  for (let at = 0; at < line.length; at += 1) {
    const blank = line.charCodeAt(at) <= BLANK;
    if (!blank && !inside) {
      seen += 1;
      if (seen === index) return at + 1;
    }
    inside = !blank;
  }
  return line.length + 1;
}
