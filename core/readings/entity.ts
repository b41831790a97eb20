import { faultOfId } from './text.ts';

export const ENTITY_KINDS = ['gpu', 'host', 'engine', 'process'] as const;
/** What a series belongs to. */
export type EntityKind = (typeof ENTITY_KINDS)[number];

/**
 * One thing that is measured. `id` is unique within its kind:
 * - gpu: the UUID (`GPU-…`, `MIG-…`) where the tool prints it, else `#<index>`, which means something only in the scope that printed it;
 * - host: the node's name (`?` where the tool does not say it);
 * - engine: `<engine>@<host:port or instance>` (`vllm@?` where unknown);
 * - process: `<node or ?>/<pid>`.
 */
export interface EntityRef {
  readonly kind: EntityKind;
  readonly id: string;
  /** The node it lives on, where known. */
  readonly node?: string;
}

/** The key of an entity in maps and rooms: `kind:id`. */
export function entityKey(entity: Pick<EntityRef, 'kind' | 'id'>): string {
  return `${entity.kind}:${entity.id}`;
}

/** Why nobody could ask for an entity by its names, and which of them; null where they can. Asked of all that enters. */
export function faultOfEntity({ id, node }: EntityRef): { readonly field: 'id' | 'node'; readonly reason: string } | null {
  const [ofId, ofNode] = [faultOfId(id), node === undefined ? null : faultOfId(node)];
  if (ofId !== null) return { field: 'id', reason: ofId };
  return ofNode === null ? null : { field: 'node', reason: ofNode };
}

/** The node that a thing's own name says: of a host, and of a process `node/pid`; null where it says none. */
export function nodeInName({ kind, id }: Pick<EntityRef, 'kind' | 'id'>): string | null {
  if (kind === 'host') return id;
  if (kind !== 'process' || id.startsWith('?/')) return null;
  const slash = id.lastIndexOf('/');
  return slash < 0 ? '' : id.slice(0, slash);
}
