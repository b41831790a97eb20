import { Type, type Static } from 'typebox';
import { count } from './numbers.ts';
import { GPU_IDS, type Site } from '../knowledge/index.ts';
import { nullable, oneOf } from './verdict.ts';

const NodeTypeSchema = Type.Object({
  id: Type.String(),
  gpu: oneOf(GPU_IDS),
  gpusPerNode: count(),
  nodes: nullable(count()),
  cores: count(),
  cpu: nullable(Type.String()),
  /** Bytes, smallest first. */
  hostMemory: Type.Array(Type.Number()),
  /** Bytes/s of one direction, fastest first. */
  networks: Type.Array(Type.Object({ kind: oneOf(['infiniband', 'ethernet'] as const), rate: Type.Number() })),
  scratchBytes: nullable(Type.Number()),
  notes: Type.Array(Type.String()),
  source: Type.String(),
});

/** `GET /api/site`: the cluster as configured, in SI units; null is "not published", and of `longestJob` "no limit" as well. */
export const SiteReplySchema = Type.Object({
  name: Type.String(),
  /** IANA name: a day begins at its midnight. */
  timeZone: Type.String(),
  /** Seconds that a job may run at most. */
  longestJob: nullable(Type.Number()),
  nodeTypes: Type.Array(NodeTypeSchema),
  storage: Type.Object({ name: Type.String(), nodeBytesPerSecond: nullable(Type.Number()), scratch: nullable(Type.String()) }),
  /** What an hour of one GPU costs by node type; null until somebody configures prices. */
  prices: nullable(Type.Object({ currency: Type.String(), perGpuHour: Type.Record(Type.String(), Type.Number()) })),
});

export type SiteReply = Static<typeof SiteReplySchema>;

/** A site as it travels. */
export function siteReply(site: Site): SiteReply {
  return {
    name: site.name,
    timeZone: site.timeZone,
    longestJob: site.longestJob,
    nodeTypes: site.nodeTypes.map((type) => ({
      ...type,
      hostMemory: [...type.hostMemory],
      networks: type.networks.map((network) => ({ ...network })),
      notes: [...type.notes],
    })),
    storage: { ...site.storage },
    prices: site.prices === null ? null : { currency: site.prices.currency, perGpuHour: { ...site.prices.perGpuHour } },
  };
}
