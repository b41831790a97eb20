import type { EntityRef } from './entity.ts';

/** An entity as core knows it, from one on a wire: a node that is not said is left out, not undefined. */
export function entityOf(wire: Omit<EntityRef, 'node'> & { readonly node?: string | undefined }): EntityRef {
  return wire.node === undefined ? { kind: wire.kind, id: wire.id } : { kind: wire.kind, id: wire.id, node: wire.node };
}
