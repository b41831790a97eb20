import { gemmFraction, type GpuId, GPUS, type ModelSpec, type QuantizationId, QUANTIZATIONS } from '../knowledge/index.ts';

/** How a program launches its kernels: recorded in CUDA graphs (vLLM, SGLang, TensorRT-LLM, gpt-fast), llama.cpp's own, or one by one from PyTorch. */
export const ENGINE_IDS = ['graphs', 'llama.cpp', 'eager'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

/** A quantity at the good and at the poor end of what working programs show. Every one is modelled, none is a limit. */
export interface Span {
  readonly good: number;
  readonly poor: number;
}

interface Engine {
  readonly label: string;
  /** Seconds that a pass takes per layer beside its bytes and FLOPs: launches, and kernels that start and drain. */
  readonly layerSeconds: Span;
  /** Whether the GPU works while the host launches: a pass then takes the longer of both, not their sum. */
  readonly launchesAhead: boolean;
  /** Seconds per pass and request for scheduling and sampling on the host. */
  readonly requestSeconds: Span;
  /** Seconds per prefill pass for the same. */
  readonly passSeconds: Span;
  /** Fraction of the bandwidth at which the cache is read. */
  readonly cacheFraction: Span;
  /** Times that a chosen expert's weights cross the memory bus when one request runs. */
  readonly expertReads: Span;
  /** Fraction of the card's memory that it takes for itself, and tokens of one prefill pass, where nobody says otherwise. */
  readonly memory: number;
  readonly chunkTokens: number;
  readonly source: string;
}

/** What is assumed of each kind of program. Sources: docs/science.md §4.1. */
export const ENGINES: Readonly<Record<EngineId, Engine>> = {
  graphs: {
    label: 'CUDA graphs (vLLM, SGLang, TensorRT-LLM)',
    layerSeconds: { good: 32e-6, poor: 72e-6 },
    launchesAhead: false,
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 1e-3, poor: 3e-3 },
    cacheFraction: { good: 0.87, poor: 0.55 },
    expertReads: { good: 1.2, poor: 2.3 },
    memory: 0.9,
    chunkTokens: 2048,
    source: 'gpt-fast README: 53 to 104 µs a layer beside its bytes; its Mixtral copies the chosen experts before it multiplies',
  },
  'llama.cpp': {
    label: 'llama.cpp',
    layerSeconds: { good: 28e-6, poor: 100e-6 },
    launchesAhead: false,
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 0, poor: 0 },
    cacheFraction: { good: 0.8, poor: 0.28 },
    expertReads: { good: 1, poor: 1.6 },
    memory: 1,
    chunkTokens: 512,
    source: 'about 25 kernels a layer of 1 to 4 µs each; llama-bench with and without flash attention',
  },
  eager: {
    label: 'PyTorch without graphs (Transformers)',
    layerSeconds: { good: 1100e-6, poor: 2000e-6 },
    launchesAhead: true,
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 1e-3, poor: 3e-3 },
    cacheFraction: { good: 0.8, poor: 0.3 },
    expertReads: { good: 1.2, poor: 2.3 },
    memory: 1,
    chunkTokens: 2048,
    source: 'PyTorch blog "Accelerating Generative AI with PyTorch II": Llama-2-7B at 25.5 tokens/s on an A100, 1.2 ms a layer',
  },
};

/** The engine that a format is run with where nobody says: GGUF is llama.cpp's. */
export function engineFor(quantization: QuantizationId | null): EngineId {
  return isGguf(quantization) ? 'llama.cpp' : 'graphs';
}

/** Whether weights are in one of llama.cpp's formats. */
export function isGguf(quantization: QuantizationId | null): boolean {
  return quantization !== null && QUANTIZATIONS[quantization].part === 'all';
}

const isStacked = (gpu: GpuId): boolean => GPUS[gpu].memoryKind.startsWith('HBM');

/**
 * Fraction of the bandwidth at which weights are read. HBM: 0.81 with everything else of a step counted (docs/science.md §5a row
 * M8), so 0.87 for the reads; GDDR reaches 0.84 so. Poor: gpt-fast's 70B, and cards that leave their DRAM waiting.
 */
export function weightFraction(gpu: GpuId): Span {
  return isStacked(gpu) ? { good: 0.87, poor: 0.67 } : { good: 0.92, poor: 0.78 };
}

/** Integer operations that unpacking one weight of 4 bits or fewer costs: shifts, masks, conversion. Inferred; adds to the reading. */
const UNPACK_OPERATIONS: Span = { good: 0.6, poor: 1.8 };

/** Seconds per weight that unpacking takes on a GPU; 0 for formats of 8 bits and more. */
export function unpackSeconds(gpu: GpuId, quantization: QuantizationId | null): Span {
  if (quantization === null || QUANTIZATIONS[quantization].bits >= 8) return { good: 0, poor: 0 };
  const rate = integerRate(gpu);
  const slow = withoutMarlin(gpu, quantization) ? 3 : 1;
  return { good: UNPACK_OPERATIONS.good / rate, poor: (slow * UNPACK_OPERATIONS.poor) / rate };
}

/** Integer operations/s: as many as FP32 products on Volta, Turing and A100, half as many on later cards (white papers). */
function integerRate(gpu: GpuId): number {
  const { peaks, computeCapability } = GPUS[gpu];
  const products = peaks.fp32 / 2;
  return ['7.0', '7.5', '8.0'].includes(computeCapability) ? products : products / 2;
}

