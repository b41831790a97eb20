import type { Job } from '../../../core/contract/jobs.ts';
import type { EntityRef } from '../../../core/readings/reading.ts';

/** What a raw stream's query and declared job say about the things that its lines name only by number. */
export interface Scope {
  readonly node: string;
  /** `cluster/id` of the job whose own tools print; null for a node's. */
  readonly job: string | null;
  /** GPU UUIDs by the index that the tool prints. */
  readonly uuids: Readonly<Record<string, string>>;
}

/**
 * The name of an entity outside its stream. A bare index (`#0`) means something only where it was printed: it becomes the
 * UUID where the scope knows it, else a name of this node (`node#0`) or of this job on this node (`node/cluster/id#0`),
 * so that two jobs on one node that each print "GPU 0" never share a series.
 */
export function named(entity: EntityRef, scope: Scope): EntityRef {
  const node = entity.node === undefined || entity.node === '?' ? scope.node : entity.node;
  const place = scope.job === null ? node : `${node}/${scope.job}`;
  switch (entity.kind) {
    case 'host':
      return entity.id === '?' ? { kind: 'host', id: node, node } : { kind: 'host', id: entity.id, node: entity.id };
    case 'gpu':
      return { kind: 'gpu', id: entity.id.startsWith('#') ? (scope.uuids[entity.id.slice(1)] ?? `${place}${entity.id}`) : entity.id, node };
    case 'engine':
      return { kind: 'engine', id: entity.id.endsWith('@?') ? `${entity.id.slice(0, -1)}${place}` : entity.id, node };
    case 'process':
      return { kind: 'process', id: entity.id.startsWith('?/') ? `${node}${entity.id.slice(1)}` : entity.id, node };
  }
}

/** What the query of a stream says, and what is known beside it. */
export interface Asked {
  readonly node?: string | undefined;
  readonly uuids?: string | undefined;
  /** The sender's address: stands for the node where nobody names one. */
  readonly sender: string;
  readonly key: string | null;
  readonly job: Job | null;
}

/**
 * The scope of a stream. UUIDs by index are those of the query (`uuids=GPU-a,GPU-b`, in the tool's order) or else the job's
 * on this node, which a declaration lists in the order of the job's own indices.
 */
export function scopeOf({ node: named, uuids, sender, key, job }: Asked): Scope {
  const node = named ?? (job?.nodes.length === 1 ? job.nodes[0] : undefined) ?? sender;
  const list = uuids === undefined ? (job?.gpus ?? []).filter((gpu) => gpu.node === null || gpu.node === node).map((gpu) => gpu.uuid) : uuids.split(',');
  return {
    node,
    job: key,
    uuids: Object.fromEntries(list.map((uuid, index) => [String(index), uuid.trim()] as const).filter(([, uuid]) => uuid !== '')),
  };
}
