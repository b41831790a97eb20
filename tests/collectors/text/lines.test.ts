// Past the door of collectors/text: lines are cut at every place, before a session sees them.
import { describe, expect, it } from 'vitest';
import { lineSplitter, MAX_LINE, MAX_WORD } from '../../../collectors/text/lines.ts';

function split(chunks: readonly string[]): string[] {
  const seen: string[] = [];
  const splitter = lineSplitter({
    line: (text, number) => seen.push(`${number}:${text}`),
    overlong: (head, number) => seen.push(`${number}!${head.slice(0, 3)}`),
  });
  for (const chunk of chunks) splitter.feed(chunk);
  splitter.end();
  return seen;
}

describe('lineSplitter', () => {
  it('numbers lines from 1, drops CR and a byte order mark, keeps empty lines', () => {
    expect(split(['\uFEFFa\r\n\r\nb\nc'])).toEqual(['1:a', '2:', '3:b', '4:c']);
  });

  it('gives the same lines wherever the text is cut', () => {
    const text = '\uFEFFone\r\ntwo\n\nfour';
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(split([text.slice(0, cut), text.slice(cut)])).toEqual(['1:one', '2:two', '3:', '4:four']);
    }
  });

  it('hands over no line for a text that ends with a line end, and none for an empty text', () => {
    expect(split(['a\n'])).toEqual(['1:a']);
    expect(split([''])).toEqual([]);
  });

  it('keeps a line of exactly 256 KiB and reports a longer one once, with its number', () => {
    expect(split(['x,'.repeat(MAX_LINE / 2)])[0]?.length).toBe(MAX_LINE + 2);
    const long = 'yyy,'.repeat(MAX_LINE / 4 + 1);
    expect(split([`a\n${long}\nb\n`])).toEqual(['1:a', '2!yyy', '3:b']);
    expect(split(['a\n', long.slice(0, 200_000), long.slice(200_000), 'more', '\nb\n'])).toEqual(['1:a', '2!yyy', '3:b']);
    expect(split(['a\n', long])).toEqual(['1:a', '2!yyy']);
  });

  it('reports a line with a word, or a run of blanks, that no tool prints, and reads the next', () => {
    for (const long of ['0'.repeat(400_000).slice(0, MAX_WORD + 1), `1, ${'0'.repeat(MAX_WORD + 1)}`, `a${' '.repeat(MAX_WORD + 1)}b`]) {
      expect(split([`a\n${long}\nb\n`])).toEqual(['1:a', `2!${long.slice(0, 3)}`, '3:b']);
    }
    expect(split(['0'.repeat(MAX_WORD)])[0]).toHaveLength(MAX_WORD + 2);
    expect(split(['-'.repeat(MAX_WORD), `,${'='.repeat(MAX_WORD * 2)}`])[0]?.startsWith('1:-')).toBe(true);
  });
});
