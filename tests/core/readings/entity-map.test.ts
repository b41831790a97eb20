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

  it('that is full forgets the oldest of the kind that has most: many of one kind drive out no other', () => {
    const map = entityMap<number>(3);
    map.set({ kind: 'engine', id: 'e' }, 0);
    for (const id of ['1', '2', '3', '4']) map.set({ kind: 'process', id }, Number(id));
    map.set({ kind: 'process', id: '4' }, 5); // no new one
    expect([...map.entries()]).toEqual([
      [{ kind: 'engine', id: 'e' }, 0],
      [{ kind: 'process', id: '3' }, 3],
      [{ kind: 'process', id: '4' }, 5],
    ]);
  });
});
