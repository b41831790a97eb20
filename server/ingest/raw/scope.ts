import type { Place } from '../../../collectors/collector/index.ts';
import type { Job } from '../../../core/contract/index.ts';

/** What the query of a stream says, and what is known beside it. */
export interface StreamQuery {
  readonly node?: string | undefined;
  readonly uuids?: string | undefined;
  /** The sender's address: stands for the node where nobody names one. */
  readonly sender: string;
  readonly key: string | null;
  readonly job: Job | null;
}

/**
 * The place of a stream. UUIDs by index are those of the query (`uuids=GPU-a,GPU-b`, in the tool's order) or else the job's
 * on this node, which a declaration lists in the order of the job's own indices.
 */
export function scopeOf({ node: given, uuids, sender, key, job }: StreamQuery): Place {
  const node = given ?? (job?.nodes.length === 1 ? job.nodes[0] : undefined) ?? sender;
  const list = uuids === undefined ? (job?.gpus ?? []).filter((gpu) => gpu.node === null || gpu.node === node).map((gpu) => gpu.uuid) : uuids.split(',');
  return {
    node,
    job: key,
    uuids: Object.fromEntries(list.map((uuid, index) => [String(index), uuid.trim()] as const).filter(([, uuid]) => uuid !== '')),
  };
}
