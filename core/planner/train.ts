import {
  computeType,
  dataParallelBytes,
  GPUS,
  KERNELS_PER_LAYER,
  LAUNCH_SECONDS,
  loraParameters,
  OPTIMIZERS,
  pipelineBubble,
  trainingFlops,
} from '../knowledge/index.ts';
import { bindingOf, type Estimate, type Fractions, type PlanResource, type StepParts, trainingFractions } from './estimate.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { stageLayers } from './memory.ts';
import { exchange, linkSeconds, type Reached } from './stage.ts';

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
  const fractions = trainingFractions();
  const at = (compute: number, links: Reached['links']) => stepParts(input, place, { compute, links }, bubble);
  const [least, good, poor] = [at(1, 'line'), at(fractions.high, 'achievable'), at(fractions.low, 'achievable')];
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
    fractions,
  };
}

interface Parts {
  readonly compute: number;
  readonly tensor: number;
  readonly data: number;
  readonly update: number;
  readonly launch: number;
}

function stepParts(input: PlanInput, place: Placement, reached: Pick<Reached, 'compute' | 'links'>, bubble: number): Parts {
  const { model, batch, context, tensorParallel: tp, pipelineParallel: pp, train } = input;
  const pass = { lora: input.mode === 'lora', recompute: train.checkpointing };
  const flops = (batch * trainingFlops(model, context, pass)) / (tp * pp);
  const { peak } = computeType(input);
  const passes = pass.recompute ? 3 : 2;
  const sent = exchange(input, batch * context);
  const microBatches = Math.ceil(batch / train.microBatch);
  return {
    compute: flops / (peak * reached.compute) / (1 - bubble),
    tensor:
      passes * linkSeconds(place.tensor, sent.tensorBytes, sent.tensorCollectives * microBatches, reached) +
      2 * linkSeconds(place.pipeline, sent.pipelineBytes, sent.pipelineBytes > 0 ? microBatches : 0, reached),
    data: linkSeconds(place.data, gradientBytes(input, place), 1, reached),
    update: updateBytes(input) / GPUS[input.gpu].bandwidth,
    launch: microBatches * (passes + 1) * KERNELS_PER_LAYER * stageLayers(model, pp) * LAUNCH_SECONDS,
  };
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
