import { GPUS, type NodeType, pricePerHour, type WeightType } from '../knowledge/index.ts';
import { gpuCount, inputErrors, type PlanInput } from './input.ts';
import { memoryPlan, type MemoryPlan } from './memory.ts';

/** GPUs of one node type on which a question runs. */
export interface Allocation {
  readonly nodeType: string;
  readonly gpus: number;
  readonly nodes: number;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly dataParallel: number;
  /** FP16 where the question says BF16 and the card has none. */
  readonly type: WeightType;
  readonly memory: MemoryPlan;
  /** In the site's currency; null where no price is configured. */
  readonly pricePerHour: number | null;
  readonly input: PlanInput;
}

/** Nodes tried for one job; beyond this a plan needs a conversation with the site, not a planner. */
const MOST_NODES = 16;

/**
 * The smallest allocation of every node type on which model, mode, batch and context run, cheapest first; without prices:
 * fewest GPUs, then the slowest memory, since the faster cards are the scarcer. Serving splits by tensor inside a node and
 * by pipeline across nodes; training splits all state over all GPUs (ZeRO-3) with the batch dealt out.
 */
export function allocations(input: PlanInput): readonly Allocation[] {
  const fitting = input.site.nodeTypes.flatMap((node) => smallestOn(input, node));
  return fitting.sort((a, b) => compare(a, b));
}

function compare(a: Allocation, b: Allocation): number {
  if (a.pricePerHour !== null && b.pricePerHour !== null && a.pricePerHour !== b.pricePerHour) return a.pricePerHour - b.pricePerHour;
  return a.gpus - b.gpus || GPUS[a.input.gpu].bandwidth - GPUS[b.input.gpu].bandwidth || a.nodes - b.nodes;
}

function smallestOn(input: PlanInput, node: NodeType): Allocation[] {
  for (const gpus of sizes(node)) {
    const candidate = on(input, node, gpus);
    if (candidate === null || inputErrors(candidate).length > 0) continue;
    const memory = memoryPlan(candidate);
    if (memory.fits) return [allocation(candidate, node, memory)];
  }
  return [];
}

/** One GPU, powers of two within a node, then whole nodes: jobs over several nodes have them to themselves. */
function sizes(node: NodeType): number[] {
  const inside = [1, 2, 4, 8, 16].filter((n) => n < node.gpusPerNode);
  const most = Math.min(MOST_NODES, node.nodes ?? MOST_NODES);
  const whole = [1, 2, 3, 4, 6, 8, 12, 16].filter((n) => n <= most).map((n) => n * node.gpusPerNode);
  return [...inside, ...whole];
}

function on(input: PlanInput, node: NodeType, gpus: number): PlanInput | null {
  const type = input.type === 'bf16' && GPUS[node.gpu].peaks.bf16 === null ? 'fp16' : input.type;
  // A site with this node type only, so that placement picks it among others with the same GPU.
  const wiring = node.gpu === input.gpu && node.gpusPerNode === input.wiring?.length ? input.wiring : null;
  const base = { ...input, gpu: node.gpu, wiring, type, card: {}, site: { ...input.site, nodeTypes: [node] } } as const;
  if (input.mode !== 'serve') {
    // The global batch stays what it was: every GPU takes its part of it.
    const sequences = input.batch * input.dataParallel;
    const batch = Math.max(1, Math.ceil(sequences / gpus));
    return {
      ...base,
      tensorParallel: 1,
      pipelineParallel: 1,
      dataParallel: gpus,
      batch,
      train: { ...input.train, zero: 3, microBatch: Math.min(input.train.microBatch, batch) },
    };
  }
  const tensorParallel = Math.min(gpus, node.gpusPerNode);
  const pipelineParallel = gpus / tensorParallel;
  return Number.isInteger(pipelineParallel) ? { ...base, tensorParallel, pipelineParallel, dataParallel: 1 } : null;
}

function allocation(input: PlanInput, node: NodeType, memory: MemoryPlan): Allocation {
  const gpus = gpuCount(input);
  return {
    nodeType: node.id,
    gpus,
    nodes: Math.ceil(gpus / node.gpusPerNode),
    tensorParallel: input.tensorParallel,
    pipelineParallel: input.pipelineParallel,
    dataParallel: input.dataParallel,
    type: input.type,
    memory,
    pricePerHour: pricePerHour(input.site, node.id, gpus),
    input,
  };
}
