import { causalAttentionFlops, computeType, dataParallelBytes, GPUS, loraParameters, OPTIMIZERS, pipelineBubble, trainingFlops } from '../knowledge/index.ts';
import { BETWEEN_TRAINING, LOGIT_BYTES, type Span } from './engine.ts';
import { bindingOf, type Estimate, type Fractions, LINE, type PlanResource, productFractions, reached, type Reached, type StepParts } from './estimate.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { stageLayers } from './memory.ts';
import { exchange, launchSeconds, linkSeconds } from './stage.ts';

export interface TrainPlan {
  /** Seconds of one optimiser step. */
  readonly stepSeconds: Estimate;
  /** Tokens/s of the whole plan. */
  readonly tokensPerSecond: Estimate;
  readonly binding: PlanResource;
  /** Seconds of one step by resource, at achievable rates. `memory` is the optimiser's pass over its state. */
  readonly parts: StepParts;
  /** Fraction of the step that pipeline stages wait for each other. */
  readonly bubble: number;
  readonly fractions: Fractions;
}

/** One optimiser step: forward and backward of all micro-batches, all-reduces, gradients across replicas, the update. */
export function trainPlan(input: PlanInput, place: Placement): TrainPlan {
  const { batch, context, dataParallel: dp, pipelineParallel: pp, train } = input;
  const bubble = pipelineBubble(pp, Math.ceil(batch / train.microBatch));
  const [least, good, poor] = ([null, 'good', 'poor'] as const).map((end) => stepParts(input, place, end, bubble));
  if (least === undefined || good === undefined || poor === undefined) throw new Error('three ends give three steps');
  // Gradients travel while the backward pass computes; tensor-parallel exchange is waited for.
  const floor = Math.max(least.compute, least.data, least.tensor) + least.update;
  const practical = (parts: Parts) => Math.max(parts.compute + parts.tensor, parts.data, parts.launch) + parts.update;
  const tokens = batch * context * dp;
  const stepSeconds = { ceiling: floor, low: practical(good), high: practical(poor) };
  const parts = resources(place, good);
  return {
    stepSeconds,
    tokensPerSecond: { ceiling: tokens / stepSeconds.ceiling, low: tokens / stepSeconds.high, high: tokens / stepSeconds.low },
    binding: bindingOf(parts),
    parts,
    bubble,
    fractions: productFractions(input),
  };
}

interface Parts {
  readonly compute: number;
  readonly tensor: number;
  readonly data: number;
  readonly update: number;
  readonly launch: number;
}

/** `null` is the ceiling: nothing but the FLOPs of the products and of attention, at the peak. */
function stepParts(input: PlanInput, place: Placement, end: keyof Span | null, bubble: number): Parts {
  const { model, batch, context, pipelineParallel: pp, train } = input;
  const at = end === null ? LINE : reached(input, end);
  const passes = train.checkpointing ? 3 : 2;
  const sent = exchange(input, batch * context);
  const microBatches = Math.ceil(batch / train.microBatch);
  return {
    compute: computeSeconds(input, at, end) / (1 - bubble),
    tensor:
      passes * linkSeconds(place.tensor, sent.tensorBytes, sent.tensorCollectives * microBatches, at) +
      2 * linkSeconds(place.pipeline, sent.pipelineBytes, sent.pipelineBytes > 0 ? microBatches : 0, at),
    data: linkSeconds(place.data, gradientBytes(input, place), 1, at),
    update: updateBytes(input) / GPUS[input.gpu].bandwidth,
    launch: (passes + 1) * launchSeconds({ layers: stageLayers(model, pp), passes: microBatches }),
  };
}

/** FlashAttention's backward pass computes the scores again: 2.5 times the forward pass instead of twice (FlashAttention paper). */
const FLASH_BACKWARD = 2.5;

/**
 * Seconds that one GPU computes in a step. A ceiling counts products and attention at the peak. In practice attention reaches
 * less than the products, and what lies between them (norms, activations, residuals, the loss) is bound by memory.
 */
function computeSeconds(input: PlanInput, at: Reached, end: keyof Span | null): number {
  const { model, batch, context, tensorParallel: tp, pipelineParallel: pp, train } = input;
  const again = train.checkpointing ? 1 : 0;
  const attention = causalAttentionFlops(model, context);
  const products = trainingFlops(model, context, { lora: input.mode === 'lora', recompute: train.checkpointing }) - attention * (3 + again);
  const { peak } = computeType(input);
  if (end === null) return (batch * (products + attention * (3 + again))) / (tp * pp * peak);
  const computed = attention * ((train.flashAttention ? 1 + FLASH_BACKWARD : 3) + again);
  const elements = context * (BETWEEN_TRAINING[end] * model.layers * model.hidden * (1 + again / 3) + LOGIT_BYTES[end] * model.vocab);
  return ((batch / (tp * pp)) * (products / at.products + computed / at.attention)) / peak + (batch * elements) / (tp * pp * GPUS[input.gpu].bandwidth);
}

/** Parameters that are trained, of one replica. */
function trainedParameters(input: PlanInput): number {
  return input.mode === 'lora' ? loraParameters(input.model, input.train.loraRank) : input.model.parameters;
}

/**
 * Bytes that cross the data-parallel link per step: within a node what one GPU sends; between nodes what a node's network
 * carries, where replicas of one node are reduced first (hierarchical all-reduce, NCCL).
 */
export function gradientBytes(input: PlanInput, place: Placement): number {
  const { dataParallel: dp, train } = input;
  const all = trainedParameters(input);
  // ZeRO-3 moves the weights as well, LoRA's frozen ones included.
  const sharded = train.zero === 3;
  const moved = input.mode === 'lora' && sharded ? input.model.parameters : all;
  const between = place.nodes > 1;
  const replicas = between ? Math.min(place.nodes, dp) : dp;
  const parameters = between ? moved : moved / (input.tensorParallel * input.pipelineParallel);
  return replicas <= 1 ? 0 : dataParallelBytes({ parameters, gradientBytes: 2, replicas, shardedWeights: sharded });
}

/** Bytes that the optimiser reads and writes on one GPU: state, master weights, gradients, new weights. */
function updateBytes(input: PlanInput): number {
  const { tensorParallel: tp, pipelineParallel: pp, dataParallel: dp, train } = input;
  const row = OPTIMIZERS[train.optimizer];
  const shards = tp * pp * (train.zero >= 1 ? dp : 1);
  return (trainedParameters(input) / shards) * (2 * (row.optimizer + row.master) + row.gradients + row.weights);
}

function resources(place: Placement, parts: Parts): StepParts {
  const tensorOnPcie = place.tensor.kind === 'pcie';
  const dataOnPcie = place.data.kind === 'pcie';
  return {
    memory: parts.update,
    compute: parts.compute,
    network: (tensorOnPcie ? 0 : parts.tensor) + (dataOnPcie ? 0 : parts.data),
    transfer: (tensorOnPcie ? parts.tensor : 0) + (dataOnPcie ? parts.data : 0),
    overhead: parts.launch,
  };
}
