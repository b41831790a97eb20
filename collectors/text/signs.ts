/** What a line is known by: an expression, or a way of looking that no expression has without going over the line again and again. */
export interface Sign {
  test(text: string): boolean;
}

/** True where one of the signs is seen. */
export function anyOf(...signs: readonly Sign[]): Sign {
  return { test: (text) => signs.some((sign) => sign.test(text)) };
}

/**
 * `first` and behind it, in the same line and at most `gap` characters on, `then`; both are global expressions. `first.*then` as one
 * expression would look through the rest of the line from each `first` that it finds.
 */
export function inOrder(first: RegExp, then: RegExp, gap = Number.POSITIVE_INFINITY): Sign {
  const seen = (line: string): boolean => {
    const ends = [...line.matchAll(first)].map((match) => match.index + match[0].length);
    if (ends.length === 0) return false;
    let at = 0;
    for (const { index } of line.matchAll(then)) {
      while (at + 1 < ends.length && (ends[at + 1] ?? index + 1) <= index) at += 1;
      const end = ends[at] ?? index + 1;
      if (end <= index && index - end <= gap) return true;
    }
    return false;
  };
  return { test: (text) => text.split('\n').some(seen) };
}
