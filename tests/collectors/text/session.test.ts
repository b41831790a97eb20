// Past the door of collectors/text: the bound itself is asked for.
import { describe, expect, it } from 'vitest';
import { rowClock, splitBlanks, wordColumn } from '../../../collectors/text/index.ts';
import { lineSession, MAX_REJECTED, output } from '../../../collectors/text/session.ts';

describe('a session’s output', () => {
  it('says a fact once, and again when it changes', () => {
    const out = output('ordinal');
    const entity = { kind: 'gpu', id: '#0' } as const;
    out.fact(entity, 'name', 'A');
    out.fact(entity, 'name', 'A');
    expect(out.take().facts.length).toBe(1);
    out.fact(entity, 'name', 'A');
    out.fact(entity, 'name', 'B');
    expect(out.take().facts).toEqual([{ entity, name: 'name', value: 'B' }]);
  });

  it(`keeps ${MAX_REJECTED} rejections, their texts cut at 200 characters, and counts the rest at the end`, () => {
    const out = output('ordinal');
    const session = lineSession(out, { line: (text, number) => out.reject(number, 'no', text) });
    const kept = session.feed(`${'x'.repeat(300)}\n`.repeat(1002)).rejected;
    expect(kept.length).toBe(1000);
    expect(kept[0]).toEqual({ line: 1, reason: 'no', text: 'x'.repeat(200) });
    expect(session.feed('y\n').rejected).toEqual([]);
    expect(session.end().rejected).toEqual([{ line: 1003, reason: '3 more places could not be read', text: '' }]);
  });

  it('states an error that lasts once, and each checkpoint', () => {
    const out = output('ordinal');
    for (const at of [1, 2]) {
      out.event({ at, entity: null, kind: 'gpu-error', text: 'No devices were found' });
      out.event({ at, entity: { kind: 'gpu', id: '#1' }, kind: 'gpu-error', text: 'GPU is lost' });
      out.event({ at, entity: null, kind: 'checkpoint', text: 'saved' });
    }
    expect(out.take().events.map(({ at, kind }) => [at, kind])).toEqual([
      [1, 'gpu-error'],
      [1, 'gpu-error'],
      [1, 'checkpoint'],
      [2, 'checkpoint'],
    ]);
  });

  it('rejects an overlong line by its number and reads on', () => {
    const out = output('ordinal');
    const seen: string[] = [];
    const session = lineSession(out, { line: (text) => seen.push(text) });
    const { rejected } = session.feed(`a\n${'x'.repeat(2_000_000)}\nb\n`);
    expect(rejected.map(({ line, text }) => [line, text.length])).toEqual([[2, 200]]);
    expect(seen).toEqual(['a', 'b']);
  });
});

describe('rowClock', () => {
  it('keeps to the kind of the first row', () => {
    const out = output('ordinal');
    const clock = rowClock(out, 'UTC');
    expect(clock.at('2025-02-21 18:31:51', 1)).toBe(1740162711);
    expect(clock.at('12', 1)).toBeNull();
    expect([out.clock, out.zoneless, clock.last()]).toEqual(['utc', true, 1740162711]);
  });
  it('lets dates go back and a stop-watch not', () => {
    const dates = rowClock(output('ordinal'), 'UTC');
    expect([dates.at('1740162711', 1), dates.at('1740162710', 1)]).toEqual([1740162711, 1740162710]);
    const watch = rowClock(output('ordinal'), 'UTC');
    expect([watch.at('5', 1), watch.at('5', 1), watch.at('4', 1)]).toEqual([5, 5, null]);
    expect(watch.fault()).toContain('time goes back from 5 s to 4 s');
  });
  it('tells a stop-watch from seconds since 1970 at three years', () => {
    const out = output('ordinal');
    expect(rowClock(out, 'UTC').at('99999999', 1)).toBe(99999999);
    expect(out.clock).toBe('relative');
    expect(rowClock(out, 'UTC').at('100000000', 1)).toBe(100000000);
    expect(out.clock).toBe('utc');
  });
  it('refuses dates once the text had rows without time', () => {
    const clock = rowClock(output('ordinal'), 'UTC');
    clock.undated();
    expect(clock.at('1740162711', 1)).toBeNull();
    expect(clock.fault()).toContain('among output without times');
  });
});

describe('splitBlanks', () => {
  it('splits at blanks and tabs, and keeps the rest together where told', () => {
    expect(splitBlanks('  a\t b  c ')).toEqual(['a', 'b', 'c']);
    expect(splitBlanks('  0  12  python -m x  ', 3)).toEqual(['0', '12', 'python -m x']);
    expect(splitBlanks('')).toEqual([]);
  });
  it('says where a word starts', () => {
    expect(wordColumn('  a\t bb', 0)).toBe(3);
    expect(wordColumn('  a\t bb', 1)).toBe(6);
    expect(wordColumn('  a', 5)).toBe(4);
  });
});
