import { type Ceilings, ceilingsFor, hostBytesPerSecond, loraParameters, OPTIMIZERS } from '../knowledge/index.ts';
import type { PhasePlan } from './serve.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { stageWeightBytes, type MemoryPlan } from './memory.ts';
import type { TrainPlan } from './train.ts';

/** A way to run what does not fit, and what it costs. */
export interface PlanOption {
  readonly id: 'cpu-offload' | 'mmap';
  /** False when the plan fits without it. */
  readonly needed: boolean;
  readonly possible: boolean;
  /** Bytes per GPU that leave its memory. */
  readonly bytes: number;
  /** The ceiling with it: tokens/s decoded (serving) or trained; null when impossible. */
  readonly tokensPerSecond: number | null;
  /** The ceiling without it. */
  readonly tokensPerSecondWithout: number;
  readonly text: string;
}

/** A plan as far as its options need it. */
interface Planned<P> {
  readonly input: PlanInput;
  readonly place: Placement;
  readonly memory: MemoryPlan;
  readonly phase: P;
}

/** Weights in host memory, streamed over PCIe in every step (serving), or optimiser state on the host (training). */
export function offloadOption({ input, place, memory, phase }: Planned<PhasePlan | TrainPlan>): PlanOption {
  const missing = Math.max(0, -memory.free);
  const card = ceilingsFor(input.gpu, input.card);
  const rate = hostBytesPerSecond(card);
  const without = phase.tokensPerSecond.ceiling;
  const movable = input.mode === 'serve' ? stageWeightBytes(input) : memory.optimizer;
  const gpusHere = Math.min(place.gpus, place.gpusPerNode);
  const host = place.node?.hostMemory.at(-1) ?? null;
  const base = { id: 'cpu-offload', needed: missing > 0, tokensPerSecondWithout: without } as const;
  if (missing > 0 && card.unified?.kind === 'shared') return shared(base, missing);
  if (missing > movable) {
    return {
      ...base,
      possible: false,
      bytes: missing,
      tokensPerSecond: null,
      text: `${gb(missing)} per GPU are missing, more than ${input.mode === 'serve' ? 'the weights' : 'the optimiser state'} (${gb(movable)}) that could leave it`,
    };
  }
  const bytes = input.mode === 'serve' ? missing : missing > 0 ? movable : 0;
  if (host !== null && bytes * gpusHere > host) {
    return { ...base, possible: false, bytes, tokensPerSecond: null, text: `host memory of ${gb(host)} cannot hold ${gb(bytes * gpusHere)}` };
  }
  const perStep = input.mode === 'serve' ? bytes : bytes === 0 ? 0 : offloadedTraffic(input);
  const tokens = tokensPerStep(input);
  const step = Math.max(tokens / without, (perStep * stagesInTurn(input)) / rate);
  return {
    ...base,
    possible: true,
    bytes,
    tokensPerSecond: tokens / step,
    text: bytes === 0 ? 'not needed' : `${gb(bytes)} per GPU in host memory, ${gb(perStep)} over ${hostLink(card)} in every step`,
  };
}

/** Nothing moves out of a memory that CPU and GPU share. */
function shared(base: Pick<PlanOption, 'id' | 'needed' | 'tokensPerSecondWithout'>, missing: number): PlanOption {
  return {
    ...base,
    possible: false,
    bytes: missing,
    tokensPerSecond: null,
    text: `${gb(missing)} are missing, and the host has no other memory than the GPU's`,
  };
}

function hostLink({ unified }: Pick<Ceilings, 'unified'>): string {
  return unified === null ? 'PCIe' : 'NVLink-C2C';
}

/** With one request at a time pipeline stages, and so their transfers, follow each other. */
function stagesInTurn(input: PlanInput): number {
  return input.mode === 'serve' ? input.pipelineParallel / Math.min(input.batch, input.pipelineParallel) : 1;
}

function tokensPerStep(input: PlanInput): number {
  return input.dataParallel * (input.mode === 'serve' ? input.batch : input.batch * input.context);
}

/** Gradients down and new weights up for every trained parameter (ZeRO-Offload). */
function offloadedTraffic(input: PlanInput): number {
  const { train, tensorParallel: tp, pipelineParallel: pp, dataParallel: dp } = input;
  const trained = input.mode === 'lora' ? loraParameters(input.model, train.loraRank) : input.model.parameters;
  return (trained / (tp * pp * (train.zero >= 1 ? dp : 1))) * (2 + OPTIMIZERS[train.optimizer].weights);
}

/**
 * Memory-mapped weights (llama.cpp, safetensors): the first touch reads at the network's pace. What fits in neither GPU nor
 * host memory is read again in every step.
 */
export function mmapOption({ input, place, memory, phase }: Planned<PhasePlan>): PlanOption {
  const missing = Math.max(0, -memory.free);
  const without = phase.tokensPerSecond.ceiling;
  const base = { id: 'mmap', needed: missing > 0, tokensPerSecondWithout: without } as const;
  const gpusHere = Math.min(place.gpus, place.gpusPerNode);
  const host = place.node?.hostMemory[0] ?? null;
  const rate = Math.min(place.between?.rate ?? Infinity, input.site.storage.nodeBytesPerSecond ?? Infinity);
  const card = ceilingsFor(input.gpu, input.card);
  if (missing > 0 && card.unified?.kind === 'shared') return shared(base, missing);
  if (missing > stageWeightBytes(input)) {
    return {
      ...base,
      possible: false,
      bytes: missing,
      tokensPerSecond: null,
      text: `${gb(missing)} per GPU are missing, more than the weights that could stay in the file`,
    };
  }
  const uncached = host === null ? 0 : Math.max(0, missing * gpusHere - host);
  if (uncached > 0 && !Number.isFinite(rate)) {
    return { ...base, possible: false, bytes: missing, tokensPerSecond: null, text: 'weights exceed GPU and host memory, and no rate of storage is known' };
  }
  const tokens = tokensPerStep(input);
  const step = Math.max(tokens / without, (missing * stagesInTurn(input)) / hostBytesPerSecond(card), uncached === 0 ? 0 : uncached / rate);
  const text =
    missing === 0
      ? 'not needed to fit; loading by mmap lets several processes share one copy in host memory'
      : uncached === 0
        ? `${gb(missing)} per GPU stay in the page cache and cross ${hostLink(card)} in every step`
        : `${gb(uncached)} are read from storage in every step`;
  return { ...base, possible: true, bytes: missing, tokensPerSecond: tokens / step, text };
}

function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
