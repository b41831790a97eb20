import type { EntityRef } from '../../core/readings/index.ts';

/** The node of a text that does not name it, where its caller does not know it either. */
export const UNNAMED = '?';

/** A host by its node's name. */
export function hostOf(node: string): EntityRef {
  return { kind: 'host', id: node, ...nodeOf(node) };
}

/** A process by its number on its node. */
export function processOf(node: string, pid: number | string): EntityRef {
  return { kind: 'process', id: `${node}/${pid}`, ...nodeOf(node) };
}

/** An engine that does not say where it listens; a part of it (one engine of several behind one server) is its own. */
export function engineOf(engine: string, node: string | undefined, part?: string): EntityRef {
  return { kind: 'engine', id: `${engine}@${UNNAMED}${part === undefined ? '' : `/${part}`}`, ...nodeOf(node ?? UNNAMED) };
}

function nodeOf(node: string): { node?: string } {
  return node === UNNAMED ? {} : { node };
}

/** Where a text was printed: what it names only by number gets its name from here. */
export interface Place {
  readonly node: string;
  /** `cluster/id` of the job whose own tools printed it; null for a node's. */
  readonly job: string | null;
  /** GPU UUIDs by the index that the tool prints. */
  readonly uuids: Readonly<Record<string, string>>;
}

/**
 * The name of an entity outside its text. A bare index (`#0`) means something only where it was printed: it becomes the UUID where the
 * place knows it, else a name of the node (`node#0`) or of the job on this node (`node/cluster/id#0`), so that two jobs on one node that
 * each print "GPU 0" never share a series. So it is with an engine that does not say where it listens.
 */
export function placed(entity: EntityRef, { node: here, job, uuids }: Place): EntityRef {
  const { kind, id } = entity;
  const node = entity.node === undefined || entity.node === UNNAMED ? here : entity.node;
  const place = job === null ? node : `${node}/${job}`;
  switch (kind) {
    case 'host':
      return id === UNNAMED ? { kind, id: node, node } : { kind, id, node: id };
    case 'gpu': {
      const index = id.startsWith('#') ? indexIn(id) : null;
      if (index === null) return { kind, id, node };
      // Of a fleet's page the other hosts' GPU 0 is not this one's.
      return { kind, id: (node === here ? uuids[index] : undefined) ?? `${place}#${index}`, node };
    }
    case 'engine':
      return { kind, id: id.replace(/@\?(?=\/|$)/, `@${place}`), node };
    case 'process':
      return { kind, id: id.startsWith(`${UNNAMED}/`) ? `${node}${id.slice(1)}` : id, node };
  }
}

/** The index by which a GPU without a UUID is named: `#0`, `#0@host` in its text, `node/cluster/id#0` outside it; null for a UUID. */
export function indexIn(gpuId: string): string | null {
  return /#(\d+)(?:@|$)/.exec(gpuId)?.[1] ?? null;
}
