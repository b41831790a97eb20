// Past the door of server/store/series: repeated batches are told apart without a file.
import { describe, expect, it } from 'vitest';
import { newSources } from '../../../../server/store/series/sources.ts';

const added = (seqs: readonly number[]) => {
  const sources = newSources();
  for (const seq of seqs) sources.add('a', seq, 100);
  return sources;
};

describe('what has arrived from a sender', () => {
  it.each([
    [[1, 2, 3], '1-3'],
    [[3, 1, 2], '1-3'],
    [[1, 3], '1-1,3-3'],
    [[0], '0-0'],
    [[5, 6, 1, 2, 9, 7], '1-2,5-7,9-9'],
    [[2, 2, 2], '2-2'],
    [[10, 1, 5, 11, 4, 6], '1-1,4-6,10-11'],
  ])('%j is kept as %s', (seqs, text) => {
    expect(added(seqs).changed()).toEqual([{ name: 'a', seqs: text, heard: 100 }]);
  });

  it('is known, and nothing else is', () => {
    const sources = added([1, 2, 4]);
    expect([0, 1, 2, 3, 4, 5].map((seq) => sources.has('a', seq))).toEqual([false, true, true, false, true, false]);
    expect(sources.has('b', 1)).toBe(false);
  });

  it('survives being written and read', () => {
    const sources = newSources();
    sources.load('a', '1-3,7-7', 100);
    expect([3, 5, 7].map((seq) => sources.has('a', seq))).toEqual([true, false, true]);
    expect(sources.changed()).toEqual([]);
  });

  it('agrees with a plain set on two thousand numbers in any order', () => {
    const sources = newSources();
    const plain = new Set<number>();
    for (let step = 0; step < 2000; step += 1) {
      const seq = (step * 7919) % 701;
      expect(sources.has('a', seq)).toBe(plain.has(seq));
      sources.add('a', seq, step);
      plain.add(seq);
    }
  });

  it('is forgotten after a long silence', () => {
    const sources = added([1]);
    expect(sources.forget(101)).toBe(1);
    expect(sources.has('a', 1)).toBe(false);
  });
});
