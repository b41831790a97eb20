import {
  activationBytes,
  bytesPerWeight,
  ceilingsFor,
  kvBytesPerSequence,
  kvFractionPerGpu,
  logitBytes,
  loraParameters,
  type ModelSpec,
  OPTIMIZERS,
  type WeightFormat,
  weightParts,
  WORKSPACE_BYTES,
} from '../knowledge/index.ts';
import type { PlanInput } from './input.ts';

/** Bytes on the fullest GPU. */
export interface MemoryPlan {
  readonly weights: number;
  readonly kvCache: number;
  readonly activations: number;
  readonly gradients: number;
  /** Optimiser states and fp32 master weights. */
  readonly optimizer: number;
  /** CUDA context, libraries, graphs, communication buffers. */
  readonly workspace: number;
  readonly total: number;
  /** What may be used: the card's memory, or the engine's fraction of it. */
  readonly usable: number;
  /** usable − total; negative by what is missing. */
  readonly free: number;
  readonly fits: boolean;
  /** Serving: sequences of this context that fit at once per replica; null when training. */
  readonly maxSequences: number | null;
  /** Serving: tokens of cache that fit per replica; null when training or when sequences grow unevenly (sliding layers: see maxSequences). */
  readonly cacheTokens: number | null;
}

/** CUDA context, libraries and communication buffers. Inferred from engines' start-up logs. */
const CONTEXT_BYTES = 0.5e9;

/** Memory of the fullest GPU of a plan, by use. */
export function memoryPlan(input: PlanInput): MemoryPlan {
  return input.mode === 'serve' ? servingMemory(input) : trainingMemory(input);
}

function servingMemory(input: PlanInput): MemoryPlan {
  const { model, batch, context, serve } = input;
  const weights = stageWeightBytes(input);
  const perSequence = kvPerSequencePerGpu(input);
  const activations = servingActivations(input);
  const workspace = Math.max(WORKSPACE_BYTES - activations, CONTEXT_BYTES);
  const usable = ceilingsFor(input.gpu, input.card).memoryBytes * serve.memoryUtilization;
  const room = Math.max(0, usable - weights - activations - workspace);
  return summed({ weights, kvCache: batch * perSequence, activations, gradients: 0, optimizer: 0, workspace }, usable, {
    maxSequences: Math.floor(room / perSequence),
    cacheTokens: model.sliding === null ? Math.floor(room / (perSequence / context)) : null,
  });
}

/** Bytes of one sequence's cache on one GPU: its stage's layers, its share of the KV heads. */
export function kvPerSequencePerGpu(input: PlanInput): number {
  const { model, context, serve, tensorParallel, pipelineParallel } = input;
  return (kvBytesPerSequence(model, context, serve.cacheBytes) * kvFractionPerGpu(model, tensorParallel) * stageLayers(model, pipelineParallel)) / model.layers;
}

/** Peak of a prefill chunk: MLP and residual tensors of one layer, and fp32 logits of the batch. Inferred from the layer's shapes. */
function servingActivations(input: PlanInput): number {
  const { model, batch, context, serve, tensorParallel } = input;
  const tokens = Math.min(serve.chunkTokens, batch * context);
  const width = model.moe === null ? model.intermediate : model.moe.expertIntermediate * model.moe.activeExperts + model.moe.sharedIntermediate;
  const layer = tokens * ((2 * width) / tensorParallel + 3 * model.hidden) * 2;
  return layer + ((batch * model.vocab) / tensorParallel) * 4;
}

function trainingMemory(input: PlanInput): MemoryPlan {
  const { model, train, dataParallel: dp, tensorParallel: tp, pipelineParallel: pp } = input;
  const state = OPTIMIZERS[train.optimizer];
  const shard = (stage: 1 | 2 | 3): number => (train.zero >= stage ? dp : 1);
  const trained =
    input.mode === 'lora' ? (loraParameters(model, train.loraRank) * stageLayers(model, pp)) / model.layers / tp : stageParameters(model, pp) / tp;
  const frozen = input.mode === 'lora' ? stageWeightBytes(input) : 0;
  const microBatches = Math.ceil(input.batch / train.microBatch);
  const tokens = train.microBatch * input.context;
  const kept = activationBytes(model, {
    sequence: input.context,
    microBatch: train.microBatch,
    flashAttention: train.flashAttention,
    checkpointing: train.checkpointing,
    tensorParallel: tp,
    layers: stageLayers(model, pp),
  });
  return summed(
    {
      weights: (frozen + trained * state.weights) / shard(3),
      kvCache: 0,
      // The first stage of a pipeline holds one micro-batch per stage in flight (1F1B, Megatron).
      activations: kept * Math.min(pp, microBatches) + logitBytes(model, tokens) / tp,
      gradients: (trained * state.gradients) / shard(2),
      optimizer: (trained * (state.master + state.optimizer)) / shard(1),
      workspace: 2 * CONTEXT_BYTES,
    },
    ceilingsFor(input.gpu, input.card).memoryBytes,
    { maxSequences: null, cacheTokens: null },
  );
}

type Uses = Pick<MemoryPlan, 'weights' | 'kvCache' | 'activations' | 'gradients' | 'optimizer' | 'workspace'>;

function summed(uses: Uses, usable: number, room: Pick<MemoryPlan, 'maxSequences' | 'cacheTokens'>): MemoryPlan {
  const total = uses.weights + uses.kvCache + uses.activations + uses.gradients + uses.optimizer + uses.workspace;
  return { ...uses, total, usable, free: usable - total, fits: total <= usable, ...room };
}

/** Layers of the largest pipeline stage. */
export function stageLayers(model: ModelSpec, stages: number): number {
  return Math.ceil(model.layers / stages);
}

/** Weight bytes of the fullest GPU: the largest stage with the larger end of the model, split by tensor parallelism. */
export function stageWeightBytes(input: Pick<PlanInput, 'model' | 'type' | 'quantization' | 'tensorParallel' | 'pipelineParallel'>): number {
  const format: WeightFormat = { type: input.type, quantization: input.quantization };
  return stage(input.model, input.pipelineParallel, (part) => bytesPerWeight(format, part)) / input.tensorParallel;
}

function stageParameters(model: ModelSpec, stages: number): number {
  return stage(model, stages, () => 1);
}

function stage(model: ModelSpec, stages: number, size: (part: 'blocks' | 'experts' | 'embedding' | 'head') => number): number {
  const parts = weightParts(model);
  const body = ((parts.blocks * size('blocks') + parts.experts * size('experts')) * stageLayers(model, stages)) / model.layers;
  const embedding = parts.embedding * size('embedding');
  const head = parts.head * size('head');
  if (stages === 1) return body + embedding + (model.tiedHead ? 0 : head);
  return body + Math.max(embedding, head);
}
