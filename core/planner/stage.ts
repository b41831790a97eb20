import {
  computeType,
  decodeAttentionFlops,
  denseFlopsPerToken,
  GPUS,
  KERNELS_PER_LAYER,
  LAUNCH_SECONDS,
  type ModelSpec,
  pipelineBytesPerToken,
  ringAllReduceBytes,
  tensorParallelMessageBytes,
  type WeightFormat,
  weightBytesTouched,
  weightParts,
} from '../knowledge/index.ts';
import { isGguf } from './engine.ts';
import type { Reached, StepParts } from './estimate.ts';
import type { PlanInput } from './input.ts';
import type { Link, Placement } from './links.ts';
import { kvPerSequencePerGpu, stageLayers } from './memory.ts';

/** What one GPU does in one pass of its pipeline stage. Bytes, FLOPs, operations. */
export interface StageWork {
  /** Of weights, and the experts' part of it. */
  readonly weightBytes: number;
  readonly expertBytes: number;
  /** Weights that are unpacked. */
  readonly weights: number;
  readonly cacheBytes: number;
  readonly denseFlops: number;
  readonly attentionFlops: number;
  readonly tensorBytes: number;
  readonly tensorCollectives: number;
  readonly pipelineBytes: number;
  readonly layers: number;
  readonly passes: number;
  /** Requests that the host prepares and samples. */
  readonly requests: number;
}

/** Work of one GPU for one decode pass of `tokens` requests (one micro-batch of a pipeline). */
export function decodeWork(input: PlanInput, tokens: number): StageWork {
  const { model, context, tensorParallel: tp, pipelineParallel: pp } = input;
  const gpus = tp * pp;
  return {
    ...weightsRead(input, tokens, gpus),
    cacheBytes: tokens * kvPerSequencePerGpu(input),
    denseFlops: (tokens * denseFlopsPerToken(model)) / gpus,
    attentionFlops: (tokens * decodeAttentionFlops(model, context)) / gpus,
    ...exchange(input, tokens),
    layers: stageLayers(model, pp),
    passes: 1,
    requests: tokens,
  };
}

/** Weights that a pass of `tokens` tokens reads on one of some GPUs. */
export function weightsRead(input: PlanInput, tokens: number, gpus: number): Pick<StageWork, 'weightBytes' | 'expertBytes' | 'weights'> {
  const all = weightBytesTouched(input.model, input, tokens);
  return {
    weightBytes: all / gpus,
    expertBytes: (all - weightBytesTouched(withoutExperts(input.model), input, tokens)) / gpus,
    weights: unpacked(input.model, input, tokens) / gpus,
  };
}

function withoutExperts(model: ModelSpec): ModelSpec {
  return model.moe === null ? model : { ...model, parameters: model.parameters - weightParts(model).experts, moe: null };
}

/** Weights that are unpacked in a pass: those that it reads, as if each had one byte. */
function unpacked(model: ModelSpec, format: WeightFormat, tokens: number): number {
  return format.quantization === null ? 0 : weightBytesTouched(model, { type: 'fp16', quantization: null }, tokens) / 2;
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
    overhead: overheadSeconds(work, reached),
  };
}

/** Seconds that a stage takes beside its bytes and FLOPs. */
function overheadSeconds({ layers, passes, requests }: StageWork, reached: Reached): number {
  return passes * layers * reached.layerSeconds + requests * reached.requestSeconds;
}

/** Seconds to launch every kernel of a stage from Python: what a program without CUDA graphs takes at least. */
export function launchSeconds({ layers, passes }: Pick<StageWork, 'layers' | 'passes'>): number {
  return passes * layers * KERNELS_PER_LAYER * LAUNCH_SECONDS;
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
  const { bandwidth } = GPUS[input.gpu];
  // Experts that few requests share are gathered for each; a large batch reads each expert once, in one product.
  const again = (reached.expertReads - 1) / Math.max(1, work.requests);
  const bytes = work.weightBytes + again * work.expertBytes;
  return {
    weights: bytes / (bandwidth * reached.weights) + work.weights * reached.unpack,
    cache: (reached.cacheReads * work.cacheBytes) / (bandwidth * reached.cache),
  };
}

function computeSeconds(input: PlanInput, work: StageWork, reached: Reached): { dense: number; attention: number } {
  const { products, attention } = peaksOf(input, reached);
  return { dense: work.denseFlops / (products * reached.products), attention: work.attentionFlops / (attention * reached.attention) };
}

/**
 * Operations/s that fractions are taken of. llama.cpp sums FP16 products in FP16, which GeForce cards do twice as fast, and
 * may multiply GGUF weights in INT8; attention on 8-bit types is seldom done in 8 bits: both count for ceilings alone.
 */
function peaksOf(input: PlanInput, { latency }: Pick<Reached, 'latency'>): { readonly products: number; readonly attention: number } {
  const { peaks, halfSumPeak } = GPUS[input.gpu];
  const { math, peak } = computeType(input);
  const line = latency === null;
  if (input.engine === 'llama.cpp' && input.mode === 'serve' && math === 'fp16') {
    const half = halfSumPeak ?? peak;
    const small = line && isGguf(input.quantization) ? (peaks.int8 ?? 0) : 0;
    return { products: Math.max(half, small), attention: half };
  }
  return { products: peak, attention: !line && (math === 'fp8' || math === 'int8') ? (peaks.fp16 ?? peak) : peak };
}

/** Seconds on a link: at line rate with no latency for a ceiling, at the achievable rate with latency otherwise. */
export function linkSeconds(link: Link, bytes: number, collectives: number, { latency, end }: Pick<Reached, 'latency' | 'end'>): number {
  if (latency === null) return bytes / link.rate;
  return bytes / (link.rate * (end === 'good' ? link.achievable : link.achievablePoor)) + collectives * latency * link.latency;
}
