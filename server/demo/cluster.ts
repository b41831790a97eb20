import { ALVIS_NODES, GPUS, type GpuId, type NodeType } from '../../core/knowledge/index.ts';
import { hash01 } from './random.ts';

export interface DemoGpu {
  readonly uuid: string;
  readonly index: number;
  readonly node: string;
  readonly type: GpuId;
  /** As nvidia-smi prints it. */
  readonly name: string;
}

export interface DemoNode {
  readonly name: string;
  readonly type: NodeType | null;
  readonly gpus: readonly DemoGpu[];
}

/** Product names as drivers print them. */
const PRODUCT: Partial<Record<GpuId, string>> = {
  T4: 'Tesla T4',
  'V100-16': 'Tesla V100-SXM2-16GB',
  A40: 'NVIDIA A40',
  'A100-40': 'NVIDIA A100-SXM4-40GB',
  'A100-80': 'NVIDIA A100-SXM4-80GB',
};
/** Nodes named as on Alvis: the number is the generation. */
const PREFIX: Readonly<Record<string, string>> = { T4: 'alvis1', V100x2: 'alvis2', V100x4: 'alvis2', A40: 'alvis3', A100: 'alvis4', A100fat: 'alvis5' };
/** Alvis lists 217 nodes; its GPU counts fill 209. */
const NODES_WITHOUT_GPU = 8;

/** The pretend Alvis: 217 nodes, 892 GPUs. */
export function demoCluster(seed: number): DemoNode[] {
  const nodes: DemoNode[] = [];
  const next = new Map<string, number>();
  const number = (prefix: string) => {
    const count = (next.get(prefix) ?? 0) + 1;
    next.set(prefix, count);
    return `${prefix}-${String(count).padStart(2, '0')}`;
  };
  for (const type of ALVIS_NODES as readonly NodeType[]) {
    // the rows, without their literal types
    for (let count = 0; count < (type.nodes ?? 0); count += 1) {
      const name = number(PREFIX[type.id] ?? 'alvis');
      const gpus = Array.from({ length: type.gpusPerNode }, (_, index) => ({
        uuid: uuid(seed, `${name}/${index}`),
        index,
        node: name,
        type: type.gpu,
        name: PRODUCT[type.gpu] ?? GPUS[type.gpu].label,
      }));
      nodes.push({ name, type, gpus });
    }
  }
  for (let count = 0; count < NODES_WITHOUT_GPU; count += 1) nodes.push({ name: number('chair'), type: null, gpus: [] });
  return nodes;
}

function uuid(seed: number, key: string): string {
  const hex = (part: number, length: number) => Array.from({ length }, (_, index) => Math.floor(hash01(seed, key, part, index) * 16).toString(16)).join('');
  return `GPU-${hex(0, 8)}-${hex(1, 4)}-${hex(2, 4)}-${hex(3, 4)}-${hex(4, 12)}`;
}
