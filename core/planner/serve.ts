import { causalAttentionFlops, GPUS, pipelineBubble, prefillFlops } from '../knowledge/index.ts';
import { BETWEEN_PRODUCTS, SCORE_BYTES, type Span } from './engine.ts';
import {
  bindingOf,
  decodeFractions,
  type Estimate,
  type Fractions,
  LINE,
  type PlanResource,
  productFractions,
  rates,
  reached,
  type Reached,
  type StepParts,
} from './estimate.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { decodeWork, exchange, gpuSeconds, stageParts, type StageWork, weightsRead } from './stage.ts';

export interface PhasePlan {
  /** Tokens/s of the whole plan, all replicas. */
  readonly tokensPerSecond: Estimate;
  readonly binding: PlanResource;
  /** Seconds of one step (decode) or of all prompts that come together (prefill) by resource, at achievable rates. */
  readonly parts: StepParts;
  /** Fractions of the binding peak behind the expected range, with their source. */
  readonly fractions: Fractions;
}

/**
 * Decoding `batch` requests at a context. A pipeline works on as many micro-batches as it has stages, or as there are
 * requests: one request passes its stages one after another and uses one GPU at a time.
 */
export function decodePlan(input: PlanInput, place: Placement): PhasePlan {
  const { batch, pipelineParallel: pp, dataParallel: dp } = input;
  const work = decodeWork(input, batch / Math.min(batch, pp));
  const good = reached(input, 'good');
  const parts = stageParts(input, place, work, good);
  return {
    tokensPerSecond: rates(batch * dp, {
      least: pp * leastSeconds(input, place, work),
      good: pp * seconds(input, place, work, good),
      poor: pp * seconds(input, place, work, reached(input, 'poor')),
    }),
    binding: bindingOf(parts),
    parts: scaled(parts, pp),
    fractions: decodeFractions(input),
  };
}

/** Ceiling: everything overlaps at line rate, so the slowest resource alone counts. */
function leastSeconds(input: PlanInput, place: Placement, work: StageWork): number {
  const parts = stageParts(input, place, work, LINE);
  return Math.max(gpuSeconds(input, work, LINE), parts.network, parts.transfer);
}

/** In practice ranks wait for each all-reduce, and kernels for each other: their times add to the GPU's. */
function seconds(input: PlanInput, place: Placement, work: StageWork, at: Reached): number {
  const parts = stageParts(input, place, work, at);
  return gpuSeconds(input, work, at) + parts.network + parts.transfer + parts.overhead;
}

function scaled(parts: StepParts, by: number): StepParts {
  return { memory: parts.memory * by, compute: parts.compute * by, network: parts.network * by, transfer: parts.transfer * by, overhead: parts.overhead * by };
}

/**
 * Prefilling `batch` prompts of `context` tokens that come together. The ceiling reads weights once for all tokens and keeps
 * every pipeline stage busy; the expected range reads them once per pass, which takes a chunk of a long prompt or several
 * short ones, and fills and drains the pipeline pass by pass.
 */
export function prefillPlan(input: PlanInput, place: Placement): PhasePlan {
  const { batch, context, dataParallel: dp, pipelineParallel: pp } = input;
  const tokens = batch * context;
  const once = promptWork(input, 1);
  const passes = Math.ceil(tokens / input.serve.chunkTokens);
  const chunked = promptWork(input, passes);
  const filled = 1 / (1 - pipelineBubble(pp, passes));
  const [good, poor] = [reached(input, 'good'), reached(input, 'poor')];
  const parts = prefillParts(input, place, chunked, good, 'good');
  const worst = prefillParts(input, place, chunked, poor, 'poor');
  return {
    tokensPerSecond: rates(tokens * dp, {
      least: leastSeconds(input, place, once),
      good: filled * (Math.max(parts.memory, parts.compute) + parts.network + parts.transfer + parts.overhead),
      // Reading and multiplying overlap in part where a pass has few tokens.
      poor: filled * (Math.hypot(worst.memory, worst.compute) + worst.network + worst.transfer + worst.overhead),
    }),
    binding: bindingOf(parts),
    parts,
    fractions: productFractions(input),
  };
}

/** Seconds of each resource; `compute` includes what moves through memory between the products. */
function prefillParts(input: PlanInput, place: Placement, work: StageWork, at: Reached, end: keyof Span): StepParts {
  const parts = stageParts(input, place, work, at);
  return { ...parts, compute: parts.compute + betweenSeconds(input, end), overhead: parts.overhead + work.passes * at.passSeconds };
}

function betweenSeconds(input: PlanInput, end: keyof Span): number {
  const { model, batch, context, tensorParallel: tp, pipelineParallel: pp } = input;
  const tokens = batch * context;
  const elements =
    input.engine === 'llama.cpp'
      ? // Every token's scores over the cached ones, half of the prompt on average.
        SCORE_BYTES[end] * model.heads * (context / 2)
      : BETWEEN_PRODUCTS.prefill[end] * model.hidden;
  return (tokens * model.layers * elements) / (tp * pp * GPUS[input.gpu].bandwidth);
}

/** One GPU's part of the prompts that come together, worked off in some passes. */
function promptWork(input: PlanInput, passes: number): StageWork {
  const { model, batch, context, tensorParallel: tp, pipelineParallel: pp } = input;
  const gpus = tp * pp;
  const read = weightsRead(input, (batch * context) / passes, gpus);
  const attention = causalAttentionFlops(model, context);
  const llamaCpp = input.engine === 'llama.cpp';
  return {
    weightBytes: passes * read.weightBytes,
    expertBytes: 0,
    // Unpacking is part of the fraction of the products here: a weight is unpacked once for many tokens.
    weights: 0,
    cacheBytes: 0,
    denseFlops: (batch * (prefillFlops(model, context) - attention)) / gpus,
    attentionFlops: (batch * attention) / gpus,
    ...exchange(input, batch * context),
    tensorCollectives: exchange(input, batch * context).tensorCollectives * passes,
    layers: model.layers / pp,
    passes,
    requests: llamaCpp ? 0 : batch,
  };
}
