import { causalAttentionFlops, computeType, GPUS, pipelineBubble, prefillFlops } from '../knowledge/index.ts';
import { betweenProducts, ENGINES, SCORE_BYTES, type Span, unpackedBytes } from './engine.ts';
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
  return withLaunches(input, gpuSeconds(input, work, at), parts.overhead) + parts.network + parts.transfer;
}

/** Launches beside the GPU's work: in its way, or ahead of it where a program launches one by one and never waits. */
function withLaunches({ engine }: PlanInput, gpu: number, launches: number): number {
  return ENGINES[engine].launchesAhead ? Math.max(gpu, launches) : gpu + launches;
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
      good: filled * (withLaunches(input, Math.max(parts.memory, parts.compute), parts.overhead) + parts.network + parts.transfer),
      // Reading and multiplying overlap in part where a pass has few tokens.
      poor: filled * (withLaunches(input, Math.hypot(worst.memory, worst.compute), worst.overhead) + worst.network + worst.transfer),
    }),
    binding: bindingOf(parts),
    parts,
    fractions: productFractions(input),
  };
}

/** Seconds of each resource; `compute` includes what moves through memory between the products. */
function prefillParts(input: PlanInput, place: Placement, work: PromptWork, at: Reached, end: keyof Span): StepParts {
  const parts = stageParts(input, place, work, at);
  return { ...parts, compute: parts.compute + betweenSeconds(input, work, end), overhead: parts.overhead + work.passes * at.passSeconds };
}

/** What goes through memory beside the products: activations, and with llama.cpp scores and weights that are unpacked first. */
function betweenSeconds(input: PlanInput, { unpacked }: PromptWork, end: keyof Span): number {
  const { model, batch, context, engine, quantization, tensorParallel: tp, pipelineParallel: pp } = input;
  const { bandwidth } = GPUS[input.gpu];
  const { math } = computeType(input);
  const perLayer = betweenProducts(model, { engine, operand: math === 'fp8' || math === 'int8' ? 1 : 2 }, end);
  // Every token's scores over the cached ones, half of the prompt on average.
  const scores = engine === 'llama.cpp' ? SCORE_BYTES[end] * model.heads * (context / 2) : 0;
  const written = engine === 'llama.cpp' ? unpackedBytes(quantization)[end] : 0;
  return ((batch * context * model.layers * (perLayer + scores)) / (tp * pp) + unpacked * written) / bandwidth;
}

/** A stage's work on prompts, and the weights that its passes unpack. */
interface PromptWork extends StageWork {
  readonly unpacked: number;
}

/** One GPU's part of the prompts that come together, worked off in some passes. */
function promptWork(input: PlanInput, passes: number): PromptWork {
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
    unpacked: passes * read.weights,
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
