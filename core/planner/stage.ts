import {
  computeType,
  decodeAttentionFlops,
  denseFlopsPerToken,
  GPUS,
  KERNELS_PER_LAYER,
  LAUNCH_SECONDS,
  pipelineBytesPerToken,
  ringAllReduceBytes,
  tensorParallelMessageBytes,
  weightBytesTouched,
} from '../knowledge/index.ts';
import type { PlanInput } from './input.ts';
import type { Link, Placement } from './links.ts';
import { kvPerSequencePerGpu, stageLayers } from './memory.ts';
import type { StepParts } from './estimate.ts';

/** What one GPU does in one pass of its pipeline stage. Bytes, FLOPs, operations. */
export interface StageWork {
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly denseFlops: number;
  readonly attentionFlops: number;
  readonly tensorBytes: number;
  readonly tensorCollectives: number;
  readonly pipelineBytes: number;
  readonly kernels: number;
}

/** Work of one GPU for one decode pass of `tokens` requests (one micro-batch of a pipeline). */
export function decodeWork(input: PlanInput, tokens: number): StageWork {
  const { model, context, tensorParallel: tp, pipelineParallel: pp } = input;
  const gpus = tp * pp;
  return {
    weightBytes: weightBytesTouched(model, input, tokens) / gpus,
    cacheBytes: tokens * kvPerSequencePerGpu(input),
    denseFlops: (tokens * denseFlopsPerToken(model)) / gpus,
    attentionFlops: (tokens * decodeAttentionFlops(model, context)) / gpus,
    ...exchange(input, tokens),
    kernels: KERNELS_PER_LAYER * stageLayers(model, pp),
  };
}

/** Bytes that a pass of `tokens` tokens sends: two all-reduces a layer, one hand-over a pipeline boundary. */
export function exchange(input: PlanInput, tokens: number): Pick<StageWork, 'tensorBytes' | 'tensorCollectives' | 'pipelineBytes'> {
  const { model, tensorParallel: tp, pipelineParallel: pp } = input;
  return {
    tensorBytes: ringAllReduceBytes(tp, tensorParallelMessageBytes(model) * tokens) / pp,
    tensorCollectives: tp === 1 ? 0 : 2 * stageLayers(model, pp),
    pipelineBytes: pp === 1 ? 0 : pipelineBytesPerToken(model) * tokens,
  };
}

/** How much of each resource is reached. */
export interface Reached {
  readonly bandwidth: number;
  readonly compute: number;
  readonly links: 'line' | 'achievable';
}

/** Seconds of each resource for a stage's work. */
export function stageParts(input: PlanInput, place: Placement, work: StageWork, reached: Reached): StepParts {
  const { weights, cache } = memorySeconds(input, work, reached);
  const { dense, attention } = computeSeconds(input, work, reached);
  const tensor = linkSeconds(place.tensor, work.tensorBytes, work.tensorCollectives, reached);
  const pipeline = linkSeconds(place.pipeline, work.pipelineBytes, work.pipelineBytes > 0 ? 1 : 0, reached);
  const over = (pcie: boolean) => ((place.tensor.kind === 'pcie') === pcie ? tensor : 0) + ((place.pipeline.kind === 'pcie') === pcie ? pipeline : 0);
  return {
    memory: weights + cache,
    compute: dense + attention,
    network: over(false),
    transfer: over(true),
    overhead: work.kernels * LAUNCH_SECONDS,
  };
}

/**
 * Seconds of a stage on the GPU: matrix products take the longer of reading weights and multiplying, attention the longer
 * of reading the cache and multiplying; the two follow each other. Source: scaling-book inference.md.
 */
export function gpuSeconds(input: PlanInput, work: StageWork, reached: Reached): number {
  const { weights, cache } = memorySeconds(input, work, reached);
  const { dense, attention } = computeSeconds(input, work, reached);
  return Math.max(weights, dense) + Math.max(cache, attention);
}

function memorySeconds(input: PlanInput, work: StageWork, reached: Reached): { weights: number; cache: number } {
  const rate = GPUS[input.gpu].bandwidth * reached.bandwidth;
  return { weights: work.weightBytes / rate, cache: work.cacheBytes / rate };
}

function computeSeconds(input: PlanInput, work: StageWork, reached: Reached): { dense: number; attention: number } {
  const rate = computeType(input).peak * reached.compute;
  return { dense: work.denseFlops / rate, attention: work.attentionFlops / rate };
}

/** Seconds on a link: at line rate with no latency for a ceiling, at the achievable rate with latency otherwise. */
export function linkSeconds(link: Link, bytes: number, collectives: number, reached: Pick<Reached, 'links'>): number {
  return reached.links === 'line' ? bytes / link.rate : bytes / (link.rate * link.achievable) + collectives * link.latency;
}
