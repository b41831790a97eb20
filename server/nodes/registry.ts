import { type Intake, lastOf, type MetricId, type Table } from '../../core/readings/index.ts';

/** The latest of what a list of nodes shows. Everything is absent until something said it. */
export interface KnownGpu {
  readonly uuid: string;
  name: string | null;
  /** Seconds UTC of the latest reading; null when none came. */
  at: number | null;
  readonly latest: Map<MetricId, number>;
}

export interface KnownNode {
  readonly node: string;
  at: number | null;
  /** True when the log has been told that it is silent. */
  toldSilent: boolean;
  readonly host: Map<MetricId, number>;
  readonly gpus: Map<string, KnownGpu>;
}

/** Every node and GPU ever heard of with its latest values, in memory: lists of nodes must not ask the store. */
export interface NodeRegistry {
  take(intake: Pick<Intake, 'tables' | 'facts'>): void;
  /** A node that the store knows from earlier; what is known already is kept. */
  restore(row: { node: string; gpus: readonly { uuid: string; name: string | null }[]; lastReadingAt: number | null }): void;
  all(): Iterable<KnownNode>;
  get(node: string): KnownNode | undefined;
  gpu(uuid: string): KnownGpu | undefined;
}

const OF_GPU = ['gpu.util', 'gpu.grActive', 'gpu.power', 'gpu.powerLimit', 'gpu.memUsed', 'gpu.memTotal', 'gpu.temp'] as const satisfies readonly MetricId[];
const OF_HOST = ['host.cpu', 'host.memUsed', 'host.memTotal', 'host.cores', 'host.load1'] as const satisfies readonly MetricId[];

/** An empty registry. */
export function nodeRegistry(): NodeRegistry {
  const nodes = new Map<string, KnownNode>();
  const gpus = new Map<string, KnownGpu>();

  const nodeOf = (name: string): KnownNode => {
    let node = nodes.get(name);
    if (node === undefined) {
      node = { node: name, at: null, toldSilent: false, host: new Map(), gpus: new Map() };
      nodes.set(name, node);
    }
    return node;
  };
  const gpuOf = (node: KnownNode, uuid: string): KnownGpu => {
    let gpu = node.gpus.get(uuid);
    if (gpu === undefined) {
      gpu = gpus.get(uuid) ?? { uuid, name: null, at: null, latest: new Map() };
      node.gpus.set(uuid, gpu);
      gpus.set(uuid, gpu);
    }
    return gpu;
  };
  const takeTable = (table: Table) => {
    const { kind, id, node: name } = table.entity;
    const newest = table.t.at(-1);
    if (name === undefined || newest === undefined) return;
    const node = nodeOf(name);
    if (node.at === null || newest > node.at) node.at = newest;
    if (kind === 'host') remember(node.host, OF_HOST, table);
    if (kind !== 'gpu') return;
    const gpu = gpuOf(node, id);
    // A spool sent late must not overwrite what is newer.
    if (gpu.at !== null && newest < gpu.at) return;
    gpu.at = newest;
    remember(gpu.latest, OF_GPU, table);
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
    get: (node) => nodes.get(node),
    gpu: (uuid) => gpus.get(uuid),
  };
}

/** Keeps the last value that is there of each metric; a column without one keeps the earlier one. */
function remember(into: Map<MetricId, number>, ids: readonly MetricId[], { columns }: Table): void {
  for (const id of ids) {
    const value = lastOf(columns.get(id));
    if (value !== null) into.set(id, value);
  }
}

/** How busy a GPU was in its latest reading, 0–1; null where no source says. */
export function busyNow(gpu: KnownGpu): number | null {
  return gpu.latest.get('gpu.grActive') ?? gpu.latest.get('gpu.util') ?? null;
}
