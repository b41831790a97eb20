import type { GpuId } from './gpus.ts';
import type { Wiring } from './wiring.ts';

/** A network that a node is on. `rate` is the line rate of one direction in bytes/s. */
export interface NodeNetwork {
  readonly kind: 'infiniband' | 'ethernet';
  readonly rate: number;
}

/** One kind of GPU node. Null or an empty list is "not published": read it at run time. */
export interface NodeType {
  readonly id: string;
  readonly gpu: GpuId;
  readonly gpusPerNode: number;
  readonly nodes: number | null;
  readonly cores: number;
  readonly cpu: string | null;
  /** Host memory sizes that occur, bytes, smallest first. */
  readonly hostMemory: readonly number[];
  /** Fastest first; the first carries storage and traffic between nodes. */
  readonly networks: readonly NodeNetwork[];
  /** What joins its GPUs; left out where nobody said it. */
  readonly wiring?: Wiring;
  /** Node-local scratch, bytes. */
  readonly scratchBytes: number | null;
  readonly notes: readonly string[];
  readonly source: string;
}

/** Line rates in bytes/s. */
const INFINIBAND_100: NodeNetwork = { kind: 'infiniband', rate: 12.5e9 };
const ETHERNET_25: NodeNetwork = { kind: 'ethernet', rate: 3.125e9 };

const COURSE = 'NAISS course page on Alvis; node counts implied by GPU counts in alvis-intro@4b17173; networks from the C3SE course';

/** Alvis's GPU nodes, smallest allocation first. 892 GPUs; scratch sizes are not published. */
export const ALVIS_NODES = [
  {
    id: 'T4',
    gpu: 'T4',
    gpusPerNode: 8,
    nodes: 20,
    cores: 32,
    cpu: 'Skylake',
    hostMemory: [576e9, 1536e9],
    networks: [ETHERNET_25],
    scratchBytes: null,
    notes: [],
    source: COURSE,
  },
  {
    id: 'V100x2',
    gpu: 'V100-16',
    gpusPerNode: 2,
    nodes: 12,
    cores: 16,
    cpu: 'Skylake',
    hostMemory: [768e9],
    networks: [ETHERNET_25],
    scratchBytes: null,
    notes: ['Memory size of the cards is not published: 16 GB assumed until a card reports. 12 × 2 + 5 × 4 is one split that fits 44 GPUs.'],
    source: COURSE,
  },
  {
    id: 'V100x4',
    gpu: 'V100-16',
    gpusPerNode: 4,
    nodes: 5,
    cores: 32,
    cpu: 'Skylake',
    hostMemory: [768e9],
    networks: [ETHERNET_25],
    scratchBytes: null,
    notes: ['Memory size of the cards is not published: 16 GB assumed until a card reports.'],
    source: COURSE,
  },
  {
    id: 'A40',
    gpu: 'A40',
    gpusPerNode: 4,
    nodes: 87,
    cores: 64,
    cpu: 'Ice Lake',
    hostMemory: [256e9],
    networks: [ETHERNET_25],
    scratchBytes: null,
    notes: ['No InfiniBand: jobs over several A40 nodes should be avoided.'],
    source: COURSE,
  },
  {
    id: 'A100',
    gpu: 'A100-40',
    gpusPerNode: 4,
    nodes: 77,
    cores: 64,
    cpu: 'Ice Lake',
    hostMemory: [256e9, 512e9],
    networks: [INFINIBAND_100],
    scratchBytes: null,
    notes: ['Recommended for large data sets: fast connection to storage.'],
    source: COURSE,
  },
  {
    id: 'A100fat',
    gpu: 'A100-80',
    gpusPerNode: 4,
    nodes: 8,
    cores: 64,
    cpu: 'Ice Lake',
    hostMemory: [1024e9],
    networks: [INFINIBAND_100],
    scratchBytes: null,
    notes: [],
    source: COURSE,
  },
] as const satisfies readonly NodeType[];
