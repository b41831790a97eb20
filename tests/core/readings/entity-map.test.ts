import { describe, expect, it } from 'vitest';
import { entityMap } from '../../../core/readings/index.ts';

describe('a map by entity', () => {
  it('tells things of the same name apart by their kind', () => {
    const map = entityMap<number>();
    map.set({ kind: 'gpu', id: 'a' }, 1);
    map.set({ kind: 'host', id: 'a' }, 2);
    expect([map.size, map.get({ kind: 'gpu', id: 'a' }), map.get({ kind: 'host', id: 'a' }), map.get({ kind: 'engine', id: 'a' })]).toEqual([
      2,
      1,
      2,
      undefined,
    ]);
    expect([...map.entries()]).toEqual([
      [{ kind: 'gpu', id: 'a' }, 1],
      [{ kind: 'host', id: 'a' }, 2],
    ]);
  });

  it('forgets one, and all', () => {
    const map = entityMap<number>();
    map.set({ kind: 'gpu', id: 'a' }, 1);
    map.set({ kind: 'gpu', id: 'b' }, 2);
    expect([map.delete({ kind: 'gpu', id: 'a' }), map.delete({ kind: 'gpu', id: 'a' }), map.size]).toEqual([true, false, 1]);
    map.clear();
    expect([map.size, map.get({ kind: 'gpu', id: 'b' })]).toEqual([0, undefined]);
  });
});
