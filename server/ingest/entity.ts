import type { WireEntity } from '../../core/contract/ingest.ts';
import type { EntityRef } from '../../core/readings/reading.ts';

/** An entity as core knows it: a node that is not said is left out, not undefined. */
export function entityOf(entity: WireEntity): EntityRef {
  return entity.node === undefined ? { kind: entity.kind, id: entity.id } : { kind: entity.kind, id: entity.id, node: entity.node };
}

/** The same entity with the node that its batch names, where it names none of its own. A host is its own node. */
export function onNode<T extends WireEntity>(entity: T, node: string | undefined): WireEntity {
  if (entity.kind === 'host') return entity.node === entity.id ? entity : { kind: 'host', id: entity.id, node: entity.id };
  if (entity.node !== undefined || node === undefined) return entity;
  return { kind: entity.kind, id: entity.id, node };
}
