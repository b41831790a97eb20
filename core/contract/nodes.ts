import { Type, type Static } from 'typebox';
import { MOST_ASKED } from '../bounds/index.ts';
import { name } from './names.ts';
import { nullable } from './verdict.ts';

const latest = nullable(Type.Number());

/** A GPU now. `busy` is graphics engine active where a profiler tells it, else nvidia-smi's utilisation. */
const GpuNowSchema = Type.Object({
  uuid: Type.String(),
  name: nullable(Type.String()),
  busy: latest,
  power: latest,
  powerLimit: latest,
  memUsed: latest,
  memTotal: latest,
  temp: latest,
  /** `cluster/id` of the running jobs that hold it. */
  jobs: Type.Array(Type.String()),
  /** Seconds UTC; null when no reading came yet. */
  lastReadingAt: latest,
  /** True where an allocated or listed GPU has not been heard of for three minutes: its values are old. */
  silent: Type.Boolean(),
});

const NodeRowSchema = Type.Object({
  node: Type.String(),
  gpus: Type.Array(GpuNowSchema),
  cpu: latest,
  cores: latest,
  memUsed: latest,
  memTotal: latest,
  jobs: Type.Array(Type.String()),
  lastReadingAt: latest,
  silent: Type.Boolean(),
});

/** `GET /api/nodes`: a page at a time, in the order of their names. */
export const NodesQuerySchema = Type.Object({
  cursor: Type.Optional(name()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ASKED.nodes, default: 500 })),
});

export const NodesReplySchema = Type.Object({
  now: Type.Number(),
  nodes: Type.Array(NodeRowSchema),
  /** For the next page; null at the end. */
  cursor: nullable(Type.String()),
});

/** One node: its row, and everything on it that has readings in the last hour, those of no job included. */
export const NodeDetailSchema = Type.Object({
  row: NodeRowSchema,
  entities: Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      facts: Type.Record(Type.String(), Type.String()),
      metrics: Type.Array(Type.String()),
      /** `cluster/id` of the jobs that own its readings now; empty for readings of no job. */
      jobs: Type.Array(Type.String()),
    }),
  ),
  events: Type.Array(Type.Object({ at: latest, kind: Type.String(), entity: nullable(Type.String()), text: Type.String() })),
});

export type GpuNow = Static<typeof GpuNowSchema>;
export type NodeRow = Static<typeof NodeRowSchema>;
export type NodesQuery = Static<typeof NodesQuerySchema>;
export type NodesReply = Static<typeof NodesReplySchema>;
export type NodeDetail = Static<typeof NodeDetailSchema>;
