import { ENTITY_KINDS, type EntityKind, type EntityRef } from './entity.ts';

type Named = Pick<EntityRef, 'kind' | 'id'>;

/** A map by entity for very many of them: it spells no key of kind and id together, which would be a text more for each. */
export interface EntityMap<T> {
  readonly size: number;
  get(entity: Named): T | undefined;
  set(entity: Named, value: T): void;
  delete(entity: Named): boolean;
  clear(): void;
  /** Kind by kind, each in the order of its first setting. */
  entries(): IterableIterator<[Named, T]>;
}

/**
 * An empty one, of `most` entities. Where it is full a new one takes the place of the oldest of the kind that has most: what comes in
 * masses, as processes do, drives out no other.
 */
export function entityMap<T>(most = Number.POSITIVE_INFINITY): EntityMap<T> {
  const maps = Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, new Map<string, T>()])) as Record<EntityKind, Map<string, T>>; // of all kinds
  const size = (): number => ENTITY_KINDS.reduce((sum, kind) => sum + maps[kind].size, 0);
  const dropOldest = (): void => {
    const fullest = ENTITY_KINDS.map((kind) => maps[kind]).reduce((a, b) => (b.size > a.size ? b : a));
    for (const oldest of fullest.keys()) if (fullest.delete(oldest)) break;
  };
  return {
    get size() {
      return size();
    },
    get: ({ kind, id }) => maps[kind].get(id),
    set({ kind, id }, value) {
      if (most < Number.POSITIVE_INFINITY && !maps[kind].has(id) && size() >= most) dropOldest();
      maps[kind].set(id, value);
    },
    delete: ({ kind, id }) => maps[kind].delete(id),
    clear: () => {
      for (const kind of ENTITY_KINDS) maps[kind].clear();
    },
    *entries() {
      for (const kind of ENTITY_KINDS) for (const [id, value] of maps[kind]) yield [{ kind, id }, value];
    },
  };
}