/** The fast 4-bit kernels (Marlin) need compute capability 8.0; older cards run AWQ's and GPTQ's first kernels. */
export function withoutMarlin(gpu: GpuId, quantization: QuantizationId | null): boolean {
  return (quantization === 'awq' || quantization === 'gptq-int4' || quantization === 'int4') && Number.parseFloat(GPUS[gpu].computeCapability) < 8;
}

/** Of the largest matrix products a step's reach so much at best: Hopper's tensor cores outrun what feeds them (llm-foundry and Megatron-LM on H100). */
const OF_LARGEST = { others: 1, hopper: 0.8 };

/** Programs that were published lie within so much of the best. */
const POOR = 1.7;

/** Fraction of the tensor peak that the matrix products of a whole step reach. */
export function productFraction(gpu: GpuId): Span {
  const { generation } = GPUS[gpu];
  const good = gemmFraction(gpu).value * (generation === 'Hopper' || generation === 'Blackwell' ? OF_LARGEST.hopper : OF_LARGEST.others);
  return { good, poor: good / POOR };
}

/** The same of llama.cpp, 512 tokens at a time, of the FP16 peak: its products are those of cuBLAS, or INT8 ones that unpack as they go. */
export function llamaCppProducts(gpu: GpuId): Span {
  const { good } = productFraction(gpu);
  return { good: 0.72 * good, poor: 0.43 * good };
}

/** Bytes that llama.cpp writes per weight and pass where it unpacks to FP16 before it multiplies: two, at the poor end; INT8 products write none. */
export function unpackedBytes(quantization: QuantizationId | null): Span {
  return quantization === null ? { good: 0, poor: 0 } : { good: 0, poor: 2 };
}

/** Fraction of the tensor peak that FlashAttention reaches, the causal half counted: its second version at best, its first (Triton) at worst. */
export function attentionFraction(gpu: GpuId): Span {
  const { generation } = GPUS[gpu];
  return generation === 'Hopper' || generation === 'Blackwell' ? { good: 0.4, poor: 0.17 } : { good: 0.55, poor: 0.27 };
}

/**
 * Bytes per token, layer and hidden element that go through memory between the matrix products of training: 34 are kept for the
 * backward pass alone (Korthikanti et al.).
 */
export const BETWEEN_TRAINING: Span = { good: 250, poor: 500 };

/** What a kernel between products reaches of the bandwidth. */
const BETWEEN_FRACTION: Span = { good: 0.87, poor: 0.75 };

/**
 * Seconds per token and layer, times the bandwidth, that prefill spends between its products, counted kernel by kernel. Engines keep
 * 16 bits (8 where they multiply 8): two norms with their residual, rotation and cache, the gate; a program that fuses nothing moves
 * twice that. llama.cpp keeps FP32 and converts before and after every product.
 */
export function betweenProducts(model: ModelSpec, { engine, operand }: { engine: EngineId; operand: number }, end: keyof Span): number {
  const { hidden, heads, kvHeads, headSize, gated, moe } = model;
  const width = moe === null ? model.intermediate : moe.expertIntermediate * moe.activeExperts + moe.sharedIntermediate;
  const [q, kv] = [heads * headSize, kvHeads * headSize];
  const bytes =
    engine === 'llama.cpp'
      ? 80 * hidden + 20 * q + 32 * kv + (gated ? 38 : 20) * width
      : (end === 'good' ? 1 : 2) * (2 * (6 + operand) * hidden + 4 * (q + 2 * kv) + ((gated ? 4 : 2) + operand) * width);
  return bytes / BETWEEN_FRACTION[end];
}

/** Experts in 16 bits are multiplied as they are gathered: at worst so often are they read. Packed ones are gathered, converted and read again. */
const WHOLE_EXPERTS_POOR = 1.6;

/** Times that a chosen expert's weights cross the memory bus when one request runs, for a format. */
export function expertReads(engine: EngineId, quantization: QuantizationId | null): Span {
  const { good, poor } = ENGINES[engine].expertReads;
  return { good, poor: quantization === null ? Math.min(poor, WHOLE_EXPERTS_POOR) : poor };
}

/** Linear layers in 4 or 8 bits launch some three kernels more each, seven of them beside about fifty of a layer: eager programs wait for it. */
const QUANTIZED_LAUNCHES = 1.4;

/** Seconds per layer beside its bytes and FLOPs for a format. */
export function layerSeconds(engine: EngineId, quantization: QuantizationId | null): Span {
  const { good, poor } = ENGINES[engine].layerSeconds;
  const more = engine === 'eager' && quantization !== null ? QUANTIZED_LAUNCHES : 1;
  return { good: good * more, poor: poor * more };
}

/**
 * Times that the cache crosses the memory bus in a decode step. Kernels of 2023 (TensorRT-LLM before 0.8, vLLM's first ones) run
 * one block per query head: a group of heads reads its keys and values once each, of which the L2 cache saves up to half.
 */
export function cacheReads({ heads, kvHeads, mla }: ModelSpec, { tensorParallel, cachePerHead }: { tensorParallel: number; cachePerHead: boolean }): Span {
  if (!cachePerHead || mla !== null) return { good: 1, poor: 1 };
  const group = heads / tensorParallel / Math.ceil(kvHeads / tensorParallel);
  return { good: (1 + group) / 2, poor: group };
}

/** Bytes per token and word of the vocabulary that the loss moves: FP32 logits, softmax and gradients, written and read. */
export const LOGIT_BYTES: Span = { good: 20, poor: 40 };

/** Bytes per token, layer, head and cached token that attention without FlashAttention moves (llama.cpp before it was the default). */
export const SCORE_BYTES: Span = { good: 10, poor: 28 };

/** Latency of a collective at the poor end, of the good end's. */
export const SLOW_LATENCY = 2;
