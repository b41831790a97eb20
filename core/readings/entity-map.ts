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

/** An empty one. */
export function entityMap<T>(): EntityMap<T> {
  const maps = Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, new Map<string, T>()])) as Record<EntityKind, Map<string, T>>; // of all kinds
  return {
    get size() {
      return ENTITY_KINDS.reduce((sum, kind) => sum + maps[kind].size, 0);
    },
    get: ({ kind, id }) => maps[kind].get(id),
    set: ({ kind, id }, value) => void maps[kind].set(id, value),
    delete: ({ kind, id }) => maps[kind].delete(id),
    clear: () => {
      for (const kind of ENTITY_KINDS) maps[kind].clear();
    },
    *entries() {
      for (const kind of ENTITY_KINDS) for (const [id, value] of maps[kind]) yield [{ kind, id }, value];
    },
  };
}
