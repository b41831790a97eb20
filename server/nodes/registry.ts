import type { Intake, MetricId, Table } from '../../core/readings/index.ts';
import { type Latest, latestOf } from './latest.ts';
import { byName } from './order.ts';

/** The latest of what a list of nodes shows. Everything is absent until something said it. */
export interface KnownGpu {
  readonly uuid: string;
  name: string | null;
  /** Where it was heard last. */
  node: string;
  readonly latest: Latest;
}

export interface KnownNode {
  readonly node: string;
  at: number | null;
  /** True when the log has been told that it is silent. */
  toldSilent: boolean;
  /** Null before the first reading of the node itself. */
  host: Latest | null;
  readonly gpus: ReadonlyMap<string, KnownGpu>;
}

/** Every node and GPU ever heard of with its latest values, in memory: lists of nodes must not ask the store. */
export interface NodeRegistry {
  take(intake: Pick<Intake, 'tables' | 'facts'>): void;
  /** A node that the store knows from earlier; what is known already is kept. */
  restore(row: { node: string; gpus: readonly { uuid: string; name: string | null }[]; lastReadingAt: number | null }): void;
  all(): Iterable<KnownNode>;
  /** Those whose names come after this one, in the order of `inOrder`; from the first on where it is left out. */
  after(name?: string): Iterable<KnownNode>;
  get(node: string): KnownNode | undefined;
  gpu(uuid: string): KnownGpu | undefined;
}

const OF_GPU = ['gpu.util', 'gpu.grActive', 'gpu.power', 'gpu.powerLimit', 'gpu.memUsed', 'gpu.memTotal', 'gpu.temp'] as const satisfies readonly MetricId[];
const OF_HOST = ['host.cpu', 'host.memUsed', 'host.memTotal', 'host.cores', 'host.load1'] as const satisfies readonly MetricId[];

/** Nodes without a card are many: they share one empty map, which nobody writes to. */
const NO_GPUS = new Map<string, KnownGpu>();

interface Known extends KnownNode {
  gpus: Map<string, KnownGpu>;
}

/** An empty registry. */
export function nodeRegistry(): NodeRegistry {
  const nodes = new Map<string, Known>();
  const order = byName<KnownNode>(({ node }) => node);
  const gpus = new Map<string, KnownGpu>();

  const nodeOf = (name: string): Known => {
    let node = nodes.get(name);
    if (node === undefined) {
      node = { node: name, at: null, toldSilent: false, host: null, gpus: NO_GPUS };
      nodes.set(name, node);
      order.add(node);
    }
    return node;
  };
  const gpuOf = (node: Known, uuid: string): KnownGpu => {
    let gpu = node.gpus.get(uuid);
    if (gpu === undefined) {
      gpu = gpus.get(uuid) ?? { uuid, name: null, node: node.node, latest: latestOf(OF_GPU) };
      if (node.gpus === NO_GPUS) node.gpus = new Map();
      node.gpus.set(uuid, gpu);
      gpus.set(uuid, gpu);
    }
    return gpu;
  };
  const takeTable = (table: Table) => {
    const { kind, id, node: name } = table.entity;
    const newest = table.t[table.t.length - 1];
    if (name === undefined || newest === undefined) return;
    const node = nodeOf(name);
    if (node.at === null || newest > node.at) node.at = newest;
    if (kind === 'host') (node.host ??= latestOf(OF_HOST)).take(table);
    if (kind === 'gpu') {
      const gpu = gpuOf(node, id);
      if (newest >= (gpu.latest.at ?? newest)) gpu.node = name;
      gpu.latest.take(table);
    }
  };

  return {
    take({ tables, facts }) {
      for (const table of tables) takeTable(table);
      for (const { entity, name, value } of facts) {
        if (entity.kind === 'gpu' && name === 'name' && entity.node !== undefined) gpuOf(nodeOf(entity.node), entity.id).name = value;
      }
    },
    restore(row) {
      const node = nodeOf(row.node);
      node.at ??= row.lastReadingAt;
      for (const { uuid, name } of row.gpus) gpuOf(node, uuid).name ??= name;
    },
    all: () => nodes.values(),
    after: order.after,
    get: (node) => nodes.get(node),
    gpu: (uuid) => gpus.get(uuid),
  };
}

/** How busy a GPU was in its latest reading, 0–1; null where no source says. */
export function busyNow(gpu: KnownGpu): number | null {
  return gpu.latest.get('gpu.grActive') ?? gpu.latest.get('gpu.util') ?? null;
}
