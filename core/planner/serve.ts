import { KERNELS_PER_LAYER, prefillFlops, weightBytesTouched } from '../knowledge/index.ts';
import { bindingOf, decodeFractions, type Estimate, type Fractions, prefillFractions, type PlanResource, rates, type StepParts } from './estimate.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { decodeWork, exchange, gpuSeconds, type Reached, stageParts, type StageWork } from './stage.ts';

export interface PhasePlan {
  /** Tokens/s of the whole plan, all replicas. */
  readonly tokensPerSecond: Estimate;
  readonly binding: PlanResource;
  /** Seconds of one step (decode) or one prompt (prefill) by resource, at achievable rates. */
  readonly parts: StepParts;
  /** Fractions of the binding peak behind the expected range, with their source. */
  readonly fractions: Fractions;
}

const LINE: Reached = { bandwidth: 1, compute: 1, links: 'line' };

/**
 * Decoding `batch` requests at a context. A pipeline works on as many micro-batches as it has stages, or as there are
 * requests: one request passes its stages one after another and uses one GPU at a time.
 */
export function decodePlan(input: PlanInput, place: Placement): PhasePlan {
  const { batch, pipelineParallel: pp, dataParallel: dp } = input;
  const work = decodeWork(input, batch / Math.min(batch, pp));
  const fractions = decodeFractions();
  const compute = prefillFractions(input.gpu);
  const good: Reached = { bandwidth: fractions.high, compute: compute.high, links: 'achievable' };
  const poor: Reached = { bandwidth: fractions.low, compute: compute.low, links: 'achievable' };
  const parts = stageParts(input, place, work, good);
  return {
    tokensPerSecond: rates(batch * dp, {
      least: pp * leastSeconds(input, place, work),
      good: pp * seconds(input, place, work, good),
      poor: pp * Math.max(seconds(input, place, work, poor), parts.overhead),
    }),
    binding: bindingOf(parts),
    parts: scaled(parts, pp),
    fractions,
  };
}

/** Ceiling: everything overlaps at line rate, so the slowest resource alone counts. */
function leastSeconds(input: PlanInput, place: Placement, work: StageWork): number {
  const parts = stageParts(input, place, work, LINE);
  return Math.max(gpuSeconds(input, work, LINE), parts.network, parts.transfer);
}

/** In practice ranks wait for each all-reduce: its time adds to the GPU's. */
function seconds(input: PlanInput, place: Placement, work: StageWork, reached: Reached): number {
  const parts = stageParts(input, place, work, reached);
  return gpuSeconds(input, work, reached) + parts.network + parts.transfer;
}

function scaled(parts: StepParts, by: number): StepParts {
  return { memory: parts.memory * by, compute: parts.compute * by, network: parts.network * by, transfer: parts.transfer * by, overhead: parts.overhead * by };
}

/**
 * Prefilling prompts of `context` tokens, with enough of them to keep every pipeline stage busy. The ceiling reads weights
 * once for all tokens; the expected range once per chunk.
 */
export function prefillPlan(input: PlanInput, place: Placement): PhasePlan {
  const { context, dataParallel: dp } = input;
  const once = promptWork(input, 1);
  const chunked = promptWork(input, Math.ceil(context / input.serve.chunkTokens));
  const fractions = prefillFractions(input.gpu);
  const memory = decodeFractions();
  const good: Reached = { bandwidth: memory.high, compute: fractions.high, links: 'achievable' };
  const poor: Reached = { bandwidth: memory.low, compute: fractions.low, links: 'achievable' };
  const parts = stageParts(input, place, chunked, good);
  const least = stageParts(input, place, once, LINE);
  const seconds = (reached: Reached): number => {
    const at = stageParts(input, place, chunked, reached);
    return gpuSeconds(input, chunked, reached) + at.network + at.transfer;
  };
  return {
    tokensPerSecond: rates(context * dp, {
      least: Math.max(gpuSeconds(input, once, LINE), least.network, least.transfer),
      good: seconds(good),
      poor: Math.max(seconds(poor), parts.overhead),
    }),
    binding: bindingOf(parts),
    parts,
    fractions,
  };
}

/** One GPU's part of a prompt that is worked off in some chunks. */
function promptWork(input: PlanInput, chunks: number): StageWork {
  const { model, context, tensorParallel: tp, pipelineParallel: pp } = input;
  return {
    weightBytes: (chunks * weightBytesTouched(model, input, context / chunks)) / (tp * pp),
    cacheBytes: 0,
    denseFlops: prefillFlops(model, context) / (tp * pp),
    attentionFlops: 0,
    ...exchange(input, context),
    kernels: (chunks * KERNELS_PER_LAYER * model.layers) / pp,
  };
}
